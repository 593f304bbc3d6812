"""Search of the admin site: exact ids, and people, courses, organizations, credentials and clients by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.apps import apps
from django.contrib.admin import AdminSite
from django.core.exceptions import FieldDoesNotExist
from django.db.models import UUIDField
from django.http import HttpRequest
from django.urls import reverse

from authsvc.admin_site.navigation import JOBS
from authsvc.kernel.ids import parse_uuid

MOST_HITS: Final = 5
MOST_COUNTED: Final = 1000
LONGEST_TERM: Final = 200
# Labels and models, in the order of the results.
KINDS: Final = (
    ("People", "accounts.user"),
    ("Courses", "courses.course"),
    ("Organizations", "accounts.organization"),
    ("Credentials", "credentials.credential"),
    ("Clients", "accounts.oauthclient"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A row that was found; `is_exact` if the term is its id or e-mail address."""

    name: str
    url: str
    is_exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """The first rows of one kind, and how many there are, counted up to MOST_COUNTED."""

    label: str
    hits: tuple[Hit, ...]
    count: int
    url: str

    @property
    def is_capped(self) -> bool:
        return self.count >= MOST_COUNTED


def search(site: AdminSite, request: HttpRequest, term: str) -> list[Hits]:
    """What matches the term among that which the user may see, kinds without a match left out.

    An id is looked up in every list of the navigation, in one statement a list; anything else in the lists of KINDS, in
    two statements each at most.
    """
    term = term.strip()[:LONGEST_TERM]
    if not term:
        return []
    row_id = parse_uuid(term)
    kinds = _with_id(site, request, row_id) if row_id else _with_term(site, request, term)
    return [hits for hits in kinds if hits.hits]


def only_exact(results: list[Hits]) -> Hit | None:
    """The one hit whose id or e-mail address is the term, if there is exactly one."""
    exact = [hit for hits in results for hit in hits.hits if hit.is_exact]
    return exact[0] if len(exact) == 1 else None


def _with_id(site: AdminSite, request: HttpRequest, row_id: UUID) -> Iterator[Hits]:
    for page in (page for job in JOBS for page in job.pages if page.model):
        list_ = _list_of(site, request, page.model)
        if list_ is not None and isinstance(list_.opts.pk, UUIDField):
            rows = list_.get_queryset(request).filter(pk=row_id)
            hits = tuple(_hit(list_, row, is_exact=True) for row in rows)
            yield Hits(label=page.label, hits=hits, count=len(hits), url=_url_of(list_, row_id))


def _with_term(site: AdminSite, request: HttpRequest, term: str) -> Iterator[Hits]:
    for label, model in KINDS:
        list_ = _list_of(site, request, model)
        if list_ is None:
            continue
        rows, _ = list_.get_search_results(request, list_.get_queryset(request), term)
        chosen = list(rows.order_by(*list_.ordering)[: MOST_HITS + 1])
        hits = tuple(
            _hit(list_, row, is_exact=_is_address(row, term)) for row in chosen[:MOST_HITS]
        )
        is_more = len(chosen) > MOST_HITS
        count = rows.order_by()[:MOST_COUNTED].count() if is_more else len(chosen)
        yield Hits(label=label, hits=hits, count=count, url=_url_of(list_, term))


def _list_of(site: AdminSite, request: HttpRequest, model: str) -> Any:
    """The list of the rows, with the name that StaffAdmin gives each; None if the user may not see it."""
    list_ = site.get_model_admin(apps.get_model(model))
    is_seen = hasattr(list_, "line_of") and list_.has_view_permission(request)
    return list_ if is_seen else None


def _hit(list_: Any, row: Any, *, is_exact: bool) -> Hit:
    name = f"admin:{list_.opts.label_lower.replace('.', '_')}_change"
    return Hit(name=list_.line_of(row), url=reverse(name, args=[row.pk]), is_exact=is_exact)


def _is_address(row: Any, term: str) -> bool:
    try:
        row._meta.get_field("email")
    except FieldDoesNotExist:
        return False
    return bool(row.email.casefold() == term.casefold())


def _url_of(list_: Any, term: object) -> str:
    """The URL of the list with all that match."""
    name = f"admin:{list_.opts.label_lower.replace('.', '_')}_changelist"
    return f"{reverse(name)}?{urlencode({'q': term})}"
