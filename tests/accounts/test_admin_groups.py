"""Permissions of the staff groups in the admin site."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import Model

from accounts.domain.access import OPERATOR, ClientPk, Right, UserId
from authsvc.http.actors import staff_of
from credentials.models import Credential as CredentialRow
from tests.accounts.org_pages import has_invitation, has_organization
from tests.support.ai import has_flag
from tests.support.application import Application
from tests.support.builders import a_principal, some_client_terms
from tests.support.claims import stored_claim
from tests.support.pathways import a_chain, a_published_pathway
from tests.support.prompts import a_prompt_version
from tests.support.staff import (
    GROUPS,
    Staff,
    StaffBrowser,
    a_holder,
    an_examined,
    at_views,
    contents_of,
    keys_of,
    lists,
    root_browser,
    staff_browser,
)

pytestmark = pytest.mark.database

PARTS = {
    "User managers": {
        "accounts.user": {"view", "add", "save", "deactivate", "activate", "end_sessions"},
        "accounts.session": {"view"},
        "accounts.signinrecord": {"view"},
        "accounts.organization": {"view"},
        "accounts.orgmembership": {"view"},
        "accounts.invitation": {"view"},
    },
    "Course editors": {
        "courses.course": {"view", "add", "save", "publish", "retire"},
        "courses.coursedraft": {"view"},
        "courses.coursemodule": {"view"},
        "courses.moduleitem": {"view"},
        "courses.courseversion": {"view"},
        "courses.learningpathway": {"view", "add", "save", "publish", "retire"},
        "courses.pathwaycourse": {"view"},
        "courses.assessment": {"view"},
        "progress.courseprogress": {"view"},
        "progress.assessmentattempt": {"view", "void", "void_and_keep_completion"},
        "progress.attemptgrade": {"view"},
        "progress.aisession": {"view"},
        "progress.aiflag": {"view", "uphold", "dismiss"},
        "progress.prompttemplate": {"view"},
        "progress.gradeproposal": {"view"},
    },
    "Credential officers": {
        "credentials.credential": {"view", "add", "save", "offer", "withdraw"},
        "credentials.usercredential": {"view", "revoke", "suspend", "resume", "reissue"},
        "credentials.credentialclaim": {"view", "cancel"},
    },
    "Auditors": {
        row: {"view"}
        for row in (
            "accounts.user",
            "accounts.organization",
            "accounts.orgmembership",
            "accounts.invitation",
            "accounts.outgoingmail",
            "jobs.job",
            "accounts.session",
            "accounts.signinrecord",
            "accounts.refreshtoken",
            "accounts.idempotencyrecord",
            "accounts.limitstate",
            "accounts.knownaddress",
            "accounts.oauthclient",
            "accounts.authorizationcode",
            "accounts.devicecode",
            "accounts.pushedrequest",
            "accounts.preauthorizedcode",
            "accounts.consent",
            "accounts.auditentry",
            "admin.logentry",
            "courses.course",
            "courses.coursedraft",
            "courses.coursemodule",
            "courses.moduleitem",
            "courses.courseversion",
            "courses.learningpathway",
            "courses.pathwaycourse",
            "courses.assessment",
            "progress.progressevent",
            "progress.courseprogress",
            "progress.assessmentattempt",
            "progress.attemptgrade",
            "progress.aisession",
            "progress.aiinteraction",
            "progress.aifeedback",
            "progress.aiflag",
            "progress.aibudgetcounter",
            "progress.aireservation",
            "progress.aisettings",
            "progress.prompttemplate",
            "progress.gradeproposal",
            "credentials.credential",
            "credentials.usercredential",
            "credentials.credentialclaim",
        )
    },
    "no group": {},
}
ACTIONS = {
    "accounts/user/": ("deactivate", "activate", "end_sessions"),
    "accounts/organization/": ("suspend", "reopen", "delete"),
    "accounts/orgmembership/": (
        "make_owner",
        "make_admin",
        "make_instructor",
        "make_learner",
        "remove",
    ),
    "accounts/invitation/": ("cancel",),
    "accounts/oauthclient/": ("remove",),
    "courses/course/": ("publish", "retire"),
    "courses/learningpathway/": ("publish", "retire"),
    "progress/assessmentattempt/": ("void", "void_and_keep_completion"),
    "progress/aiflag/": ("uphold", "dismiss"),
    "progress/prompttemplate/": ("activate", "end_trial", "retire"),
    "credentials/credential/": ("offer", "withdraw"),
    "credentials/credentialclaim/": ("cancel",),
    "credentials/usercredential/": ("revoke", "suspend", "resume", "reissue"),
}

FORMS = {
    "accounts/user/": "change/?tab=edit",
    "accounts/oauthclient/": "change/?tab=settings",
    "accounts/organization/": "change/?tab=settings",
    "courses/course/": "change/?tab=yaml",
}
"""Where the form of a row is, if it is not on the first tab of its page."""


def has_claim(application: Application) -> None:
    credential_id = str(CredentialRow.objects.values_list("pk", flat=True)[0])
    stored_claim(application.services, credential_id, email="dee@school.example", token="t")


def may_do(staff: Staff, row: type[Model], path: str) -> set[str]:
    """What the pages of a row allow a member of staff to do."""
    page = staff.get(path)
    may = {"view"} if page.status == 200 else set()
    if staff.get(f"{path}add/").status == 200:
        may.add("add")
    form = FORMS.get(path, "change/")
    if any(staff.get(f"{path}{key}/{form}").may_be_saved for key in keys_of(row)[:1]):
        may.add("save")
    return may | page.actions


def permissions_of(staff: Staff) -> dict[str, set[str]]:
    """What the pages of each row allow a member of staff to do, if anything."""
    may = {row._meta.label_lower: may_do(staff, row, path) for row, path in lists().items()}
    return {row: done for row, done in may.items() if done}


def staff_in(application: Application, group: str) -> StaffBrowser:
    return staff_browser(application, *([] if group == "no group" else [group]))


@at_views
def test_each_group_has_exactly_its_permissions(
    application: Application, at: Callable[[UUID], Staff]
) -> None:
    anna, course = a_holder(application)
    an_examined(application, anna)
    has_claim(application)
    a_published_pathway(application.services, a_chain(course.slug))
    has_flag(application.services, a_principal(anna))
    a_prompt_version(application.services)

    may = {group: permissions_of(at(staff_in(application, group).id)) for group in PARTS}

    assert may == PARTS


@at_views
def test_read_only_staff_cannot_change_anything_with_forged_requests(
    application: Application, at: Callable[[UUID], Staff]
) -> None:
    anna, course = a_holder(application)
    a_published_pathway(application.services, a_chain(course.slug))
    client = application.services.clients.register(some_client_terms(), by=OPERATOR).client
    has_invitation(application, has_organization(application), "cleo@school.example")
    an_examined(application, anna)
    has_claim(application)
    has_flag(application.services, a_principal(anna))
    a_prompt_version(application.services)
    readers = {group: at(staff_in(application, group).id) for group in ("Auditors", "no group")}
    rows = {path: row for row, path in lists().items() if path in ACTIONS}
    before = {path: contents_of(row) for path, row in rows.items()}

    assert rows.keys() == ACTIONS.keys()
    assert all(before.values())
    for group, staff in readers.items():
        for path, row in rows.items():
            forge_acts(staff, path, keys_of(row))
        forge_acts_on_person(staff, anna.id)
        forge_acts_on_clients(staff, client.id)

        assert {path: contents_of(row) for path, row in rows.items()} == before, group


def forge_acts(staff: Staff, path: str, keys: list[Any]) -> None:
    """Send each action of a list, and the forms of its rows; the forms must be forbidden."""
    chosen = list(map(str, keys))
    for action in ACTIONS[path]:
        fields = {"action": action, "_selected_action": chosen, "reason": "Because I can."}
        staff.answer("POST", path, **fields)
    for key in keys:
        assert is_refused(staff, "POST", f"{path}{key}/change/", name="Mine")
    assert is_refused(staff, "POST", f"{path}add/", name="Mine")


def forge_acts_on_person(staff: Staff, user_id: UserId) -> None:
    acts = ("password", "deactivate", "sessions/end", "second-factor/reset", "require", "email")
    for act in acts:
        assert is_refused(staff, "POST", f"accounts/user/{user_id}/{act}/", reason="Mine.")


def forge_acts_on_clients(staff: Staff, client_id: ClientPk) -> None:
    for act in ("secret", "pkce", "remove"):
        assert is_refused(staff, "POST", f"accounts/oauthclient/{client_id}/{act}/", reason="Mine.")
    for path in (f"{client_id}/secret/new/", "invitation/", "invitation/token/"):
        assert is_refused(staff, "GET", f"accounts/oauthclient/{path}")
    assert is_refused(staff, "POST", "accounts/oauthclient/invitation/")


def is_refused(staff: Staff, method: str, path: str, **fields: str) -> bool:
    return staff.answer(method, path, **fields).status_code == HTTPStatus.FORBIDDEN


def test_staff_without_a_group_see_an_empty_index(application: Application) -> None:
    page = staff_browser(application).get("")

    assert "Your account is in no staff group yet." in page.text
    assert "/admin/accounts/" not in page.text


def test_the_index_of_a_manager_lists_only_their_pages(application: Application) -> None:
    page = staff_browser(application, "User managers").get("")

    assert "/admin/accounts/user/" in page.text
    assert "/admin/courses/" not in page.text
    assert "/admin/credentials/" not in page.text


def test_a_learner_has_no_access_to_the_admin_site(application: Application) -> None:
    anna, _ = a_holder(application)

    assert StaffBrowser(anna.id).get("").path.startswith("login/")


@pytest.mark.parametrize("group", GROUPS.GROUPS)
def test_a_group_has_only_the_permissions_its_pages_need(
    application: Application, group: str
) -> None:
    staff_browser(application, group)

    given = Permission.objects.filter(group__name=group).select_related("content_type")

    verbs = {"view": {"view"}, "add": {"add"}, "change": {"save", "void"}}
    needed = {
        f"{verb}_{row.partition('.')[2]}"
        for row, done in PARTS[group].items()
        for verb in verbs
        if verbs[verb] & done
    }
    assert {permission.codename for permission in given} == needed


def test_an_auditor_has_only_the_rights_to_see_progress_and_to_read_the_audit_log(
    application: Application,
) -> None:
    request = staff_browser(application, "Auditors").client.get("/admin/").wsgi_request

    assert staff_of(request).rights == {Right.SEE_PROGRESS, Right.READ_AUDIT}


def test_a_custom_group_gives_access_to_its_pages_only(application: Application) -> None:
    bo, root = staff_browser(application), root_browser(application)
    wanted = Permission.objects.get(codename="view_courseversion")
    root.post("auth/group/add/", name="Readers", permissions=[wanted.pk])
    readers = Group.objects.get(name="Readers")

    root.post(f"accounts/user/{bo.id}/change/", name="Bo", is_staff="on", groups=[readers.pk])

    assert bo.get("courses/courseversion/").status == 200
    assert bo.get("courses/course/").status == 403
    assert application.services.users.get(bo.id, by=OPERATOR).is_staff


def test_creating_the_groups_again_changes_nothing(application: Application) -> None:
    before = sorted(Permission.objects.values_list("pk", "name", "codename"))

    GROUPS.create_groups(apps, None)

    assert set(Group.objects.values_list("name", flat=True)) == set(GROUPS.GROUPS)
    assert sorted(Permission.objects.values_list("pk", "name", "codename")) == before


def test_the_permissions_equal_those_django_creates(application: Application) -> None:
    Permission.objects.all().delete()

    GROUPS.create_groups(apps, None)

    for permission in Permission.objects.select_related("content_type"):
        row = permission.content_type.model_class()
        assert row is not None
        assert permission.codename.split("_")[0] in row._meta.default_permissions
        assert (
            permission.name == f"Can {permission.codename.split('_')[0]} {row._meta.verbose_name}"
        )


def test_the_groups_can_be_removed_again(application: Application) -> None:
    Group.objects.create(name="Readers")

    GROUPS.remove_groups(apps, None)

    assert [group.name for group in Group.objects.all()] == ["Readers"]
