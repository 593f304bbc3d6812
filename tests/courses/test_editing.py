"""Edits of definitions, and the service that saves them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.access import NotPermitted, Right
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition, PreconditionFailed
from courses.definitions.courses import checked_definition, write_definition
from courses.domain.entities.assessments import Choice, Question, QuestionKind
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.editing import (
    Part,
    Place,
    added,
    changed,
    free_key,
    item_keys,
    item_place,
    module_place,
    moved,
    part_at,
    position_of,
    removed,
    slug_suggested_by,
    transferred,
)
from courses.domain.entities.outlines import CourseModule, ItemType, ModuleItem
from courses.domain.errors import (
    CourseNotFound,
    InvalidDefinition,
    PartKeyTaken,
    PartNotFound,
    SlugFixed,
)
from tests.courses.test_definitions_round_trip import definitions
from tests.support.builders import a_principal
from tests.support.profiles import examples
from tests.support.worlds import World

BO: Final = a_principal(None, Right.AUTHOR_COURSES)
CHOICES: Final = (
    Choice(key="a", text="Yes", is_right=True),
    Choice(key="b", text="No"),
    Choice(key="c", text="Maybe"),
)
QUESTION: Final = Question(
    key="first", kind=QuestionKind.MCQ, prompt="Does it slip?", choices=CHOICES
)
KNOTS: Final = CourseDefinition(
    slug="knots",
    title="Knots",
    modules=(
        CourseModule(
            key="loops",
            title="Loops",
            items=(
                ModuleItem(key="bowline", title="The bowline"),
                ModuleItem(key="quiz", title="Quiz", type=ItemType.ASSESSMENT),
            ),
        ),
        CourseModule(
            key="links", title="Links", items=(ModuleItem(key="animated", title="Animated"),)
        ),
    ),
)
QUIZ: Final = item_place(KNOTS, "quiz")
WITH_QUESTION: Final = added(KNOTS, QUIZ, Part.QUESTION, QUESTION)
FIRST: Final[Place] = (*QUIZ, (Part.QUESTION, "first"))

Edit = Callable[[CourseDefinition], CourseDefinition]


def places(definition: CourseDefinition) -> list[Place]:
    """Every part of the definition."""
    all_places: list[Place] = []
    for module in definition.modules:
        all_places.append(module_place(module.key))
        for item in module.items:
            place: Place = (*module_place(module.key), (Part.ITEM, item.key))
            all_places.append(place)
            for question in item.assessment.questions if item.assessment else ():
                of_question: Place = (*place, (Part.QUESTION, question.key))
                all_places.append(of_question)
                all_places += [
                    (*of_question, (Part.CHOICE, choice.key)) for choice in question.choices
                ]
                all_places += [
                    (*of_question, (Part.CRITERION, criterion.key)) for criterion in question.rubric
                ]
    return all_places


def siblings(definition: CourseDefinition, place: Place) -> int:
    """How many parts of its kind its whole has."""
    whole: Any = part_at(definition, place[:-1]) if place[:-1] else definition
    kind = place[-1][0]
    return len(whole.assessment.questions if kind is Part.QUESTION else getattr(whole, kind.value))


def module_keys(definition: CourseDefinition) -> set[str]:
    return {module.key for module in definition.modules}


def an_edit(definition: CourseDefinition, data: st.DataObject) -> tuple[Edit, Edit]:
    """An edit of some part that is possible now, and the edit that undoes it."""
    place = data.draw(st.sampled_from(places(definition)))
    part, position = part_at(definition, place), position_of(definition, place)
    last = siblings(definition, place) - 1
    act = data.draw(st.sampled_from(["change", "up", "down", "add"]))
    if act == "up" and position:
        return lambda draft: moved(draft, place, by=-1), lambda draft: moved(draft, place, by=1)
    if act == "down" and position < last:
        return lambda draft: moved(draft, place, by=1), lambda draft: moved(draft, place, by=-1)
    kind = place[-1][0]
    if act == "add" and kind in (Part.MODULE, Part.ITEM):
        key = free_key("new", item_keys(definition) | module_keys(definition), otherwise="new")
        item = ModuleItem(key=key, title="New")
        new: CourseModule | ModuleItem = item
        if kind is Part.MODULE:
            new = CourseModule(key=key, title="New", items=(item,))
        there: Place = (*place[:-1], (kind, key))
        return (
            lambda draft: added(draft, place[:-1], kind, new, position=position),
            lambda draft: removed(draft, there),
        )
    name = next(name for name in ("title", "prompt", "text") if hasattr(part, name))
    before = getattr(part, name)
    return (
        lambda draft: changed(draft, place, **{name: "Another text"}),
        lambda draft: changed(draft, place, **{name: before}),
    )


@examples(10)
@given(definition=definitions(), data=st.data())
def test_edits_keep_the_rules_and_can_be_undone(
    definition: CourseDefinition, data: st.DataObject
) -> None:
    undos: list[Edit] = []
    edited = definition
    for _ in range(data.draw(st.integers(1, 6))):
        edit, undo = an_edit(edited, data)
        edited = edit(edited)
        undos.append(undo)
        assert checked_definition(edited) == edited

    for undo in reversed(undos):
        edited = undo(edited)
    assert edited == definition


@examples(10)
@given(definition=definitions(), data=st.data())
def test_what_is_removed_can_be_put_back(definition: CourseDefinition, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(places(definition)))
    part, position = part_at(definition, place), position_of(definition, place)
    if place[-1][0] is Part.QUESTION and siblings(definition, place) == 1:
        return  # the assessment ends with its last question, and so do its terms

    back = added(removed(definition, place), place[:-1], place[-1][0], part, position=position)

    assert back == definition


def test_parts_are_found_by_their_keys() -> None:
    assert part_at(WITH_QUESTION, FIRST) == QUESTION
    assert part_at(WITH_QUESTION, (*FIRST, (Part.CHOICE, "b"))).text == "No"
    assert item_place(KNOTS, "animated") == ((Part.MODULE, "links"), (Part.ITEM, "animated"))


@pytest.mark.parametrize(
    ("place", "noun"),
    [
        (module_place("knives"), "module"),
        ((*module_place("loops"), (Part.ITEM, "animated")), "item"),
        ((*QUIZ, (Part.QUESTION, "second")), "question"),
        ((*FIRST, (Part.CHOICE, "z")), "choice"),
        ((*FIRST, (Part.CRITERION, "z")), "criterion"),
    ],
)
def test_a_part_that_does_not_exist_is_named(place: Place, noun: str) -> None:
    for edit in (
        lambda: part_at(WITH_QUESTION, place),
        lambda: moved(WITH_QUESTION, place, by=1),
        lambda: removed(WITH_QUESTION, place),
        lambda: changed(WITH_QUESTION, place, title="x"),
    ):
        with pytest.raises(PartNotFound) as error:
            edit()
        assert error.value.facts == {"noun": noun, "key": place[-1][1]}


def test_a_key_is_taken_once_only() -> None:
    with pytest.raises(PartKeyTaken):
        added(WITH_QUESTION, FIRST, Part.CHOICE, Choice(key="a", text="Again"))
    with pytest.raises(PartKeyTaken):
        added(KNOTS, module_place("links"), Part.ITEM, ModuleItem(key="quiz", title="Again"))


def test_nothing_moves_beyond_its_neighbours() -> None:
    place = (*FIRST, (Part.CHOICE, "a"))

    assert moved(WITH_QUESTION, place, by=-1) == WITH_QUESTION
    assert moved(WITH_QUESTION, (*FIRST, (Part.CHOICE, "c")), by=1) == WITH_QUESTION
    assert position_of(moved(WITH_QUESTION, place, by=1), place) == 1


def test_an_assessment_begins_with_its_first_question_and_ends_with_its_last() -> None:
    item = part_at(WITH_QUESTION, QUIZ)

    assert item.assessment.questions == (QUESTION,)
    assert part_at(removed(WITH_QUESTION, FIRST), QUIZ).assessment is None


def test_an_item_moves_to_another_module() -> None:
    edited = transferred(KNOTS, "quiz", to="links", position=0)

    assert [item.key for item in edited.modules[0].items] == ["bowline"]
    assert [item.key for item in edited.modules[1].items] == ["quiz", "animated"]
    with pytest.raises(PartNotFound):
        transferred(KNOTS, "quiz", to="knives")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Tying a bowline", "tying-a-bowline"),
        ("  Größe & Höhe! ", "groe-hohe"),
        ("結び目", "item"),
        ("", "item"),
        ("Quiz", "quiz-2"),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_key_is_made_of_a_title(text: str, key: str) -> None:
    assert free_key(text, {"quiz"}, otherwise="item") == key


def test_keys_are_counted_until_one_is_free() -> None:
    assert free_key("Quiz", {"quiz", "quiz-2", "quiz-3"}, otherwise="item") == "quiz-4"
    assert free_key("x" * 80, {"x" * 80}, otherwise="item") == f"{'x' * 75}-2"
    assert slug_suggested_by("Knots & bends") == "knots-bends"


def retitled(title: str) -> Edit:
    return lambda definition: replace(definition, title=title)


def as_seen(definition: CourseDefinition) -> Precondition:
    """The precondition of an editor who has seen this definition."""
    return Precondition(tags=frozenset({write_definition(definition)}), tag_of=write_definition)


@pytest.fixture
def editing(memory: World) -> World:
    memory.services.authoring.create(KNOTS, by=BO)
    return memory


def test_an_edit_is_saved_with_who_did_it_and_when(editing: World) -> None:
    by = a_principal(editing.has_user(), Right.AUTHOR_COURSES)

    edited = editing.services.draft_editor.edit(
        "knots", retitled("Bends"), if_match=UNCONDITIONAL, by=by
    )

    draft = editing.services.authoring.authored("knots", by=BO).draft
    assert edited == editing.services.authoring.export("knots", by=BO)
    assert (draft.title, draft.saved_by) == ("Bends", by.user_id)
    assert draft.saved_at == editing.services.ports.clock.now()


def test_the_second_of_two_editors_is_refused(editing: World) -> None:
    editor = editing.services.draft_editor
    editor.edit("knots", retitled("First"), if_match=as_seen(KNOTS), by=BO)

    with pytest.raises(PreconditionFailed):
        editor.edit("knots", retitled("Second"), if_match=as_seen(KNOTS), by=BO)

    assert editing.services.authoring.export("knots", by=BO).title == "First"


def test_an_edit_that_breaks_a_rule_is_refused_with_the_path(editing: World) -> None:
    editor = editing.services.draft_editor

    with pytest.raises(InvalidDefinition) as error:
        editor.edit(
            "knots",
            lambda definition: removed(definition, item_place(definition, "animated")),
            if_match=UNCONDITIONAL,
            by=BO,
        )

    assert [field_error.path for field_error in error.value.field_errors] == ["modules/1/items"]
    assert editing.services.authoring.export("knots", by=BO) == KNOTS
    assert editor.errors_in(KNOTS) == ()
    assert [field_error.path for field_error in editor.errors_in(replace(KNOTS, modules=()))] == [
        "modules"
    ]


def test_titles_are_stored_as_they_would_be_read(editing: World) -> None:
    edited = editing.services.draft_editor.edit(
        "knots", retitled("  Bends "), if_match=UNCONDITIONAL, by=BO
    )

    assert edited.title == "Bends"


def test_an_edit_keeps_the_slug_and_an_equal_draft_is_not_saved_again(editing: World) -> None:
    editor = editing.services.draft_editor
    before = editing.services.authoring.authored("knots", by=BO).draft
    by = a_principal(editing.has_user(), Right.AUTHOR_COURSES)

    editor.edit("knots", lambda definition: definition, if_match=UNCONDITIONAL, by=by)

    assert editing.services.authoring.authored("knots", by=BO).draft.saved_by == before.saved_by
    with pytest.raises(SlugFixed):
        editor.edit(
            "knots", lambda draft: replace(draft, slug="bends"), if_match=UNCONDITIONAL, by=BO
        )


def test_only_authors_edit(editing: World) -> None:
    with pytest.raises(CourseNotFound):
        editing.services.draft_editor.edit(
            "knots", retitled("Mine"), if_match=UNCONDITIONAL, by=a_principal()
        )
    editing.services.authoring.publish("knots", by=BO)
    with pytest.raises(NotPermitted):
        editing.services.draft_editor.edit(
            "knots", retitled("Mine"), if_match=UNCONDITIONAL, by=a_principal()
        )


def test_what_is_published_is_what_the_author_has_seen(editing: World) -> None:
    authoring = editing.services.authoring
    authoring.revise("knots", replace(KNOTS, title="Other"), by=BO)

    with pytest.raises(PreconditionFailed):
        authoring.publish("knots", if_match=as_seen(KNOTS), by=BO)

    assert authoring.authored("knots", by=BO).draft.title == "Other"
