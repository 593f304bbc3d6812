"""Navigation, lists, confirmations and messages of the admin site."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import UserChanges
from accounts.models import User
from authsvc.admin_site.navigation import DATA, JOBS
from tests.accounts.org_pages import has_invitation, has_organization
from tests.support.application import Application
from tests.support.staff import (
    USERS,
    a_user_of,
    lists,
    root_browser,
    staff_browser,
    user_manager,
)

pytestmark = pytest.mark.database


def entries(text: str) -> list[str]:
    """The labels in the main navigation, in order."""
    navigation = text.split('<nav id="job-nav"')[1].split("</nav>", maxsplit=1)[0]
    return re.findall(r"<a [^>]*><span>([^<]*)</span>", navigation)


def test_each_group_sees_its_jobs_and_no_others(application: Application) -> None:
    labels = {
        group: entries(staff_browser(application, group, name=group.split()[0]).get("").text)
        for group in ("User managers", "Course editors", "Credential officers")
    }

    assert labels == {
        "User managers": [
            "Dashboard",
            "People",
            "Invitations",
            "Sign-ins",
            "Organizations",
            "Data",
        ],
        "Course editors": [
            "Dashboard",
            "Courses",
            "Learners by course",
            "Grading",
            "Pathways",
            "AI sessions",
            "Flagged answers",
            "Prompts",
            "AI usage",
            "Data",
        ],
        "Credential officers": ["Dashboard", "Credentials", "Issued", "Claims", "Issuer keys"],
    }


def test_an_admin_sees_every_job_and_all_other_tables_behind_data(
    application: Application,
) -> None:
    root = root_browser(application)

    labels = entries(root.get("").text)
    data = root.get("data/").text.split("<main")[1]

    pages = [page for job in JOBS for page in job.pages]
    assert labels == ["Dashboard", *(page.label for page in pages), DATA.label]
    named = {page.model for page in pages}
    rest = {path for row, path in lists().items() if row._meta.label_lower not in named}
    assert {path for path in lists().values() if f'href="/admin/{path}"' in data} == rest


def test_the_data_page_is_denied_to_staff_without_tables(application: Application) -> None:
    assert staff_browser(application, "Credential officers").get("data/").status == 403


def test_the_page_that_is_open_is_marked(application: Application) -> None:
    root = root_browser(application)
    anna = a_user_of(application)

    for path in (USERS, f"{USERS}{anna.id}/change/", f"{USERS}add/"):
        marked = re.findall(r'aria-current="page"><span>([^<]*)', root.get(path).text)
        assert marked == ["People", "People"], "in the side bar and in the menu of phones"


def test_open_invitations_are_counted_beside_the_navigation(application: Application) -> None:
    org = has_organization(application)
    for name in ("anna", "bo"):
        has_invitation(application, org, f"{name}@school.example")

    text = root_browser(application).get("").text

    assert '2<span class="visually-hidden"> open</span>' in text


def test_all_counts_take_one_statement_a_minute(application: Application) -> None:
    root = root_browser(application)

    with CaptureQueriesContext(connection) as queries:
        root.get("")
        root.get("")

    assert sum("open_invitations" in query["sql"] for query in queries) == 1


def test_a_change_is_answered_by_303(application: Application) -> None:
    anna, bo = a_user_of(application), user_manager(application)

    changed = bo.client.post(f"/admin/{USERS}{anna.id}/change/", {"name": "Anna B."})
    acted = bo.client.post(
        f"/admin/{USERS}", {"action": "activate", "_selected_action": [str(anna.id)]}
    )

    assert (changed.status_code, acted.status_code) == (303, 303)


def test_many_things_are_shortened_in_confirmations_and_messages(application: Application) -> None:
    people = [a_user_of(application, f"Anna{number}") for number in range(12)]
    ids = [anna.id for anna in people]
    bo = user_manager(application)

    question = bo.act(USERS, "deactivate", *ids)
    page = bo.act(USERS, "deactivate", *ids, reason="The school has closed.")

    assert "Deactivate 12 users" in question.text
    assert "and 2 more" in question.text
    assert len(page.messages) == 11
    assert page.messages[-1] == "Deactivated 2 more users."
    assert not User.objects.filter(pk__in=ids, is_active=True).exists()


def test_a_confirmation_names_the_person_and_their_address(application: Application) -> None:
    anna = a_user_of(application)

    question = user_manager(application).act(USERS, "deactivate", anna.id)

    assert "<h1>Deactivate Anna</h1>" in question.text
    assert f"<li>Anna, {anna.email}</li>" in question.text
    assert '<button type="submit" class="button danger">Deactivate Anna</button>' in question.text


def test_a_list_labels_its_cells_for_narrow_screens(application: Application) -> None:
    anna = a_user_of(application)
    application.services.users.edit(anna.id, UserChanges(is_active=False), by=OPERATOR)

    text = root_browser(application).get(USERS).text

    assert 'role="cell" data-label="Status" class="field-status"' in text
    assert "icon-no" not in text
    assert re.search(
        r'<time datetime="\d{4}-\d\d-\d\dT\d\d:\d\dZ">\d{4}-\d\d-\d\d \d\d:\d\d<', text
    )
    assert "Last seen (UTC)" in text


def test_filters_are_one_form_above_the_table_and_repeated_in_words(
    application: Application,
) -> None:
    anna = a_user_of(application)
    application.services.users.edit(anna.id, UserChanges(is_active=False), by=OPERATOR)
    root = root_browser(application)

    page = root.get(f"{USERS}?is_active__exact=0")

    assert '<option value="0" selected>No</option>' in page.text
    assert '<span class="chip">Active: No</span>' in page.text
    assert anna.email in page.text
    assert "changelist-filter" not in page.text


def test_an_empty_list_says_what_to_do(application: Application) -> None:
    root = root_browser(application)

    nothing = root.get("accounts/invitation/")
    unmatched = root.get("accounts/invitation/?q=nobody")

    assert "There is nothing here yet." in nothing.text
    assert "No invitation matches." in unmatched.text
    assert "Clear the filter" in unmatched.text
