"""The course editor in the admin site: outline, modules, items and settings."""

import re
from datetime import UTC, datetime

import pytest

from courses.definitions.courses import read_definition
from courses.domain.entities.assessments import Level
from courses.domain.entities.courses import Course
from courses.domain.entities.editing import item_place, part_at
from tests.courses.editor_pages import RICH, ItemEditor, at, draft_of
from tests.courses.test_editing import KNOTS
from tests.support.application import Application
from tests.support.learning import a_published_course
from tests.support.staff import StaffBrowser, log_of, staff_browser

pytestmark = pytest.mark.database


@pytest.fixture
def bo(application: Application) -> StaffBrowser:
    return staff_browser(application, "Course editors")


@pytest.fixture
def course(application: Application) -> Course:
    return a_published_course(application.services, KNOTS)


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

    for due_at in ("tomorrow", "0001-01-01T00:00:00+14:00"):
        quiz.press("save", q1__prompt="Name one.", due_at=due_at)
        assert "Enter a valid date/time." in quiz.text
    assert "Choice 2 is empty. Write a text or remove the choice." in quiz.text
    assert "Write an accepted answer, or a right number." in quiz.text
    assert "<title>Error: " in quiz.text
    quiz.save(
        title="Test",
        pass_percent="50",
        due_at="2026-12-01T18:00",
        q0__c1__text="A bowline",
        q1__texts="bowline\nreef knot",
    )

    item = part_at(draft_of(application, course), item_place(KNOTS, "quiz"))
    assert (item.title, item.assessment.pass_percent) == ("Test", 50)
    assert item.due_at == datetime(2026, 12, 1, 18, tzinfo=UTC)
    choice_question, short_question = item.assessment.questions
    assert [(choice.text, choice.is_right) for choice in choice_question.choices] == [
        ("A granny", True),
        ("A bowline", False),
    ]
    assert short_question.answer_key.texts == ("bowline", "reef knot")
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


def test_levels_of_a_criterion_are_written_beside_it(
    application: Application, course: Course, bo: StaffBrowser
) -> None:
    quiz = ItemEditor(bo, course, "quiz")
    quiz.press("add-question", new_kind="code")
    quiz.press("add-criterion:question-1", q0__prompt="Tie it.", scoring="rubric")
    form = {"q0__r0__text": "Form", "q0__r0__max_score": "2", "q0__max_score": "2"}
    quiz.press("add-level:question-1:criterion-1", **form)
    quiz.press("add-level:question-1:criterion-1", q0__r0__l0__text="Neat")
    assert [quiz.fields[f"q0-r0-l{at}-score"] for at in range(3)] == ["2", "1", "0"]
    assert quiz.fields["q0-r0-l0-text"] == "Neat"

    quiz.press("save", q0__r0__l0__score="3", q0__r0__l1__text="Loose", q0__r0__l2__score="1")
    assert quiz.errors[1:] == ["Level 3 is empty. Describe it or remove the level."]
    quiz.press("save", q0__r0__l2__text="Wet")
    assert quiz.errors[1:] == [
        "the criterion has 2 points at most",
        "another level of the criterion has 1 point",
    ]
    quiz.press("remove-level:question-1:criterion-1:1")
    quiz.press("remove-level:question-1:criterion-1:2")
    quiz.press("save")
    assert quiz.errors[1:] == ["A criterion has at least two levels, or none. Add a level."]
    quiz.press("add-level:question-1:criterion-1")
    quiz.save(q0__r0__l0__text="Neat")

    item = part_at(draft_of(application, course), item_place(KNOTS, "quiz"))
    (criterion,) = item.assessment.questions[0].rubric
    assert criterion.levels == (Level(score=2, text="Neat"), Level(score=1, text="Loose"))
    assert "<dt>2 points</dt><dd>Neat</dd>" in bo.get(at(course, "preview/quiz/")).text


@pytest.mark.parametrize(
    "act", ["up", "remove-choice", "up:none", "remove-choice:none:none", "add-level:none"]
)
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
    assert [(module.title, [item.key for item in module.items]) for module in modules] == [
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
