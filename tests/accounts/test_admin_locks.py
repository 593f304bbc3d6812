"""Locks of the admin site: which groups open a page, and which pages and actions need a recent sign-in."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from inspect import getmembers
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
import time_machine
from django.contrib import admin
from django.db.models import UUIDField

from accounts.domain.access import Role
from credentials.models import UserCredential
from tests.support.application import Application
from tests.support.browsing import Visitor, set_up_app, somebody
from tests.support.staff import (
    ADMIN,
    GROUPS,
    Staff,
    a_holder,
    an_examined,
    at_views,
    lists,
    root_browser,
    staff_browser,
)

pytestmark = pytest.mark.database

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEOPLE: Final = "User managers"
TEACHERS: Final = "Course editors"
OFFICERS: Final = "Credential officers"
READERS: Final = "Auditors"


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPENED_BY: Final = (
    (
        (PEOPLE,),
        names("""
        accounts_user_activate accounts_user_deactivate accounts_user_email accounts_user_end_session
        accounts_user_end_sessions accounts_user_export accounts_user_import accounts_user_import_template
        accounts_user_password accounts_user_require accounts_user_reset_factor
    """),
    ),
    (
        (TEACHERS,),
        names("""
        courses_course_add_item courses_course_add_module courses_course_archive courses_course_archive_for
        courses_course_archive_task courses_course_compare courses_course_definition courses_course_discard
        courses_course_item courses_course_module courses_course_new courses_course_outline courses_course_preview
        courses_course_preview_item courses_course_preview_text courses_course_publish courses_course_remove_item
        courses_course_remove_module courses_course_retire courses_course_settings courses_course_version
        progress_assessmentattempt_extend progress_assessmentattempt_grade progress_assessmentattempt_propose
        progress_assessmentattempt_regrade progress_assessmentattempt_reopen progress_assessmentattempt_void
    """),
    ),
    (
        (TEACHERS, READERS),
        names("""
        progress_aisession_messages progress_aisession_outcomes progress_aisession_table
        progress_assessmentattempt_queue progress_courseprogress_courses progress_courseprogress_learner
        progress_courseprogress_learners progress_courseprogress_learners_csv
        progress_courseprogress_learners_xlsx progress_courseprogress_report progress_courseprogress_table
        progress_prompttemplate_preview progress_prompttemplate_results progress_prompttemplate_table
    """),
    ),
    (
        (OFFICERS,),
        names("""
        credentials_credential_eligibility credentials_credential_eligible credentials_credential_issue
        credentials_credential_compromised_key credentials_credential_issue_list
        credentials_credential_list_result credentials_credential_rotate_keys
        credentials_usercredential_reissue credentials_usercredential_revoke
    """),
    ),
    ((OFFICERS, READERS), names("credentials_credential_keys")),
    (
        (READERS,),
        names("""
        accounts_auditentry_export
        accounts_oauthclient_keys jobs_job_checks jobs_job_failing jobs_job_result jobs_job_status jobs_job_verify
    """),
    ),
    (
        (),
        names("""
        accounts_oauthclient_invitation accounts_oauthclient_invite
        accounts_oauthclient_new_secret accounts_oauthclient_pkce accounts_oauthclient_remove
        accounts_oauthclient_secret accounts_organization_delete_for_good accounts_organization_invite
        accounts_organization_members accounts_organization_remove accounts_organization_reopen
        accounts_organization_role accounts_organization_suspend accounts_user_end_everybodys_sessions
        accounts_user_sign_in_as
        jobs_job_export progress_aisettings_decide progress_courseprogress_rebuild progress_prompttemplate_create
        progress_prompttemplate_edit progress_prompttemplate_trial
    """),
    ),
)
"""The groups that may open the pages below the lists, and the names of these. Admins may open all."""

TAKE_AWAY: Final = names("""
    accounts_oauthclient_invite accounts_oauthclient_pkce accounts_oauthclient_remove accounts_oauthclient_secret
    accounts_organization_delete_for_good accounts_organization_invite accounts_organization_remove
    accounts_organization_reopen accounts_organization_role accounts_organization_suspend
    accounts_user_activate accounts_user_deactivate
    accounts_user_email accounts_user_end_everybodys_sessions accounts_user_end_session accounts_user_end_sessions
    accounts_user_import accounts_user_require accounts_user_reset_factor accounts_user_sign_in_as
    courses_course_discard courses_course_retire
    credentials_credential_compromised_key credentials_credential_issue credentials_credential_issue_list
    credentials_credential_rotate_keys credentials_usercredential_reissue
    credentials_usercredential_revoke
    progress_assessmentattempt_extend progress_assessmentattempt_regrade progress_assessmentattempt_reopen
    progress_assessmentattempt_void progress_prompttemplate_trial
""")
"""The pages that need a recent sign-in."""

ACTIONS_THAT_TAKE_AWAY: Final = names("""
    accounts/oauthclient/remove accounts/organization/delete accounts/organization/reopen accounts/organization/suspend
    accounts/orgmembership/remove accounts/user/deactivate accounts/user/end_sessions accounts/webhook/pause
    courses/course/retire courses/learningpathway/retire credentials/credential/withdraw
    credentials/usercredential/reissue credentials/usercredential/resume credentials/usercredential/revoke
    credentials/usercredential/suspend jobs/job/cancel jobs/job/retry
    progress/aiflag/dismiss progress/aiflag/uphold progress/assessmentattempt/void
    progress/assessmentattempt/void_and_keep_completion progress/prompttemplate/activate
    progress/prompttemplate/end_trial progress/prompttemplate/retire
