"""The path of every page of the site: the URL configuration, with rows of a filled database for its parameters.

A new page is on the map without being named here. A parameter of a new name needs a value, and what is no page is
named among the exceptions.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.test.utils import setup_test_environment
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import models as accounts
from accounts.domain.access import OPERATOR, UserId
from authsvc.composition.container import services
from authsvc.jobs.models import Job
from authsvc.kernel.tenancy import ALL_TENANTS
from credentials import models as credentials
from progress import models as progress
from tests.architecture.test_admin_pages import NAMED_BY_HASHES, filled
from tests.support.application import Application
from tests.support.builders import a_principal, some_terms
from tests.support.learning import Learner, a_course_beside_others
from tests.support.tenants import an_invitation

FOR_PROGRAMS: Final = ("v1/", "oauth/", ".well-known/", "issuers/", "ims/", "wallets/", "health")
"""Routes that answer programs."""
DOWNLOADS: Final = (
    "account_transcript",
    "admin:accounts_user_import_template",
    "admin:courses_course_definition",
    "admin:courses_course_version",
    "admin:ai_usage_table",
    "admin:dashboard_table",
    "admin:jobs_job_result",
    "admin:progress_aisession_table",
    "admin:progress_courseprogress_learners_csv",
    "admin:progress_courseprogress_learners_xlsx",
    "admin:progress_courseprogress_table",
    "admin:progress_prompttemplate_table",
    "issued_card",
    "issued_certificate_pdf",
    "issued_document",
    "issued_image",
    "issued_token",
)
READ_BY_SCRIPTS: Final = (
    "admin:autocomplete",
    "admin:courses_course_preview_text",
    "admin:jobs_job_status",
    "admin:jsi18n",
    "mcp",
    "metrics",
    "openapi",
)
TARGETS: Final = (
    "account_decline_invitation",
    "account_wallet_offer",
    "admin:accounts_auditentry_export",
    "admin:accounts_user_export",
    "admin:courses_course_discard",
    "admin:courses_course_outline",
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin:view_on_site",
    "impersonation_stop",
)
"""Where forms are submitted to, and links that lead elsewhere."""
OF_ONE_MOMENT: Final = (
    "account_claim",
    "account_confirm_email",
    "account_move_email",
    "account_reset_password_from_key",
    "admin:accounts_oauthclient_invitation",
    "admin:accounts_oauthclient_secret",
    "admin:courses_course_archive_task",
    "admin:credentials_credential_list_result",
    "answer-feedback",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
)
"""Pages behind a mailed link, a half-finished sign-in, a passkey, a secret shown once, a task or an answer."""
APART: Final = frozenset((*DOWNLOADS, *READ_BY_SCRIPTS, *TARGETS, *OF_ONE_MOMENT))
"""Names of URLs that no page can be opened at by whoever walks through the site."""


HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A URL of the configuration: its name with that of its namespace, and the names of its parameters."""

    name: str
    parameters: tuple[str, ...]


def prepare(admin_email: str) -> None:
    """Fill the database with rows of every kind, and print the path of every page by the name of its URL.

    The admin is to walk through the pages.
    """
    setup_test_environment()
    application = Application(services())
    filled(application, times=1)
    root = application.user_with(admin_email).id
    _let_staff_learn(root)
    values = _values(UserId(UUID(application.signed_in(name="Cleo").id)), root)
    paths = {place.name: _path_of(place, values) for place in places() if _is_shown(place, to=root)}
    print(json.dumps(paths))  # what its caller reads


def places() -> Iterator[Place]:
    """The named URLs that are not for programs."""
    for route, namespace, pattern in _patterns(get_resolver(), "", ""):
        if pattern.name and not route.startswith(FOR_PROGRAMS):
            name = f"{namespace}{pattern.name}"
            if name not in APART:
                yield Place(
                    name, tuple(pattern.pattern.converters or pattern.pattern.regex.groupindex)
                )


