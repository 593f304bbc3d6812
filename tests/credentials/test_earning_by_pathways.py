"""Credentials earned by completed pathways."""

from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, OrgRole, Right
from accounts.domain.organizations.entities import Organization
from courses.domain.entities.courses import Course
from courses.domain.entities.pathways import LearningPathway, PathwayId
from credentials.domain.entities.definitions import Credential
from credentials.domain.entities.rules import (
    AnyOf,
    CompletedCourse,
    CompletedPathway,
    Proof,
    Trigger,
    TriggerKind,
)
from credentials.domain.errors import InvalidRule
from progress.domain.entities.events import EventType
from tests.support.builders import a_definition_of, a_principal
from tests.support.learning import Learner, a_credential_for, a_learner, a_published_course
from tests.support.organizations import a_member
from tests.support.pathways import a_chain, a_published_pathway
from tests.support.worlds import World


@pytest.fixture
def courses(memory: World) -> tuple[Course, Course]:
    """Two published courses: knots and bends."""
    knots, bends = (
        a_published_course(memory.services, a_definition_of(required=1, slug=slug))
        for slug in ("knots", "bends")
    )
    return knots, bends


@pytest.fixture
def ropes(memory: World, courses: tuple[Course, Course]) -> LearningPathway:
    """A pathway from knots to bends."""
    return a_published_pathway(memory.services, a_chain("knots", "bends", title="Ropes"))


@pytest.fixture
def credential(memory: World, courses: tuple[Course, Course], ropes: LearningPathway) -> Credential:
    return a_credential_for(memory.services, courses[0], rule=CompletedPathway(ropes.id))


@pytest.fixture
def anna(memory: World) -> Learner:
    return a_learner(memory)


def missing_for(memory: World, anna: Learner, credential: Credential) -> tuple[str, ...]:
    return memory.services.earning.eligibility(credential.id, by=anna.principal).missing


def test_the_last_course_of_a_pathway_earns_what_asks_for_the_pathway(
    anna: Learner,
    courses: tuple[Course, Course],
    ropes: LearningPathway,
    credential: Credential,
) -> None:
    knots, bends = courses

    anna.passes(knots)
    before = anna.held()
    anna.passes(bends)

    (verification,) = anna.held()
    assert before == []
    assert verification.issued.credential_id == credential.id
    assert verification.issued.evidence.course_id == bends.id
    assert verification.issued.evidence.met_by == (
        Proof(subject=Trigger(TriggerKind.PATHWAY, ropes.id)),
    )
    assert anna.types_of(bends)[-2:] == [EventType.COURSE_COMPLETED, EventType.CREDENTIAL_ISSUED]


def test_a_pathway_is_called_by_its_title(
    memory: World, anna: Learner, credential: Credential
) -> None:
    assert missing_for(memory, anna, credential) == ('complete pathway "Ropes" (not done)',)


def test_a_pathway_that_is_not_shown_yet_has_no_title_for_learners(
    memory: World, anna: Learner, courses: tuple[Course, Course]
) -> None:
    draft = memory.services.pathway_authoring.create(a_chain("knots", "bends"), by=OPERATOR)
    credential = a_credential_for(memory.services, courses[0], rule=CompletedPathway(draft.id))
    author = a_principal(memory.has_user(), Right.AUTHOR_COURSES)

    assert missing_for(memory, anna, credential) == (f"complete pathway {draft.id} (not done)",)
    result = memory.services.earning.eligibility(credential.id, by=author)
    assert result.missing == ('complete pathway "Ropes" (not done)',)


def test_what_the_course_and_the_pathway_earn_comes_once(
    memory: World, anna: Learner, courses: tuple[Course, Course], ropes: LearningPathway
) -> None:
    rule = AnyOf((CompletedCourse(courses[1].id), CompletedPathway(ropes.id)))
    a_credential_for(memory.services, courses[1], rule=rule)

    for course in courses:
        anna.passes(course)

    assert len(anna.held()) == 1


def test_a_pathway_of_before_the_credential_can_be_claimed(
    memory: World, anna: Learner, courses: tuple[Course, Course], ropes: LearningPathway
) -> None:
    for course in courses:
        anna.passes(course)
    credential = a_credential_for(memory.services, courses[0], rule=CompletedPathway(ropes.id))

    claimed = memory.services.earning.claim(credential.id, by=anna.principal)

    assert anna.held() == [claimed]


def test_a_pathway_that_is_not_there_is_in_no_rule(
    memory: World, courses: tuple[Course, Course]
) -> None:
    unknown = PathwayId(uuid4())

    with pytest.raises(InvalidRule) as error:
        a_credential_for(memory.services, courses[0], rule=CompletedPathway(unknown))

    (field_error,) = error.value.field_errors
    assert field_error.path == "rule/pathway"
    assert field_error.detail == f"There is no pathway {unknown}."


def test_a_pathway_of_an_organization_earns_its_members_what_it_awards(
    memory: World, courses: tuple[Course, Course]
) -> None:
    school: Organization = memory.has_organization()
    way = a_published_pathway(memory.services, a_chain("knots", "bends"), org_id=school.id)
    taught = memory.has_course(org_id=school.id)
    credential = a_credential_for(memory.services, taught, rule=CompletedPathway(way.id))
    user = memory.has_verified_user()
    memory.services.members.add(school.id, user.id, role=OrgRole.LEARNER, by=OPERATOR)
    member = Learner(services=memory.services, principal=a_member(school.id, user=user))
    stranger = a_learner(memory, "Ben")

    for course in courses:
        member.passes(course)
        stranger.passes(course)

    assert [verification.issued.credential_id for verification in member.held()] == [credential.id]
    assert stranger.held() == []
