"""Course entities: courses, drafts and versions."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest

from accounts.domain.access import OrganizationId, UserId
from courses.domain.entities.courses import CourseDefinition, CourseStatus
from courses.domain.entities.outlines import CourseModule, ItemType, ModuleItem
from courses.domain.errors import CourseNotPublished, NothingRequired, NothingToPublish
from tests.support.builders import (
    NOON,
    a_course,
    a_definition,
    a_definition_of,
    a_draft,
    a_module_definition,
    a_version,
)

KNOTS: Final = a_course()
BO: Final = UserId(uuid4())
LATER: Final = NOON + timedelta(days=1)


def with_item(**parts: Any) -> CourseDefinition:
    """A definition with one item, which has these parts."""
    item = ModuleItem(key="bowline", title="The bowline", type=ItemType.LESSON)
    module = CourseModule(key="loops", title="Loops", items=(replace(item, **parts),))
    return CourseDefinition(slug="knots", title="Knots", summary="That hold.", modules=(module,))


def swapped(definition: CourseDefinition) -> CourseDefinition:
    return replace(definition, modules=definition.modules[::-1])


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        (CourseStatus.DRAFT, False),
        (CourseStatus.PUBLISHED, True),
        (CourseStatus.RETIRED, False),
    ],
)
def test_only_a_published_course_is_open(*, status: CourseStatus, is_open: bool) -> None:
    assert a_course(status=status).is_open is is_open


def test_a_search_looks_through_title_and_summary_without_regard_to_case() -> None:
    course = a_course(title="KNOTS of the Straße", summary="ÉCOLE")

    assert course.search_text == "knots of the strasse\nécole"


def test_drafts_of_equal_content_have_equal_checksums() -> None:
    definition = a_definition()

    assert a_draft(KNOTS, definition).checksum == a_draft(KNOTS, definition).checksum


@pytest.mark.parametrize(
    "changed",
    [
        with_item(key="sheet-bend"),
        with_item(title="The king of knots"),
        with_item(type=ItemType.ASSESSMENT),
        with_item(is_required=False),
        with_item(body="Make a loop."),
        with_item(url="https://knots.example"),
        replace(with_item(), title="More knots"),
        replace(with_item(), summary="That come undone."),
        replace(with_item(), modules=(*with_item().modules, a_module_definition())),
    ],
)
def test_whatever_changes_in_a_draft_changes_its_checksum(changed: CourseDefinition) -> None:
    assert a_draft(KNOTS, changed).checksum != a_draft(KNOTS, with_item()).checksum


def test_the_order_of_modules_counts_for_the_checksum() -> None:
    definition = a_definition()

    assert a_draft(KNOTS, swapped(definition)).checksum != a_draft(KNOTS, definition).checksum


def test_what_is_published_is_the_draft_under_the_next_number() -> None:
    org_id = OrganizationId(uuid4())
    course = a_course(version=0, status=CourseStatus.DRAFT, org_id=org_id)
    draft = a_draft(course)

    version = course.publish(draft, current=None, by=BO, at=LATER)

    assert version.number == 1
    assert (version.course_id, version.slug, version.org_id) == (course.id, course.slug, org_id)
    assert (version.title, version.summary) == (draft.title, draft.summary)
    assert version.outline is draft.outline
    assert version.checksum == draft.checksum
    assert (version.published_by, version.published_at) == (BO, LATER)


def test_a_changed_draft_is_published_as_a_new_version() -> None:
    course = a_course(version=4)
    current = a_version(course, number=4)

    version = course.publish(a_draft(course), current=current, by=BO, at=LATER)

    assert version.number == 5


def test_what_is_published_already_is_not_published_twice() -> None:
    course = a_course(version=4)
    draft = a_draft(course)
    current = a_version(course, number=4, draft=draft)

    with pytest.raises(NothingToPublish) as error:
        course.publish(draft, current=current, by=BO, at=LATER)

    assert error.value.facts == {"version": 4}


def test_a_retired_course_with_an_unchanged_draft_opens_with_the_version_it_had() -> None:
    course = a_course(version=4, status=CourseStatus.RETIRED)
    draft = a_draft(course)
    current = a_version(course, number=4, draft=draft)

    assert course.publish(draft, current=current, by=BO, at=LATER) is current


def test_a_retired_course_with_a_changed_draft_opens_with_a_new_version() -> None:
    course = a_course(version=4, status=CourseStatus.RETIRED)
    current = a_version(course, number=4)

    assert course.publish(a_draft(course), current=current, by=BO, at=LATER).number == 5


@pytest.mark.parametrize("optional", [0, 3])
def test_a_draft_that_requires_nothing_is_not_published(optional: int) -> None:
    draft = a_draft(KNOTS, a_definition_of(required=0, optional=optional))

    with pytest.raises(NothingRequired):
        KNOTS.publish(draft, current=None, by=BO, at=LATER)


def test_a_course_that_was_never_published_goes_by_the_name_of_its_draft() -> None:
    course = a_course(version=0, status=CourseStatus.DRAFT, title="Knots")
    draft = a_draft(course, a_definition(title="Bends", summary="To join two ropes."))

    redrafted = course.redrafted(draft)

    assert redrafted == replace(course, title="Bends", summary="To join two ropes.")


@pytest.mark.parametrize("status", [CourseStatus.PUBLISHED, CourseStatus.RETIRED])
def test_a_course_that_was_published_keeps_its_name_until_it_is_published_again(
    status: CourseStatus,
) -> None:
    course = a_course(version=1, status=status)

    assert course.redrafted(a_draft(course, a_definition(title="Bends"))) == course


def test_a_published_course_goes_by_the_name_and_number_of_its_version() -> None:
    course = a_course(version=1, status=CourseStatus.RETIRED)
    draft = a_draft(course, a_definition(title="Bends", summary="To join two ropes."))

    published = course.published_as(a_version(course, number=2, draft=draft))

    assert published == replace(
        course,
        title="Bends",
        summary="To join two ropes.",
        status=CourseStatus.PUBLISHED,
        version=2,
    )


def test_a_published_course_can_be_retired() -> None:
    course = a_course(status=CourseStatus.PUBLISHED)

    assert course.retired() == replace(course, status=CourseStatus.RETIRED)


@pytest.mark.parametrize("status", [CourseStatus.DRAFT, CourseStatus.RETIRED])
def test_a_course_that_is_not_published_cannot_be_retired(status: CourseStatus) -> None:
    with pytest.raises(CourseNotPublished) as error:
        a_course(status=status).retired()

    assert error.value.facts == {"status": status.value}
