"""Computed ids and the JSON of rows: both stay the same for stored content."""

from typing import Any, Final
from uuid import UUID

from courses.definitions.courses import read_definition
from courses.domain.entities.courses import CourseId
from courses.domain.entities.outlines import ModuleItem
from courses.domain.repositories.orm.stored_json import (
    outline_from_json,
    outline_to_json,
    stages_from_json,
    stages_to_json,
)
from tests.support.definitions import whole
from tests.support.exams import EXAMS, WITH_DUE_DATE, WITH_LEVELS

COURSE_ID: Final = CourseId(UUID("6ba7b810-9dad-41d1-80b4-00c04fd430c8"))
DEFINITION: Final = read_definition(EXAMS)
DRAFT: Final = DEFINITION.draft_of(COURSE_ID)
CHECKSUM: Final = "26360ffc90931904555bccd6ab917498568326225d00660762574c5b3ce5a3a8"
QUIZ: Final[dict[str, Any]] = {
    "id": "9cbb254b-21c7-57c6-83fe-c64bd260fdd6",
    "type": "quiz",
    "scoring": "auto",
    "pass_percent": 70,
    "attempt_limit": 3,
    "time_limit_minutes": None,
    "late": "refuse",
    "questions": [
        {
            "id": "693a5e2c-3e25-5635-8974-4bf38407048b",
            "position": 1,
            "key": "slips",
            "kind": "mcq",
            "prompt": "Which knot slips?",
            "max_score": 2,
            "choices": [
                {"key": "bowline", "text": "The bowline", "is_right": False},
                {"key": "noose", "text": "The noose", "is_right": True},
            ],
            "answer_key": None,
            "rubric": [],
        },
        {
            "id": "1ae9bbea-8cc7-533f-a572-f5bbd3640512",
            "position": 2,
            "key": "king",
            "kind": "short",
            "prompt": "What is the king of knots?",
            "max_score": 1,
            "choices": [],
            "answer_key": {"texts": ["bowline", "the bowline"], "number": None, "tolerance": 0.0},
            "rubric": [],
        },
        {
            "id": "97bf2e64-5402-5c95-96f6-a5943ce9b729",
            "position": 3,
            "key": "length",
            "kind": "short",
            "prompt": "How long must the end be?",
            "max_score": 1,
            "choices": [],
            "answer_key": {"texts": [], "number": 40.0, "tolerance": 2.5},
            "rubric": [],
        },
    ],
}
STAGES: Final[list[dict[str, Any]]] = [
    {
        "key": "start",
        "title": "The start",
        "choose": 1,
        "courses": [
            {"course_id": str(UUID(int=1)), "slug": "knots", "after": []},
            {"course_id": str(UUID(int=2)), "slug": "bends", "after": [str(UUID(int=3))]},
        ],
    },
    {
        "key": "end",
        "title": "The end",
        "choose": 1,
        "courses": [{"course_id": str(UUID(int=3)), "slug": "ropes", "after": []}],
    },
]


def ids_of(item: ModuleItem) -> list[str]:
    assert item.assessment is not None
    ids: list[UUID] = [item.id, item.assessment.id]
    ids += (question.id for question in item.assessment.questions)
    return [str(id_) for id_ in ids]


def test_ids_follow_from_the_course_and_the_keys() -> None:
    (module,) = DRAFT.outline.modules

    assert str(module.id) == "2ab37aef-d69a-5959-90f9-fcae35b817f0"
    assert [ids_of(item) for item in module.items] == [
        [
            "7aa29493-5096-5bc4-b4ac-749ca973cc90",
            "9cbb254b-21c7-57c6-83fe-c64bd260fdd6",
            "693a5e2c-3e25-5635-8974-4bf38407048b",
            "1ae9bbea-8cc7-533f-a572-f5bbd3640512",
            "97bf2e64-5402-5c95-96f6-a5943ce9b729",
        ],
        [
            "48da2ae6-9fed-5dda-90d8-68c1c45636c0",
            "6fbd12b8-23df-5770-af1c-e4ef411dc302",
            "fc6e2aa5-1fb0-5aa1-92da-a1404389ee01",
            "d9f301bf-a2d8-511e-9cbb-5b1c41de32f1",
        ],
        [
            "9e9183a6-aac6-5499-9e18-6dc1cd43dc8e",
            "2e23c5b7-ee94-54f5-8ecd-711c0c78ba84",
            "72170935-0563-53c5-9fc3-7114780c5c04",
        ],
    ]


def test_a_checksum_stays_the_same_for_the_same_content() -> None:
    expected = "26360ffc90931904555bccd6ab917498568326225d00660762574c5b3ce5a3a8"

    assert DRAFT.checksum == expected


def test_ids_and_positions_do_not_count_for_equality() -> None:
    assert DRAFT.outline.modules == DEFINITION.modules
    assert whole(DRAFT.outline.modules[0]) != whole(DEFINITION.modules[0])


