"""What every store of credentials promises of rules."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from authsvc.kernel.reach import EVERYWHERE
from courses.domain.entities import AssessmentId, CourseId
from credentials import models as rows
from credentials.domain.entities import (
    AllOf,
    CompletedCourse,
    Credential,
    CredentialId,
    Proof,
    ScoredAtLeast,
    Trigger,
    TriggerKind,
)
from credentials.domain.repositories.orm import BrokenRule
from tests.support.builders import NOON, a_credential, a_user_credential, some_terms
from tests.support.worlds import World


def a_kept_credential(
    world: World, course_id: CourseId, assessment_id: AssessmentId, **parts: object
) -> Credential:
    """Filed under a course that its rule does not mention."""
    rule = AllOf((CompletedCourse(course_id), ScoredAtLeast(assessment_id, 80)))
    terms = some_terms(course_id=world.has_course().id, rule=rule)
    credential = a_credential(terms=terms, **parts)
    world.repositories.credentials.add(credential, within=EVERYWHERE)
    return credential


def test_a_credential_is_found_by_what_its_rule_mentions(world: World) -> None:
    knots, quiz = CourseId(uuid4()), AssessmentId(uuid4())
    credential = a_kept_credential(world, knots, quiz)
    kept = world.repositories.credentials

    assert kept.get(credential.id, within=EVERYWHERE) == credential
    assert kept.earned_by(Trigger(TriggerKind.COURSE, knots)) == [credential]
    assert kept.earned_by(Trigger(TriggerKind.ASSESSMENT, quiz)) == [credential]


def test_a_credential_is_not_found_by_what_its_rule_does_not_mention(world: World) -> None:
    knots, quiz = CourseId(uuid4()), AssessmentId(uuid4())
    credential = a_kept_credential(world, knots, quiz)
    kept = world.repositories.credentials

    assert kept.earned_by(Trigger(TriggerKind.COURSE, credential.terms.course_id)) == []
    assert kept.earned_by(Trigger(TriggerKind.COURSE, quiz)) == []
    assert kept.earned_by(Trigger(TriggerKind.ASSESSMENT, uuid4())) == []


def test_what_an_amended_rule_no_longer_mentions_finds_it_no_longer(world: World) -> None:
    knots, quiz = CourseId(uuid4()), AssessmentId(uuid4())
    credential = a_kept_credential(world, knots, quiz)
    kept = world.repositories.credentials
    amended = replace(credential, terms=replace(credential.terms, rule=None))

    kept.save(amended, within=EVERYWHERE)

    assert kept.earned_by(Trigger(TriggerKind.COURSE, knots)) == []
    assert kept.earned_by(Trigger(TriggerKind.ASSESSMENT, quiz)) == []
    own = Trigger(TriggerKind.COURSE, credential.terms.course_id)
    assert kept.earned_by(own) == [amended]


def test_what_is_not_offered_is_not_found_by_its_rule(world: World) -> None:
    knots, quiz = CourseId(uuid4()), AssessmentId(uuid4())
    a_kept_credential(world, knots, quiz, is_offered=False)
    kept = world.repositories.credentials

    assert kept.earned_by(Trigger(TriggerKind.ASSESSMENT, quiz)) == []
    assert kept.earned_by(Trigger(TriggerKind.COURSE, knots)) == []


def test_a_copy_keeps_what_its_rule_was_met_by(world: World) -> None:
    knots, quiz = CourseId(uuid4()), AssessmentId(uuid4())
    credential = a_kept_credential(world, knots, quiz)
    copy, kept = a_user_credential(credential, world.has_user()), world.repositories
    proofs = (
        Proof(subject=Trigger(TriggerKind.COURSE, knots), course_version=2, completed_at=NOON),
        Proof(subject=Trigger(TriggerKind.ASSESSMENT, quiz), percent=0),
        Proof(subject=Trigger(TriggerKind.PATHWAY, uuid4())),
    )
    copy = replace(copy, evidence=replace(copy.evidence, met_by=proofs))

    kept.user_credentials.add(copy, within=EVERYWHERE)

    assert kept.user_credentials.shown(copy.id) == copy


@pytest.mark.every_database
def test_a_kept_rule_that_does_not_read_is_a_defect(world: World) -> None:
    knots, quiz = CourseId(uuid4()), AssessmentId(uuid4())
    credential = a_kept_credential(world, knots, quiz)
    rows.Credential.objects.filter(pk=credential.id).update(rule={"some": []})

    with pytest.raises(BrokenRule):
        world.repositories.credentials.earned_by(Trigger(TriggerKind.COURSE, knots))


def test_a_copy_keeps_its_rule_and_is_the_latest_of_its_holder_alone(world: World) -> None:
    credential = a_kept_credential(world, CourseId(uuid4()), AssessmentId(uuid4()))
    anna, bo = world.has_user(), world.has_user(name="Bo")
    copy, kept = a_user_credential(credential, anna), world.repositories.user_credentials

    kept.add(copy, within=EVERYWHERE)

    assert kept.shown(copy.id) == copy
    assert world.repositories.user_credentials.latest_of(anna.id, credential.id) == copy
    assert kept.latest_of(bo.id, credential.id) is None
    assert kept.latest_of(anna.id, CredentialId(uuid4())) is None


def test_of_several_copies_the_current_one_is_the_latest(world: World) -> None:
    credential = a_kept_credential(world, CourseId(uuid4()), AssessmentId(uuid4()))
    anna, kept = world.has_user(), world.repositories.user_credentials
    hour = timedelta(hours=1)
    older, newer = (
        a_user_credential(credential, anna, issued_at=NOON + at, is_current=False)
        for at in (-hour, hour)
    )
    for copy in (newer, older):
        kept.add(copy, within=EVERYWHERE)
    before = kept.latest_of(anna.id, credential.id)
    current = a_user_credential(credential, anna)

    kept.add(current, within=EVERYWHERE)

    assert before == newer
    assert kept.latest_of(anna.id, credential.id) == current
