"""The course editor in the admin site: outline, items, publication, comparison, preview and new courses."""

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any, Final

import pytest

from accounts.domain.access import OPERATOR
from accounts.models import AuditEntry
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.definitions.courses import read_definition
from courses.domain.entities.assessments import Choice, Question, QuestionKind
from courses.domain.entities.courses import Course, CourseDefinition, CourseId
from courses.domain.entities.editing import Part, added, item_place, part_at
from courses.models import Course as CourseRow
from tests.courses.test_editing import KNOTS
from tests.support.application import Application
from tests.support.learning import a_published_course
from tests.support.staff import StaffBrowser, a_holder, log_of, staff_browser

pytestmark = pytest.mark.database

COURSES: Final = "courses/course/"
RICH: Final = """\
slug: rich
title: Rich
modules:
  - key: all
    title: All kinds
    items:
      - key: text
        title: A "quoted" <title> & more
        body: |2

          Two lines,

              code and <b>tags</b> & entities.
      - key: link
        title: A link
        type: external
        required: false
        body: See there.
        url: https://knots.example/?a=1&b=2
      - key: quiz
        title: A quiz
        type: assessment
        body: ''
        assessment:
          type: exam
          scoring: rubric
          pass_percent: 75
          attempts: 3
          minutes: 30
          late: mark
          questions:
            - key: one
              kind: mcq
              prompt: One?
              max_score: 2
              choices: [{key: a, text: " A ", right: true}, {key: b, text: B}]
            - key: two
              kind: short
              prompt: Two?
              accepts: [two, Two knots]
              case_sensitive: true
              ignore_spaces: true
            - {key: three, kind: short, prompt: Three?, number: 0.3, tolerance: 0.1, decimal_comma: true}
            - {key: four, kind: short, prompt: Four?, minimum: -1, maximum: 1.5}
            - key: five
              kind: code
              prompt: Five?
              max_score: 3
              rubric:
                - {key: form, text: Form, max_score: 2}
                - {key: speed, text: Speed, max_score: 1}
            - {key: six, kind: file, prompt: Six?}
            - {key: seven, kind: peer, prompt: Seven?}
"""


@pytest.fixture
def bo(application: Application) -> StaffBrowser:
    return staff_browser(application, "Course editors")


@pytest.fixture
def course(application: Application) -> Course:
    return a_published_course(application.services, KNOTS)


def draft_of(application: Application, course: Course) -> CourseDefinition:
    return application.services.authoring.export(str(course.id), by=OPERATOR)


def reasons(course: Course) -> list[str]:
    """The reasons that the audit log has about the course, oldest first."""
    entries = AuditEntry.objects.filter(subject_id=str(course.id)).order_by("pk")
    return [entry.reason for entry in entries]


def at(course: Course, rest: str) -> str:
    return f"{COURSES}{course.id}/{rest}"