def test_content_from_another_course_gets_the_ids_of_its_new_course() -> None:
    copy = DEFINITION.of(DRAFT, slug="copy")

    assert whole(copy.draft_of(COURSE_ID)) == whole(DRAFT)
    assert copy.draft_of(CourseId(UUID(int=1))).outline.modules[0].id != DRAFT.outline.modules[0].id


def test_an_outline_is_stored_with_its_ids_and_positions() -> None:
    (module,) = outline_to_json(DRAFT.outline)

    item = {name: value for name, value in module["items"][0].items() if name != "assessment"}
    assert (module["id"], module["position"]) == ("2ab37aef-d69a-5959-90f9-fcae35b817f0", 1)
    assert item == {
        "id": "7aa29493-5096-5bc4-b4ac-749ca973cc90",
        "position": 1,
        "key": "quiz",
        "title": "A quiz",
        "type": "assessment",
        "is_required": True,
        "body": "Close the book.",
        "url": "",
    }
    assert module["items"][0]["assessment"] == QUIZ


def test_a_stored_outline_is_read_with_the_ids_that_it_was_stored_with() -> None:
    read = outline_from_json(outline_to_json(DRAFT.outline))

    assert whole(read) == whole(DRAFT.outline)


def test_an_item_without_an_assessment_is_stored_without_that_member() -> None:
    lesson = {
        "id": str(UUID(int=4)),
        "position": 1,
        "key": "bowline",
        "title": "The bowline",
        "type": "lesson",
        "is_required": False,
        "body": "Make a loop.",
        "url": "",
    }
    module = {"id": str(UUID(int=5)), "position": 1, "key": "loops", "title": "Loops"}
    stored = [module | {"items": [lesson]}]

    outline = outline_from_json(stored)

    assert [item.assessment for item in outline.items] == [None]
    assert outline_to_json(outline) == stored


def test_prerequisites_are_stored_by_course_id_and_read_by_slug() -> None:
    stages = stages_from_json(STAGES)

    courses = [course for stage in stages for course in stage.courses]
    assert [course.after for course in courses] == [(), ("ropes",), ()]
    assert [course.course_id.int for course in courses] == [1, 2, 3]
    assert stages_to_json(stages) == STAGES


def test_an_answer_key_is_stored_and_hashed_with_what_its_author_wrote_alone() -> None:
    """New members of answer keys change neither the JSON nor the checksum of what does not use them."""
    plain = EXAMS.replace("number: 40", "number: 40\n              decimal_comma: false")
    ranged = EXAMS.replace("number: 40", "number: 40\n              minimum: 0")
    drafts = [read_definition(text).draft_of(COURSE_ID) for text in (EXAMS, plain, ranged)]

    keys = [
        outline_to_json(draft.outline)[0]["items"][0]["assessment"]["questions"][2]["answer_key"]
        for draft in drafts
    ]

    assert drafts[0].checksum == CHECKSUM
    assert [draft.checksum == CHECKSUM for draft in drafts] == [True, True, False]
    assert keys[0] == keys[1] == {"texts": [], "number": 40.0, "tolerance": 2.5}
    assert keys[2] == keys[0] | {"minimum": 0.0}
    assert outline_from_json(outline_to_json(drafts[2].outline)) == drafts[2].outline


def test_a_due_date_is_stored_and_hashed_only_where_there_is_one() -> None:
    drafts = [read_definition(text).draft_of(COURSE_ID) for text in (EXAMS, WITH_DUE_DATE)]

    plain, due = (outline_to_json(draft.outline)[0]["items"][1]["assessment"] for draft in drafts)

    assert [draft.checksum == CHECKSUM for draft in drafts] == [True, False]
    assert due == plain | {"due_at": "2020-01-02T03:04:05.000000+00:00"}
    assert outline_from_json(outline_to_json(drafts[1].outline)) == drafts[1].outline


def test_levels_and_feedback_are_stored_and_hashed_only_where_there_are_some() -> None:
    with_feedback = EXAMS.replace("max_score: 5", "max_score: 5\n              feedback: Neat.")
    drafts = [
        read_definition(text).draft_of(COURSE_ID) for text in (EXAMS, WITH_LEVELS, with_feedback)
    ]

    plain, levels, feedback = (
        outline_to_json(draft.outline)[0]["items"][1]["assessment"]["questions"][0]
        for draft in drafts
    )

    assert [draft.checksum == CHECKSUM for draft in drafts] == [True, False, False]
    assert "feedback" not in plain
    assert plain["rubric"][0] == {"key": "holds", "text": "It holds.", "max_score": 3}
    assert levels["rubric"][0]["levels"][1] == {"score": 1, "text": "Some of it holds."}
    assert levels["rubric"][1] == plain["rubric"][1]
    assert feedback == plain | {"feedback": "Neat."}
    for draft in drafts:
        assert outline_from_json(outline_to_json(draft.outline)) == draft.outline
