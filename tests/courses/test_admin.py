"""Admin pages of courses."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from accounts.domain.access import OPERATOR
from courses.admin.forms import tag_of
from courses.definitions.courses import read_definition, write_definition
from courses.definitions.formats import LONGEST_TEXT
from courses.domain.entities.courses import Course, CourseDefinition
from courses.models import Course as CourseRow
from tests.support.application import Application
from tests.support.builders import a_definition, a_definition_of
from tests.support.learning import a_published_course, published_again
from tests.support.staff import StaffBrowser, log_of, staff_browser

pytestmark = pytest.mark.database

COURSES = "courses/course/"
IMPORT = f"{COURSES}add/"
WRONG = "slug: knots\ntitle: Knots\nmodules:\n  - key: loops\n    items: []\n"


def editor(application: Application) -> StaffBrowser:
    return staff_browser(application, "Course editors")


def draft_of(application: Application, address: str) -> CourseDefinition:
    return application.services.authoring.export(address, by=OPERATOR)


def page_of(course: Course) -> str:
    """The tab with its draft in YAML."""
    return f"{COURSES}{course.id}/change/?tab=yaml"


def etag_of(application: Application, course: Course) -> str:
    """What its page sends back about the draft that it shows."""
    return tag_of(write_definition(draft_of(application, course.slug)))


def a_file(text: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("knots.yaml", text if isinstance(text, bytes) else text.encode())


def test_a_pasted_definition_becomes_a_course(application: Application) -> None:
    bo, knots = editor(application), a_definition(slug="knots")

    page = bo.post(IMPORT, definition=write_definition(knots))

    course = CourseRow.objects.get(slug="knots")
    assert page.path == f"{COURSES}{course.pk}/change/"
    assert page.messages == ("The draft of knots has been imported.",)
    assert draft_of(application, "knots") == knots
    assert (course.status, course.created_by_id) == ("draft", bo.id)
    assert log_of(course.pk) == ["Imported a draft."]


def test_a_file_becomes_a_course(application: Application) -> None:
    knots = a_definition(slug="knots", title="Knoten für alle")

    editor(application).post(IMPORT, file=a_file(write_definition(knots)))

    assert draft_of(application, "knots") == knots


def test_a_file_takes_the_place_of_the_text(application: Application) -> None:
    file = a_file(write_definition(a_definition(slug="knots")))

    page = editor(application).post(IMPORT, file=file, definition=WRONG)

    assert page.messages == ("The draft of knots has been imported.",)


def test_lines_that_end_as_in_a_browser_are_read_alike(application: Application) -> None:
    knots = a_definition(slug="knots", summary="One line.\nAnother line.\n")

    editor(application).post(IMPORT, definition=write_definition(knots).replace("\n", "\r\n"))

    assert draft_of(application, "knots") == knots


def test_an_import_under_a_slug_that_is_taken_becomes_the_draft_of_that_course(
    application: Application,
) -> None:
    course = a_published_course(application.services)
    other = a_definition(slug=course.slug, title="Knots, again")

    page = editor(application).post(IMPORT, definition=write_definition(other))

    assert page.path == f"{COURSES}{course.id}/change/"
    assert draft_of(application, course.slug) == other


def test_errors_name_their_lines_and_the_text_stays(application: Application) -> None:
    page = editor(application).post(IMPORT, definition=WRONG)

    assert "line 4: 'title' is a required property" in page.text
    assert "line 5: [] should be non-empty" in page.text
    assert WRONG in page.text
    assert not CourseRow.objects.exists()


def test_the_text_of_a_file_with_errors_can_be_corrected(application: Application) -> None:
    page = editor(application).post(IMPORT, file=a_file(WRONG))

    assert "line 4: 'title' is a required property" in page.text
    assert WRONG in page.text


@pytest.mark.parametrize(
    ("content", "field_error"),
    [
        (b"\xff", "The file is not text in UTF-8, nor in UTF-16 with a byte order mark."),
        (b" " * (LONGEST_TEXT + 1), "The file is too long."),
        (b"a: [", "line 1: "),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    application: Application, content: bytes, field_error: str
) -> None:
    assert field_error in editor(application).post(IMPORT, file=a_file(content)).text


def test_nothing_at_all_is_refused(application: Application) -> None:
    page = editor(application).post(IMPORT, definition="")

    assert "Choose a file, or enter a definition." in page.text


def test_the_page_of_a_course_holds_its_draft(application: Application) -> None:
    course = a_published_course(application.services)

    page = editor(application).get(page_of(course))

    assert write_definition(draft_of(application, course.slug)) in page.text
    assert "Version 1" in editor(application).get(f"{COURSES}{course.id}/change/?tab=versions").text


def test_a_draft_is_revised_on_the_page_of_its_course(application: Application) -> None:
    course, bo = a_published_course(application.services), editor(application)
    revised = a_definition(slug=course.slug, title="Knots, revised")

    page = bo.post(
        page_of(course), definition=write_definition(revised), etag=etag_of(application, course)
    )

    assert page.path == COURSES
    assert draft_of(application, course.slug) == revised
    assert CourseRow.objects.get().title == course.title
    assert log_of(course.id) == ["Changed definition."]


def test_the_second_of_two_editors_is_told_and_keeps_their_text(application: Application) -> None:
    course, bo = a_published_course(application.services), editor(application)
    page = bo.get(page_of(course)).text
    (tag,) = re.findall(r'name="etag" value="(\w+)"', page)
    first, second = (a_definition(slug=course.slug, title=title) for title in ("First", "Second"))
    bo.post(page_of(course), definition=write_definition(first), etag=tag)

    answer = bo.post(page_of(course), definition=write_definition(second), etag=tag)

    assert "Somebody else has changed this since you opened the page." in answer.text
    assert write_definition(second) in answer.text
    assert draft_of(application, course.slug) == first


def test_saving_what_is_there_changes_nothing(application: Application) -> None:
    course, bo = a_published_course(application.services), editor(application)
    before = draft_of(application, course.slug)
    text = write_definition(before).replace("\n", "\r\n")

    bo.post(page_of(course), definition=text, etag=etag_of(application, course))

    assert draft_of(application, course.slug) == before
    assert log_of(course.id) == ["No fields changed."]


def test_a_draft_keeps_its_slug_and_the_text_stays(application: Application) -> None:
    course = a_published_course(application.services)
    text = write_definition(a_definition(slug="other-knots"))

    page = editor(application).post(
        page_of(course), definition=text, etag=etag_of(application, course)
    )

    assert f"The slug of this course is {course.slug}" in page.text
    assert text in page.text


def test_a_course_whose_draft_is_gone_is_a_message(application: Application) -> None:
    course = a_published_course(application.services)
    CourseRow.objects.get().draft.delete()

    page = editor(application).get(page_of(course))

    assert page.path == COURSES
    assert page.messages[0].startswith("Course not found.")


def test_publishing_is_an_action(application: Application) -> None:
    course = application.services.authoring.create(a_definition(), by=OPERATOR)

    page = editor(application).act(COURSES, "publish", course.id)

    assert page.messages == (f"Published {course.slug}.",)
    assert CourseRow.objects.get().status == "published"
    assert log_of(course.id) == ["Published."]


def test_a_course_that_cannot_be_published_is_named(application: Application) -> None:
    new = application.services.authoring.create(a_definition(), by=OPERATOR)
    old = a_published_course(application.services)

    page = editor(application).act(COURSES, "publish", new.id, old.id)

    assert page.messages[0].startswith(
        f"Not published: {old.slug}. The draft is already published."
    )
    assert page.messages[1] == f"Published {new.slug}."
    assert log_of(old.id) == []


def test_retiring_asks_for_a_reason_and_logs_it(application: Application) -> None:
    course, bo = a_published_course(application.services), editor(application)

    question = bo.act(COURSES, "retire", course.id)
    page = bo.act(COURSES, "retire", course.id, reason="Nobody ties knots any more.")

    assert f"Retire {course.slug}" in question.text
    assert question.messages == ()
    assert page.messages == (f"Retired {course.slug}.",)
    assert CourseRow.objects.get().status == "retired"
    assert log_of(course.id) == ["Retired. Reason: Nobody ties knots any more."]


def test_a_draft_is_downloaded(application: Application) -> None:
    course = a_published_course(application.services)

    response = editor(application).client.get(f"/admin/{COURSES}{course.id}/definition/")

    assert response["Content-Type"] == "application/yaml; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{course.slug}.yaml"'
    assert read_definition(response.content.decode()) == draft_of(application, course.slug)


def test_a_version_is_downloaded(application: Application) -> None:
    first = a_definition_of(required=1, slug="knots")
    course = a_published_course(application.services, first)
    published_again(application.services, a_definition(slug="knots"))

    response = editor(application).client.get(f"/admin/{COURSES}{course.id}/definition/1/")

    assert response["Content-Disposition"] == 'attachment; filename="knots-1.yaml"'
    assert read_definition(response.content.decode()) == first


def test_a_version_that_there_is_not_is_a_message(application: Application) -> None:
    course = a_published_course(application.services)

    page = editor(application).get(f"{COURSES}{course.id}/definition/7/")

    assert page.path == COURSES
    assert page.messages[0].startswith("Course version not found.")


def test_only_authors_download(application: Application) -> None:
    course = a_published_course(application.services)

    page = staff_browser(application, "Auditors").get(f"{COURSES}{course.id}/definition/")

    assert page.status == 403


def test_a_version_shows_its_items_and_what_they_say(application: Application) -> None:
    course = a_published_course(application.services, a_definition_of(required=1, slug="knots"))
    version = CourseRow.objects.get(pk=course.id).versions.get()

    page = staff_browser(application, "Auditors").get(f"courses/courseversion/{version.pk}/change/")

    assert "1.1 Tying a bowline, required lesson" in page.text
    assert "Make a loop." in page.text


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_a_file_may_be_longer_than_a_form(application: Application) -> None:
    long = a_definition(slug="knots", summary="x" * 2000)

    editor(application).post(IMPORT, file=a_file(write_definition(long)))

    assert draft_of(application, "knots") == long
