"""Admin lists and actions with the courses of organizations."""

import re
from typing import Final

import pytest
from django.contrib.auth.models import Permission

from accounts.domain.access import OPERATOR, OrgRole
from accounts.domain.organizations.entities import Organization
from accounts.models import User as UserRow
from courses.admin.forms import tag_of
from courses.definitions.courses import write_definition
from courses.domain.entities.courses import Course
from courses.models import Course as CourseRow
from credentials.models import Credential as CredentialRow
from tests.support.application import Application
from tests.support.builders import a_definition, a_definition_of
from tests.support.learning import Learner, a_published_course
from tests.support.members import access_entries, add_organization
from tests.support.organizations import a_member, acts_in, closed
from tests.support.staff import StaffBrowser, a_user_of, root_browser, staff_browser

pytestmark = pytest.mark.database

COURSES: Final = "courses/course/"
LISTS: Final = [
    COURSES,
    "courses/coursedraft/",
    "courses/coursemodule/",
    "courses/moduleitem/",
    "courses/courseversion/",
    "progress/progressevent/",
    "progress/courseprogress/",
    "credentials/credential/",
    "credentials/usercredential/",
]
WITH_OWNERS: Final = [COURSES, *LISTS[4:]]
A_CELL: Final = 'class="field-'
"""What a list holds when it has a row."""

OF_HARBOUR: Final = "Reef knots of the harbour"


@pytest.fixture
def harbour(application: Application) -> Organization:
    return add_organization(application, name="Harbour School", slug="harbour")


@pytest.fixture
def course(application: Application, harbour: Organization) -> Course:
    """A course of the harbour that a learner has passed, with the credential that it earns."""
    services = application.services
    definition = a_definition_of(required=1, slug="knots", title=OF_HARBOUR)
    draft = services.authoring.create(definition, org_id=harbour.id, by=OPERATOR)
    course = services.authoring.publish(draft.slug, by=OPERATOR)
    application.earns(course, name=OF_HARBOUR)
    anna = a_member(
        harbour.id, OrgRole.LEARNER, a_user_of(application, email="anna@harbour.example")
    )
    Learner(services=services, principal=anna).passes(course)
    return course


def may_also_see_organizations(bo: StaffBrowser) -> StaffBrowser:
    permission = Permission.objects.get(codename="view_organization")
    UserRow.objects.get(pk=bo.id).user_permissions.add(permission)
    return bo


def staff_without_organizations(application: Application) -> StaffBrowser:
    """An administrator with access to all of these lists, but not to organizations."""
    bo = staff_browser(application, "Auditors")
    for group in UserRow.objects.get(pk=bo.id).groups.all():
        group.permissions.remove(Permission.objects.get(codename="view_organization"))
    return bo


def test_staff_without_access_to_organizations_see_what_belongs_to_the_platform(
    application: Application, course: Course
) -> None:
    staff = staff_without_organizations(application)

    pages = {path: staff.get(path) for path in LISTS}

    assert {path: page.status for path, page in pages.items()} == dict.fromkeys(LISTS, 200)
    assert [path for path, page in pages.items() if A_CELL in page.text] == []
    assert [path for path, page in pages.items() if "Harbour School" in page.text] == []


def test_staff_with_access_to_organizations_see_what_belongs_to_them_too(
    application: Application, course: Course
) -> None:
    staff = may_also_see_organizations(staff_browser(application, "Auditors"))

    assert [path for path in LISTS if A_CELL in staff.get(path).text] == LISTS


def test_a_list_is_narrowed_to_one_organization(
    application: Application, harbour: Organization, course: Course
) -> None:
    other = add_organization(application, name="Shipyard")
    root = root_browser(application)

    ours = {path: root.get(f"{path}?org__id__exact={harbour.id}").text for path in WITH_OWNERS}
    theirs = {path: root.get(f"{path}?org__id__exact={other.id}").text for path in WITH_OWNERS}

    assert [path for path, text in ours.items() if "Harbour School" in text] == WITH_OWNERS
    assert [path for path, text in ours.items() if "field-org" in text] == WITH_OWNERS
    assert [path for path, text in theirs.items() if "field-org" in text] == []


def test_the_page_of_a_foreign_course_is_not_there(
    application: Application, course: Course
) -> None:
    editor = staff_browser(application, "Course editors")

    page = editor.get(f"{COURSES}{course.id}/change/?tab=yaml")

    assert OF_HARBOUR not in page.text
    assert editor.act(COURSES, "retire", course.id, reason="Mine.").path == COURSES
    assert CourseRow.objects.get(pk=course.id).status == "published"