def _patterns(
    resolver: URLResolver, route: str, namespace: str
) -> Iterator[tuple[str, str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = f"{route}{entry.pattern}"
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _patterns(entry, path, inner)
        else:
            yield path, namespace, entry


def _is_shown(place: Place, *, to: UserId) -> bool:
    """Whether Django offers the page for the rows of its model: few rows are added or deleted by a form."""
    model, act = _model_of(place)
    if model is None:
        return True
    path = f"{model._meta.app_label}/{model._meta.model_name}/"
    if path in NAMED_BY_HASHES and act in {"change", "history"}:
        return False
    page, request = admin.site.get_model_admin(model), HttpRequest()
    request.user = accounts.User.objects.get(pk=to)
    allowed = {"add": page.has_add_permission, "delete": page.has_delete_permission}
    return act not in allowed or bool(allowed[act](request))


def _model_of(place: Place) -> tuple[type[Model] | None, str]:
    """The model of a page of Django's own, and what it does with a row."""
    parts = place.name.removeprefix("admin:").split("_")
    if "object_id" in place.parameters or parts[-1] in {"add", "changelist"}:
        return apps.get_model(parts[0], parts[1]), parts[-1]
    return None, ""


def _path_of(place: Place, values: Mapping[str, Any]) -> str:
    model, _ = _model_of(place)
    row = (
        {"object_id": _first(model)}
        if model is not None and "object_id" in place.parameters
        else {}
    )
    known = {**values, **_VALUES_OF.get(place.name, dict)(), **row}
    return reverse(place.name, kwargs={name: known[name] for name in place.parameters})


def _values(cleo: UserId, holder: UserId) -> dict[str, Any]:
    """The value of each parameter, by its name: Cleo is looked at, and the holder looks at their own credential."""
    sample = services().catalog.entry("intro-to-claude", by=a_principal())
    _learner(cleo).enrols(sample.course)
    issued = _first(credentials.UserCredential, user=holder)
    return {
        "after": "draft",
        "app_label": "accounts",
        "attempt_id": _first(progress.AssessmentAttempt),
        "before": "1",
        "client_pk": _first(accounts.OAuthClient, org=None, is_public=False),
        "code": "already-enrolled",
        "course": sample.course.slug,
        "course_id": sample.course.id,
        "credential_id": _first(credentials.Credential),
        "interaction_id": _first(progress.AIInteraction),
        "issued": issued,
        "issued_id": issued,
        "issuer": "platform",
        "item_id": next(iter(sample.outline.items)).id,
        "job_id": _first(Job),
        "key": "what-a-language-model-is",
        "key_id": _first(credentials.IssuerKey),
        "org_id": _first(accounts.Organization, status="active"),
        "session_id": _first(progress.AISession),
        "template_id": _first(progress.PromptTemplate),
        "user_id": cleo,
        "version": 1,
    }


def _learner(user_id: UserId) -> Learner:
    principal = a_principal(services().users.users.get(user_id))
    return Learner(services=services(), principal=principal)


def _let_staff_learn(staff: UserId) -> None:
    """Let the member of staff who walks through the site learn, too, and own an organization that is suspended."""
    learner = _learner(staff)
    learner.enrols(services().catalog.entry("intro-to-claude", by=a_principal()).course)
    passed = a_course_beside_others(services())
    services().credentials.define(some_terms(course_id=passed.id), by=OPERATOR)
    learner.passes(passed)
    harbour = services().organizations.create(
        name="Harbour Academy", slug="harbour", owner_id=staff, by=OPERATOR
    )
    services().organizations.suspend(harbour.id, reason="Contract ended", by=OPERATOR)


def _first(model: type[Model] | None, **lookups: Any) -> Any:
    assert model is not None
    return QuerySet(model).filter(**lookups).order_by("pk").values_list("pk", flat=True)[0]


def _a_member() -> dict[str, Any]:
    row = accounts.OrgMembership.objects.exclude(org__slug="harbour").latest("joined_at")
    return {"org_id": row.org_id, "user_id": row.user_id}


def _an_invitation() -> dict[str, Any]:
    org_id, token = _first(accounts.Organization, status="active"), "the-token-of-a-link"
    token_hash = services().ports.opaque_tokens.hash(token)
    invitation = replace(
        an_invitation(org_id=org_id, token_hash=token_hash), expires_at=datetime.now(UTC) + HOUR
    )
    services().repositories.invitations.save(invitation, scope=ALL_TENANTS)
    return {"token": token}


_VALUES_OF: Final[Mapping[str, Callable[[], dict[str, Any]]]] = {
    "account_invitation": _an_invitation,
    "admin:accounts_organization_remove": _a_member,
    "admin:accounts_organization_reopen": lambda: {
        "org_id": _first(accounts.Organization, slug="harbour")
    },
    "admin:accounts_organization_role": _a_member,
    "admin:accounts_user_end_session": lambda: {
        "session_id": accounts.Session.objects.latest("started_at").pk
    },
    "admin:courses_course_module": lambda: {"key": "meeting-claude"},
    "admin:courses_course_remove_module": lambda: {"key": "meeting-claude"},
    "admin:courses_course_add_item": lambda: {"key": "meeting-claude"},
}
