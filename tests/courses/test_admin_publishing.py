"""Admin pages of courses: publication, comparison, preview, new courses, and who opens which page."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from accounts.domain.access import OPERATOR
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.assessments import Choice, Question, QuestionKind
from courses.domain.entities.courses import Course, CourseId
from courses.domain.entities.editing import Part, added, item_place, part_at, replaced
from courses.models import Course as CourseRow
from tests.courses.editor_pages import COURSES, at, draft_of, reasons
from tests.courses.test_editing import KNOTS
from tests.support.application import Application
from tests.support.learning import a_published_course
from tests.support.staff import StaffBrowser, a_holder, log_of, staff_browser

pytestmark = pytest.mark.database


@pytest.fixture
def bo(application: Application) -> StaffBrowser:
    return staff_browser(application, "Course editors")


@pytest.fixture
def course(application: Application) -> Course:
    return a_published_course(application.services, KNOTS)


def test_publication_shows_what_changes_and_asks_for_a_note(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    bo.post(at(course, "outline/"), up="item:quiz")
    page = bo.get(at(course, "publish/"))
    (tag,) = re.findall(r'name="etag" value="(\w+)"', page.text)
    assert "1 item moved." in page.text
    assert "Learners who enrol from now on get version 2." in page.text
    assert "“Quiz” has no questions." in page.text
    assert bo.post(at(course, "publish/"), etag=tag).messages == ()

    page = bo.post(at(course, "publish/"), note="Quiz first", etag=tag)

    assert page.messages == ("Published version 2 of Knots. New learners get it.",)
    assert CourseRow.objects.get().version == 2
    assert log_of(course.id)[-1] == "Published version 2. Note: Quiz first"
    assert reasons(course)[-1] == "Quiz first"
    blocked = bo.get(at(course, "publish/")).text
    assert "Version 2 has the same content as the draft." in blocked
    assert 'name="note"' not in blocked


def test_what_somebody_changed_meanwhile_is_not_published(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    bo.post(at(course, "outline/"), up="item:quiz")
    (tag,) = re.findall(r'name="etag" value="(\w+)"', bo.get(at(course, "publish/")).text)
    bo.post(at(course, "outline/"), down="module:loops")

    page = bo.post(at(course, "publish/"), note="Quiz first", etag=tag)

    assert page.messages[0].startswith("Not saved: ")
    assert CourseRow.objects.get().version == 1


def test_learners_that_continue_are_counted(application: Application, bo: StaffBrowser) -> None:
    _, course = a_holder(application)
    definition = draft_of(application, course)
    application.services.authoring.revise(
        course.slug, replace(definition, title="Bends"), by=OPERATOR
    )

    page = bo.get(at(course, "publish/"))

    assert "1 learner who enrolled before stays on the version they enrolled on." in page.text
    assert "title changed" in page.text.lower()


def test_a_discarded_draft_is_as_the_version_and_the_reason_is_recorded(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    bo.post(at(course, "outline/"), up="item:quiz")
    question = bo.get(at(course, "discard/"))
    (tag,) = re.findall(r'name="etag" value="(\w+)"', question.text)
    assert "Lost: 1 item moved." in question.text

    page = bo.post(at(course, "discard/"), reason="A slip.", etag=tag)

    assert page.messages == ("Discarded the draft. It is as version 1 again.",)
    assert draft_of(application, course) == KNOTS
    assert reasons(course)[-1] == "A slip."


def test_versions_are_compared_by_item_and_line(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    bo.post(at(course, "modules/links/add-item/"), title="New lesson", kind="lesson")
    page = bo.get(at(course, "compare/1/draft/"))

    assert "1 item added." in page.text
    assert re.search(r"removed|added.*<code> +title: New lesson</code>", page.text)
    assert bo.get(at(course, "compare/x/draft/")).status == 404
    assert bo.get(at(course, "compare/9/draft/")).messages[0].startswith("Course version not found")


def test_a_preview_checks_answers_and_stores_nothing(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    question = Question(
        key="slips",
        kind=QuestionKind.MCQ,
        prompt="Which **slips**?",
        choices=(Choice(key="a", text="Granny", is_right=True), Choice(key="b", text="Bowline")),
        feedback="A *granny* slips.",
    )
    quiz = item_place(KNOTS, "quiz")
    definition = added(KNOTS, quiz, Part.QUESTION, question)
    item = part_at(definition, quiz)
    definition = replaced(definition, quiz, item.due(datetime(2036, 12, 1, 18, tzinfo=UTC)))
    application.services.authoring.revise(course.slug, definition, by=OPERATOR)
    path = at(course, "preview/quiz/")

    assert ">2036-12-01 18:00</time> UTC" in bo.get(path).text
    assert "Preview of the draft. Nothing is recorded." in bo.get(path).text
    assert "<strong>slips</strong>" in bo.get(path).text
    assert "<em>granny</em>" not in bo.get(path).text
    assert "<em>granny</em>" in bo.post(path).text
    assert "1 of 1 points, 1 to pass" in bo.post(path, **{"answer-slips": "a"}).text
    assert "Not correct" in bo.post(path, **{"answer-slips": "b"}).text
    assert bo.get(at(course, "preview/none/")).status == 404
    assert bo.get(at(course, "preview/")).status == 200


@pytest.mark.parametrize(("start", "items"), [("empty", 1), ("example", 3)])
def test_a_course_begins_from_nothing(
    application: Application, bo: StaffBrowser, start: str, items: int
) -> None:
    page = bo.post(f"{COURSES}new/", title="Knots & bends", slug="", start=start)

    assert page.messages == ("Created Knots & bends. Learners see it once it is published.",)
    row = CourseRow.objects.get(slug="knots-bends")
    course = application.services.catalog.course(CourseId(row.pk), scope=ALL_TENANTS)
    assert sum(len(module.items) for module in draft_of(application, course).modules) == items
    again = bo.post(f"{COURSES}new/", title="Knots & bends", slug="", start=start)
    assert "The slug knots-bends belongs to another course." in again.text
    assert "Choose a slug" in bo.post(f"{COURSES}new/", title="結び目", slug="", start=start).text


def test_a_slug_must_be_one(bo: StaffBrowser) -> None:
    page = bo.post(f"{COURSES}new/", title="Knots", slug="Not a slug", start="empty")

    assert "does not match" in page.text
    assert not CourseRow.objects.exists()


PAGES: Final = (
    "change/",
    "change/?tab=settings",
    "change/?tab=yaml",
    "change/?tab=versions",
    "change/?tab=files",
    "items/quiz/",
    "items/quiz/remove/",
    "modules/loops/",
    "modules/loops/remove/",
    "modules/loops/add-item/",
    "add-module/",
    "publish/",
    "discard/",
    "retire/",
    "compare/1/draft/",
    "preview/",
    "preview/quiz/",
    "import-archive/",
)
OF_READERS: Final = {"change/", "change/?tab=versions"}
CHANGES: Final[dict[str, dict[str, Any]]] = {
    "outline/": {"up": "item:quiz"},
    "items/quiz/": {"title": "Mine", "act": "save", "questions": "0"},
    "items/quiz/remove/": {},
    "modules/loops/": {"title": "Mine"},
    "modules/loops/remove/": {},
    "modules/loops/add-item/": {"title": "Mine", "kind": "lesson"},
    "add-module/": {"module": "Mine", "title": "Mine", "kind": "lesson"},
    "settings/": {"title": "Mine"},
    "publish/": {"note": "Mine"},
    "discard/": {"reason": "Mine"},
    "retire/": {"reason": "Mine"},
    "preview-text/": {"body": "Mine"},
}


@pytest.mark.parametrize("group", ["Course editors", "Auditors", "User managers", ""])
def test_each_group_opens_its_pages_only(
    application: Application, course: Course, group: str
) -> None:
    staff = staff_browser(application, *([group] if group else []))
    authors = group == "Course editors"
    readers = group == "Auditors"

    for path in PAGES:
        page = staff.get(at(course, path))
        may = authors or (readers and path in OF_READERS)
        if readers and path in ("change/?tab=settings", "change/?tab=yaml", "change/?tab=files"):
            assert 'name="_save"' not in page.text
            assert "Save the draft" not in page.text
            continue
        assert page.status == (200 if may else 403), path
    if not authors:
        for path, fields in CHANGES.items():
            assert staff.post(at(course, path), **fields).status == 403, path
        assert staff.post(f"{COURSES}new/", title="Mine", start="empty").status == 403
        assert draft_of(application, course) == KNOTS
        assert CourseRow.objects.get().status == "published"