def test_an_editor_with_access_to_organizations_views_their_courses_and_changes_none(
    application: Application, course: Course
) -> None:
    editor = may_also_see_organizations(staff_browser(application, "Course editors"))

    page = editor.get(f"{COURSES}{course.id}/change/?tab=yaml")
    acted = editor.act(COURSES, "retire", course.id, reason="Mine.")

    assert OF_HARBOUR in page.text
    assert not page.may_be_saved
    assert "Course not found" in acted.messages[0]
    assert CourseRow.objects.get(pk=course.id).status == "published"


def test_an_admin_revises_a_course_by_the_slug_of_its_definition(
    application: Application, course: Course
) -> None:
    root, revised = root_browser(application), a_definition(slug="knots", title="Revised")

    page = root.get(f"{COURSES}{course.id}/change/?tab=yaml")
    before = application.services.authoring.export(course.slug, by=OPERATOR)
    etag = tag_of(write_definition(before))
    root.post(
        f"{COURSES}{course.id}/change/?tab=yaml", definition=write_definition(revised), etag=etag
    )

    assert "slug: knots" in page.text
    assert application.services.authoring.export(course.slug, by=OPERATOR) == revised


def test_an_admin_imports_a_course_for_an_organization(
    application: Application, harbour: Organization
) -> None:
    knots = write_definition(a_definition(slug="knots"))

    root_browser(application).post(f"{COURSES}add/", definition=knots, org=str(harbour.id))

    row = CourseRow.objects.get()
    assert (row.slug, row.org_id) == ("harbour--knots", harbour.id)


def test_only_organizations_that_are_open_can_be_chosen(
    application: Application, harbour: Organization
) -> None:
    shut = add_organization(application, name="Shipyard", slug="shipyard")
    closed(application.services, shut)
    root, knots = root_browser(application), write_definition(a_definition(slug="knots"))

    page = root.get(f"{COURSES}add/")
    root.post(f"{COURSES}add/", definition=knots, org=str(shut.id))

    assert "Harbour School" in page.text
    assert "Shipyard" not in page.text
    assert not CourseRow.objects.exists()


def test_an_editor_is_not_asked_whose_course_it_is(
    application: Application, harbour: Organization
) -> None:
    editor, knots = (
        staff_browser(application, "Course editors"),
        write_definition(a_definition(slug="knots")),
    )

    page = editor.get(f"{COURSES}add/")
    editor.post(f"{COURSES}add/", definition=knots, org=str(harbour.id))

    assert "Harbour School" not in page.text
    assert CourseRow.objects.get().org_id is None


def test_why_a_course_is_retired_is_recorded(
    application: Application, harbour: Organization, course: Course
) -> None:
    root_browser(application).act(COURSES, "retire", course.id, reason="Out of date.")

    assert acts_in(application.services, harbour.id)[-1].reason == "Out of date."


def test_why_a_credential_is_withdrawn_is_recorded(
    application: Application, harbour: Organization, course: Course
) -> None:
    row = CredentialRow.objects.get()

    root_browser(application).act("credentials/credential/", "withdraw", row.pk, reason="Too easy.")

    assert acts_in(application.services, harbour.id)[-1].reason == "Too easy."


def test_an_officer_defines_for_the_courses_of_the_platform_alone(
    application: Application, course: Course
) -> None:
    ours = a_published_course(application.services)
    officer = staff_browser(application, "Credential officers")

    page = officer.get("credentials/credential/add/")

    assert ours.slug in page.text
    assert course.slug not in page.text


def test_an_admin_defines_for_the_courses_of_all(application: Application, course: Course) -> None:
    assert course.slug in root_browser(application).get("credentials/credential/add/").text


def test_opening_a_page_of_an_organization_is_recorded_as_access(
    application: Application, harbour: Organization, course: Course
) -> None:
    root = root_browser(application)
    before = len(access_entries(application, harbour.id))

    for path in LISTS:
        (link, *_) = re.findall(rf"/admin/({path}[^/]+/change/)", root.get(path).text)
        root.get(link)

        looks = access_entries(application, harbour.id)[before:]
        assert [look.actor_id for look in looks] == [root.id], path
        before += 1
