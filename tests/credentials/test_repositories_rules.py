"""Contract of the credential repository: rules."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.assessments import AssessmentId
from courses.domain.entities.courses import CourseId
from credentials import models as rows
from credentials.domain.entities.definitions import Credential, CredentialId
from credentials.domain.entities.rules import (
    AllOf,
    CompletedCourse,
    Proof,
    ScoredAtLeast,
    Trigger,
    TriggerKind,
)
from credentials.domain.repositories.orm.terms import BrokenRule
from tests.support.builders import NOON, a_credential, an_issued_credential, some_terms
from tests.support.worlds import World


def a_stored_credential(
    world: World, course_id: CourseId, assessment_id: AssessmentId, **parts: object
) -> Credential:
    """A credential of a course that its rule does not require."""
    rule = AllOf((CompletedCourse(course_id), ScoredAtLeast(assessment_id, 80)))
    terms = some_terms(course_id=world.has_course().id, rule=rule)
    credential = a_credential(terms=terms, **parts)
    world.repositories.credentials.add(credential, scope=ALL_TENANTS)
    return credential


def test_a_credential_is_found_by_what_its_rule_mentions(world: World) -> None:
    knots, quiz = CourseId(uuid4()), AssessmentId(uuid4())
    credential = a_stored_credential(world, knots, quiz)
    stored = world.repositories.credentials

    assert stored.get(credential.id, scope=ALL_TENANTS) == credential
    assert stored.earned_by(Trigger(TriggerKind.COURSE, knots)) == [credential]
    assert stored.earned_by(Trigger(TriggerKind.ASSESSMENT, quiz)) == [credential]


def test_a_credential_is_not_found_by_what_its_rule_does_not_mention(world: World) -> None:
    knots, quiz = CourseId(uuid4()), AssessmentId(uuid4())
    credential = a_stored_credential(world, knots, quiz)
    stored = world.repositories.credentials

    assert stored.earned_by(Trigger(TriggerKind.COURSE, credential.terms.course_id)) == []
    assert stored.earned_by(Trigger(TriggerKind.COURSE, quiz)) == []
    assert stored.earned_by(Trigger(TriggerKind.ASSESSMENT, uuid4())) == []


def test_what_an_amended_rule_no_longer_mentions_finds_it_no_longer(world: World) -> None:
    knots, quiz = CourseId(uuid4()), AssessmentId(uuid4())
    credential = a_stored_credential(world, knots, quiz)
    stored = world.repositories.credentials
    amended = replace(credential, terms=replace(credential.terms, rule=None))

    stored.save(amended, scope=ALL_TENANTS)

    assert stored.earned_by(Trigger(TriggerKind.COURSE, knots)) == []
    assert stored.earned_by(Trigger(TriggerKind.ASSESSMENT, quiz)) == []
    own = Trigger(TriggerKind.COURSE, credential.terms.course_id)
    assert stored.earned_by(own) == [amended]


def test_what_is_not_offered_is_not_found_by_its_rule(world: World) -> None:
    knots, quiz = CourseId(uuid4()), AssessmentId(uuid4())
    a_stored_credential(world, knots, quiz, is_offered=False)
    stored = world.repositories.credentials

    assert stored.earned_by(Trigger(TriggerKind.ASSESSMENT, quiz)) == []
    assert stored.earned_by(Trigger(TriggerKind.COURSE, knots)) == []


def test_the_proofs_of_a_rule_are_stored(world: World) -> None:
    knots, quiz = CourseId(uuid4()), AssessmentId(uuid4())
    credential = a_stored_credential(world, knots, quiz)
    issued, stored = an_issued_credential(credential, world.has_user()), world.repositories
    proofs = (
        Proof(subject=Trigger(TriggerKind.COURSE, knots), course_version=2, completed_at=NOON),
        Proof(subject=Trigger(TriggerKind.ASSESSMENT, quiz), percent=0),
        Proof(subject=Trigger(TriggerKind.PATHWAY, uuid4())),
    )
    issued = replace(issued, evidence=replace(issued.evidence, met_by=proofs))

    stored.issued_credentials.add(issued, scope=ALL_TENANTS)

    assert stored.issued_credentials.shown(issued.id) == issued


@pytest.mark.every_database
def test_a_stored_rule_that_is_invalid_is_a_defect(world: World) -> None:
    knots, quiz = CourseId(uuid4()), AssessmentId(uuid4())
    credential = a_stored_credential(world, knots, quiz)
    rows.Credential.objects.filter(pk=credential.id).update(rule={"some": []})

    with pytest.raises(BrokenRule):
        world.repositories.credentials.earned_by(Trigger(TriggerKind.COURSE, knots))


def test_an_issued_credential_keeps_its_rule_and_is_the_latest_of_its_holder_alone(
    world: World,
) -> None:
    credential = a_stored_credential(world, CourseId(uuid4()), AssessmentId(uuid4()))
    anna, bo = world.has_user(), world.has_user(name="Bo")
    issued, stored = an_issued_credential(credential, anna), world.repositories.issued_credentials

    stored.add(issued, scope=ALL_TENANTS)

    assert stored.shown(issued.id) == issued
    assert world.repositories.issued_credentials.latest_of(anna.id, credential.id) == issued
    assert stored.latest_of(bo.id, credential.id) is None
    assert stored.latest_of(anna.id, CredentialId(uuid4())) is None


def test_of_several_issued_credentials_the_current_one_is_the_latest(world: World) -> None:
    credential = a_stored_credential(world, CourseId(uuid4()), AssessmentId(uuid4()))
    anna, stored = world.has_user(), world.repositories.issued_credentials
    hour = timedelta(hours=1)
    older, newer = (
        an_issued_credential(credential, anna, issued_at=NOON + at, is_current=False)
        for at in (-hour, hour)
    )
    for issued in (newer, older):
        stored.add(issued, scope=ALL_TENANTS)
    before = stored.latest_of(anna.id, credential.id)
    current = an_issued_credential(credential, anna)

    stored.add(current, scope=ALL_TENANTS)

    assert before == newer
    assert stored.latest_of(anna.id, credential.id) == current