class FieldParser(HTMLParser):
    """Reads what the form of an item would send, as it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._is_inside = False
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._is_inside = given.get("class") == "item-form"
        if not self._is_inside:
            return
        is_ticked = given.get("type") != "checkbox" or "checked" in given
        if tag == "input" and is_ticked:
            default = "on" if given.get("type") == "checkbox" else ""
            self.fields[name] = given.get("value", default)
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in given or self._select not in self.fields):
            self.fields[self._select] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data


class ItemEditor:
    """The form of an item in a browser: it sends what it shows, with what the author changes."""

    def __init__(self, bo: StaffBrowser, course: Course, key: str) -> None:
        self.client = bo.client
        self.path = f"/admin/{COURSES}{course.id}/items/{key}/"
        self.fields: dict[str, str] = {}
        self.text = ""
        self.read(self.client.get(self.path))

    def read(self, response: Any) -> Any:
        parser = FieldParser()
        parser.feed(response.content.decode())
        self.text = unescape(response.content.decode())
        self.fields = parser.fields or self.fields
        return response

    def press(self, act: str, **changes: str) -> Any:
        """Press the button; underscores in front of numbers stand for hyphens."""
        fields = {name.replace("__", "-"): text for name, text in changes.items()}
        return self.read(self.client.post(self.path, self.fields | fields | {"act": act}))

    @property
    def errors(self) -> list[str]:
        return re.findall(r'class="error[^>]*>(.*?)</', self.text)

    def save(self, **changes: str) -> None:
        assert self.press("save", **changes).status_code in (302, 303), self.errors


def test_an_author_moves_things_in_the_outline(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    page = bo.post(at(course, "outline/"), up="item:quiz")

    assert page.messages == ("Moved “Quiz” up.",)
    assert [item.key for item in draft_of(application, course).modules[0].items] == [
        "quiz",
        "bowline",
    ]
    assert re.search(r'value="item:bowline" aria-label="Move The bowline up">', page.text)
    assert "Draft has 1 change" in page.text
    assert log_of(course.id) == ["Moved “Quiz” up."]


def test_a_quiz_is_written_on_the_page_of_its_item(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    quiz = ItemEditor(bo, course, "quiz")
    quiz.press("add-question", new_kind="mcq")
    assert draft_of(application, course) == KNOTS
    first = {"q0__prompt": "Which slips?", "q0__c0__text": "A granny", "q0__c0__is_right": "on"}
    quiz.press("add-question", new_kind="short", **first)

    quiz.press("save", q1__prompt="Name one.")
    assert "Choice 2 is empty. Write a text or remove the choice." in quiz.text
    assert "Write an accepted answer, or a right number." in quiz.text
    assert "<title>Error: " in quiz.text
    quiz.save(
        title="Test",
        pass_percent="50",
        q0__c1__text="A bowline",
        q1__texts="bowline\nreef knot",
    )

    item = part_at(draft_of(application, course), item_place(KNOTS, "quiz"))
    assert (item.title, item.assessment.pass_percent) == ("Test", 50)
    one, two = item.assessment.questions
    assert [(choice.text, choice.is_right) for choice in one.choices] == [
        ("A granny", True),
        ("A bowline", False),
    ]
    assert two.answer_key.texts == ("bowline", "reef knot")
    assert log_of(course.id) == ["Saved “Test” in the draft."]


def test_parts_of_questions_move_and_go_before_anything_is_saved(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    quiz = ItemEditor(bo, course, "quiz")
    quiz.press("add-question", new_kind="code")
    quiz.press("add-criterion:question-1", q0__prompt="Tie it.", scoring="rubric")
    quiz.press("add-criterion:question-1", q0__r0__text="Form")
    quiz.press("remove-criterion:question-1:criterion-2")
    quiz.press("add-question", new_kind="mcq")
    quiz.press("up:question-2")
    assert (quiz.fields["q0-kind"], quiz.fields["q1-prompt"]) == ("mcq", "Tie it.")
    quiz.press("add-choice:question-2")
    assert quiz.fields["q0-choices"] == "3"
    quiz.press("remove-choice:question-2:choice-1")
    assert quiz.fields["q0-choices"] == "2"
    quiz.press("remove:question-2")

    quiz.press("save", q0__r0__max_score="2")
    assert "the points add up to 2, but the question has 1" in quiz.text
    quiz.save(q0__max_score="2")

    item = part_at(draft_of(application, course), item_place(KNOTS, "quiz"))
    (question,) = item.assessment.questions
    assert (question.max_score, question.rubric[0].text) == (2, "Form")


@pytest.mark.parametrize("act", ["up", "remove-choice", "up:none", "remove-choice:none:none"])
def test_a_forged_button_breaks_nothing(
    application: Application, course: Course, bo: StaffBrowser, act: str
) -> None:
    page = bo.post(at(course, "items/quiz/"), title="Quiz", questions="0", act=act)

    assert page.status == 200
    assert draft_of(application, course) == KNOTS


def test_saving_what_is_shown_changes_nothing(application: Application, bo: StaffBrowser) -> None:
    course = a_published_course(application.services, read_definition(RICH))
    before = draft_of(application, course)

    for key in ("text", "link", "quiz"):
        ItemEditor(bo, course, key).save()

    assert draft_of(application, course) == before


def test_the_second_of_two_editors_sees_both_texts_and_decides(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    mine = ItemEditor(bo, course, "bowline")
    ines = staff_browser(application, "Course editors", name="Ines")
    ItemEditor(ines, course, "bowline").save(title="Hers")

    response = mine.press("save", title="Mine")

    assert response.status_code == 409
    assert "Ines saved the draft at" in mine.text
    assert "title: Mine" in mine.text
    assert "title: Hers" in mine.text
    assert draft_of(application, course).modules[0].items[0].title == "Hers"
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', mine.text))
    bo.client.post(mine.path, hidden)
    assert draft_of(application, course).modules[0].items[0].title == "Mine"


def test_editors_of_different_items_do_not_stop_each_other(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    mine = ItemEditor(bo, course, "bowline")
    ines = staff_browser(application, "Course editors", name="Ines")
    ItemEditor(ines, course, "animated").save(title="Hers")
    ines.post(at(course, "outline/"), down="item:bowline")

    mine.save(title="Mine")

    modules = draft_of(application, course).modules
    titles = [item.title for module in modules for item in module.items]
    assert titles == ["Quiz", "Mine", "Hers"]


def test_text_of_an_item_that_was_removed_meanwhile_is_not_lost(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    mine = ItemEditor(bo, course, "bowline")
    bo.post(at(course, "items/bowline/remove/"))

    response = mine.press("save", body="My long text.")

    assert response.status_code == 409
    assert "Somebody has removed this item." in mine.text
    assert "My long text." in mine.text


def test_an_item_moves_to_another_module_on_its_page(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    ItemEditor(bo, course, "quiz").save(module="links")

    modules = draft_of(application, course).modules
    assert [item.key for item in modules[1].items] == ["animated", "quiz"]


def test_modules_and_items_are_added_and_removed(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    bo.post(at(course, "add-module/"), module="Bends", title="The sheet bend", kind="lesson")
    page = bo.post(at(course, "modules/bends/add-item/"), title="Film", kind="external")
    assert "Write the address of the page." in page.text
    bo.post(
        at(course, "modules/bends/add-item/"),
        title="Film",
        kind="external",
        url="https://knots.example/",
    )
    bo.post(at(course, "modules/loops/"), title="Loops again")
    question = bo.get(at(course, "items/animated/remove/"))
    assert "It is the only item of its module, which will be removed, too." in question.text
    page = bo.post(at(course, "items/animated/remove/"))

    assert page.messages == ("Removed Animated and its module from the draft.",)
    modules = draft_of(application, course).modules
    assert [(one.title, [item.key for item in one.items]) for one in modules] == [
        ("Loops again", ["bowline", "quiz"]),
        ("Bends", ["the-sheet-bend", "film"]),
    ]


def test_settings_are_saved_unless_somebody_else_did(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    (tag,) = re.findall(
        r'name="etag" value="(\w+)"', bo.get(at(course, "change/?tab=settings")).text
    )
    page = bo.post(at(course, "settings/"), title="Bends", summary="Good\r\nones", etag=tag)
    late = bo.post(at(course, "settings/"), title="Mine", summary="", etag=tag)

    assert page.messages == ("Saved the settings in the draft.",)
    assert late.status == 409
    draft = draft_of(application, course)
    assert (draft.title, draft.summary) == ("Bends", "Good\nones")


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
    )
    quiz = item_place(KNOTS, "quiz")
    definition = added(KNOTS, quiz, Part.QUESTION, question)
    application.services.authoring.revise(course.slug, definition, by=OPERATOR)
    path = at(course, "preview/quiz/")

    assert "Preview of the draft. Nothing is recorded." in bo.get(path).text
    assert "<strong>slips</strong>" in bo.get(path).text
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
