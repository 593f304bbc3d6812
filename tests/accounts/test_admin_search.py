"""The search box of the admin site."""

from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import OPERATOR
from tests.accounts.org_pages import has_organization
from tests.support.application import Application
from tests.support.builders import some_client_terms
from tests.support.staff import (
    USERS,
    StaffBrowser,
    a_holder,
    a_user_of,
    root_browser,
    staff_browser,
)

pytestmark = pytest.mark.database


def found_by(staff: StaffBrowser, term: str) -> str:
    """The results for the term, without the frame of the page."""
    return staff.get(f"search/?q={quote(term)}").text.split("<main")[1]


def test_people_courses_organizations_credentials_and_clients_are_found(
    application: Application,
) -> None:
    anna, course = a_holder(application)
    has_organization(application, anna, name="Harbour Academy")
    client = application.services.clients.register(some_client_terms(), by=OPERATOR).client
    root = root_browser(application)

    assert f"{anna.name}, {anna.email}" in found_by(root, anna.email[:9])
    assert f"/admin/courses/course/{course.id}/change/" in found_by(root, course.slug[:5])
    assert "Harbour Academy" in found_by(root, "harbour")
    assert "Knot Basics" in found_by(root, "knot bas")
    assert f"/admin/accounts/oauthclient/{client.id}/change/" in found_by(root, client.terms.name)


def test_one_exact_hit_goes_straight_there(application: Application) -> None:
    anna, course = a_holder(application)
    root = root_browser(application)

    assert root.get(f"search/?q={anna.email.upper()}").path == f"{USERS}{anna.id}/change/"
    assert root.get(f"search/?q={anna.id}").path == f"{USERS}{anna.id}/change/"
    assert root.get(f"search/?q={course.id}").path == f"courses/course/{course.id}/change/"


def test_five_people_are_shown_and_all_are_counted(application: Application) -> None:
    for number in range(7):
        a_user_of(application, f"Zoe{number}")

    text = found_by(root_browser(application), "zoe")

    assert text.count("/change/") == 5
    assert '<a href="/admin/accounts/user/?q=zoe">Show all 7 people</a>' in text


def test_staff_find_only_what_they_may_see(application: Application) -> None:
    anna, course = a_holder(application)
    editor = staff_browser(application, "Course editors")

    assert "Nothing matches" in found_by(editor, anna.email)
    assert "Nothing matches" in found_by(editor, str(anna.id))
    assert course.slug in found_by(editor, course.slug)


def test_rows_of_organizations_are_found_by_those_who_may_see_them(
    application: Application,
) -> None:
    has_organization(application, name="Harbour Academy")

    assert "Nothing matches" in found_by(staff_browser(application, "Course editors"), "harbour")
    assert "Harbour Academy" in found_by(
        staff_browser(application, "User managers", name="Cleo"), "harbour"
    )


@pytest.mark.parametrize("term", ["", "   "])
def test_without_a_term_the_page_says_what_is_searched(application: Application, term: str) -> None:
    assert "Search looks at names" in found_by(root_browser(application), term)


def test_markup_in_a_term_is_text(application: Application) -> None:
    page = root_browser(application).client.get("/admin/search/", {"q": "<script>alert(1)"})

    assert b"<script>alert" not in page.content


@pytest.mark.parametrize("term", ["a", "6d0c4a3e-8f57-4f0b-9c93-5c5c2d5f1c1e"])
def test_a_search_takes_few_statements(application: Application, term: str) -> None:
    for number in range(7):
        a_user_of(application, f"Anna{number}")
    root = root_browser(application)
    root.get("")

    with CaptureQueriesContext(connection) as queries:
        root.get(f"search/?q={term}")

    # Up to two for the session and the user, and then two a kind, or one a list with ids.
    assert len(queries) <= 20


def test_learners_have_no_search(application: Application) -> None:
    anna = a_user_of(application)

    assert StaffBrowser(anna.id).get("search/?q=a").path.startswith("login/")


def test_staff_without_a_group_are_told_what_to_do(application: Application) -> None:
    page = staff_browser(application).get(USERS)

    assert page.status == 403
    assert "Your account is in no staff group yet. Ask an admin to add you to one." in page.text
