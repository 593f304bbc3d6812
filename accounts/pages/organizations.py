"""Organizations page: where a user belongs, and what they may do there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest
from django.urls import reverse
from django.views.generic import TemplateView

from accounts.domain.access import RIGHTS_OF_ORG_ROLE, OrganizationId, OrgRole, Right
from accounts.domain.organizations.entities import OwnOrganization
from authsvc.composition.container import services
from authsvc.http.account_pages import AccountTab, register_account_tab
from authsvc.http.actors import person_of
from authsvc.http.impersonation import impersonation_of
from authsvc.kernel.paging import all_items
from authsvc.overview.entities import PendingWork

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
class MemberTask:
    """What waits in an organization for members with a right; staff with the permission have a page for it."""

    right: Right
    count: str
    words: tuple[str, str]
    permission: str
    url_name: str
    query: str


TASKS: Final = (
    MemberTask(
        right=Right.GRADE_ATTEMPTS,
        count="submissions_to_grade",
        words=("submission to grade", "submissions to grade"),
        permission="progress.view_assessmentattempt",
        url_name="admin:progress_assessmentattempt_changelist",
        query="status__exact=submitted&org__id__exact=",
    ),
    MemberTask(
        right=Right.MANAGE_MEMBERS,
        count="open_invitations",
        words=("open invitation", "open invitations"),
        permission="accounts.view_invitation",
        url_name="admin:accounts_invitation_changelist",
        query="org__id__exact=",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An organization as a member sees it. `tasks` are what waits for them: the words, and the URL of its page if any.

    Nobody can act while it is suspended, so that nothing waits.
    """

    name: str
    article: str
    role: str
    permits: str
    is_suspended: bool
    tasks: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, own: OwnOrganization, role: OrgRole, tasks: Sequence[tuple[str, str]]) -> "Place":
        return cls(
            name=own.organization.name,
            article=with_article(role).split()[0],
            role=role.value,
            permits=", ".join(PERMITS[role]),
            is_suspended=not own.organization.is_open,
            tasks=tasks,
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
    roles = [(own, own.role) for own in all_items(pages) if own.role is not None]
    work = services().overview.pending_work(
        [own.organization.id for own, role in roles if own.organization.is_open and _tasks(role)]
    )
    return [
        Place.of(own, role, _waiting(request, own.organization.id, role, work))
        for own, role in roles
    ]


def _tasks(role: OrgRole) -> list[MemberTask]:
    return [task for task in TASKS if task.right in RIGHTS_OF_ORG_ROLE[role]]


def _waiting(
    request: HttpRequest,
    org_id: OrganizationId,
    role: OrgRole,
    work: Mapping[UUID, PendingWork],
) -> list[tuple[str, str]]:
    """What waits for this role, with the URL of a page of the admin site for those who may open it."""
    waiting = []
    for task in _tasks(role) if org_id in work else ():
        if number := getattr(work[org_id], task.count):
            url = f"{reverse(task.url_name)}?{task.query}{org_id}"
            words = f"{number} {task.words[number > 1]}"
            waiting.append((words, url if _may_open(request, task) else ""))
    return waiting


def _may_open(request: HttpRequest, task: MemberTask) -> bool:
    user, acts_for = request.user, impersonation_of(request)
    return acts_for is None and user.is_staff and user.has_perm(task.permission)


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
