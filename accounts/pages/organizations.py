"""Organizations page: where a user belongs, and what they may do there."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest
from django.views.generic import TemplateView

from accounts.domain.access import OrgRole
from accounts.domain.organizations.entities import OwnOrganization
from authsvc.composition.container import services
from authsvc.http.account_pages import AccountTab, register_account_tab
from authsvc.http.actors import person_of
from authsvc.kernel.paging import all_items

PERMITS: Final[Mapping[OrgRole, tuple[str, ...]]] = {
    OrgRole.LEARNER: ("take its courses",),
    OrgRole.INSTRUCTOR: (
        "write its courses",
        "see learners and their progress",
        "grade submissions",
    ),
    OrgRole.ADMIN: ("manage its members", "write its courses", "issue its credentials"),
    OrgRole.OWNER: (
        "manage members and their roles",
        "write its courses",
        "issue its credentials",
        "manage its clients",
        "read the audit log",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An organization as a member sees it."""

    name: str
    article: str
    role: str
    permits: str
    is_suspended: bool

    @classmethod
    def of(cls, own: OwnOrganization, role: OrgRole) -> "Place":
        return cls(
            name=own.organization.name,
            article=with_article(role).split()[0],
            role=role.value,
            permits=", ".join(PERMITS[role]),
            is_suspended=not own.organization.is_open,
        )


def with_article(role: OrgRole) -> str:
    """The role in a sentence, such as "an instructor"."""
    return f"{'an' if role.value[0] in 'aeio' else 'a'} {role.value}"


class OrganizationsView(LoginRequiredMixin, TemplateView):
    template_name = "account/organizations.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        places = places_of(self.request)
        return super().get_context_data(**kwargs) | {"organizations": places}


def places_of(request: HttpRequest) -> list[Place]:
    pages = partial(services().organizations.page_of, by=person_of(request))
    return [Place.of(own, own.role) for own in all_items(pages) if own.role is not None]


register_account_tab(
    AccountTab(
        label="Organizations",
        url_name="account_organizations",
        place=30,
        section="account/organization_list.html",
        load=places_of,
        is_optional=True,
    )
)