""")
"""The actions that need one, each by the path of its list and its name."""


def own_pages(ids: Mapping[str, UUID] | None = None) -> dict[str, tuple[str, Any]]:
    """The path of each page of `admin_page` and its view, by its name; *ids* are those of rows that exist."""
    return {
        name: (lists()[row] + _filled(route, ids or {}), view)
        for row in lists()
        for _, view in getmembers(type(admin.site.get_model_admin(row)))
        for route, name in getattr(view, "routes", {}).items()
    }


def own_actions() -> dict[str, tuple[Any, Any]]:
    """The row and the view of each action, by the path of its list and its name."""
    return {
        f"{path}{name}": (row, getattr(admin.site.get_model_admin(row), name))
        for row, path in lists().items()
        for name in map(str, admin.site.get_model_admin(row).actions or ())
    }


def _filled(route: str, ids: Mapping[str, UUID]) -> str:
    def value_for(match: re.Match[str]) -> str:
        kind, name = match.groups()
        return str(ids.get(name) or uuid4()) if kind in ("id", "uuid") else "1"

    return re.sub(r"<(\w+):(\w+)>", value_for, route)


@pytest.fixture
def stale_root(application: Application, staff_second_factor: None) -> Iterator[Visitor]:
    """An admin who has a second factor and signed in a little too long ago."""
    with time_machine.travel(NOON, tick=False) as clock:
        _, visitor = somebody(
            application, name="Root", email="root@school.example", roles=[Role.ADMIN]
        )
        set_up_app(visitor)
        clock.shift(301)
        yield visitor


def test_the_groups_of_each_page_are_decided() -> None:
    decided = [name for _, opened in OPENED_BY for name in opened]

    assert sorted(own_pages()) == sorted(decided)


@at_views
def test_each_page_refuses_all_but_its_groups(
    application: Application, at: Callable[[UUID], Staff]
) -> None:
    pages = own_pages(ids_of_rows(application))
    allowed = {
        group: {name for groups, opened in OPENED_BY if group in groups for name in opened}
        for group in GROUPS.GROUPS
    }

    shown, submitted = {}, {}
    for group in GROUPS.GROUPS:
        staff = at(staff_browser(application, group).id)
        shown[group] = {name for name, (path, _) in pages.items() if is_shown(staff, path)}
        submitted[group] = {
            name
            for name, (path, _) in pages.items()
            if is_submitted(staff, path, is_shown=name in shown[group])
        }

    assert shown == allowed
    assert submitted == allowed


@at_views
def test_each_page_refuses_staff_without_a_group(
    application: Application, at: Callable[[UUID], Staff]
) -> None:
    staff, pages = at(staff_browser(application).id), own_pages()

    # All are refused at the same door, which does not ask how a page is requested.
    assert {name for name, (path, _) in pages.items() if is_shown(staff, path)} == set()


def ids_of_rows(application: Application) -> dict[str, UUID]:
    """The ids of rows that exist, by the name that the routes of pages give them."""
    anna, course = a_holder(application)
    issued_id, credential_id = UserCredential.objects.values_list("pk", "credential_id").get()
    return {
        "user_id": anna.id,
        "course_id": course.id,
        "attempt_id": an_examined(application, anna).id,
        "issued_id": issued_id,
        "credential_id": credential_id,
    }


def is_shown(staff: Staff, path: str) -> bool:
    """Whether the page is not refused, nor the one to which it leads."""
    answer = staff.answer("GET", path)
    leads_to = answer.headers.get("Location", "")
    if leads_to.startswith(ADMIN):
        answer = staff.answer("GET", leads_to)
    return answer.status_code != HTTPStatus.FORBIDDEN


def is_submitted(staff: Staff, path: str, *, is_shown: bool) -> bool:
    """Whether the page accepts a form, which then may well be incomplete. An error may lead back to the page."""
    answer = staff.answer("POST", path)
    if answer.headers.get("Location") == ADMIN + path:
        return is_shown
    return answer.status_code != HTTPStatus.FORBIDDEN


def test_an_action_on_rows_that_no_longer_exist_says_so(application: Application) -> None:
    page = root_browser(application).act("accounts/user/", "deactivate", uuid4(), reason="Left.")

    assert page.messages == ("The selected rows no longer exist.",)


def test_each_page_that_takes_something_away_needs_a_recent_sign_in(stale_root: Visitor) -> None:
    for name, (path, view) in own_pages().items():
        answers = [stale_root.post(ADMIN + path)]
        if name in TAKE_AWAY:
            answers.append(stale_root.get(ADMIN + path))
        for answer in answers:
            asks = answer.leads_to.startswith("/account/again")
            assert asks == view.takes_away == (name in TAKE_AWAY), name


def test_each_action_that_takes_something_away_needs_a_recent_sign_in(stale_root: Visitor) -> None:
    for name, (row, action) in own_actions().items():
        path, _, verb = name.rpartition("/")
        key = str(uuid4()) if isinstance(row._meta.pk, UUIDField) else "0"
        answer = stale_root.post(f"{ADMIN}{path}/", action=verb, _selected_action=key, reason="x")
        asks = answer.leads_to.startswith("/account/again")
        assert asks == getattr(action, "takes_away", False) == (name in ACTIONS_THAT_TAKE_AWAY), (
            name
        )
