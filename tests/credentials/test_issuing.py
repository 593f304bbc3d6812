"""CredentialIssuer: issuing and verifying credentials."""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, PersonNeeded
from authsvc.kernel.paging import PageRequest
from credentials.domain.entities.credentials import (
    Evidence,
    IssuedCredential,
    IssuedCredentialId,
    IssuedCredentialStatus,
)
from credentials.domain.errors import IssuedCredentialNotFound
from progress.domain.entities.events import EventType
from progress.domain.entities.progress import ProgressStatus
from tests.support.blocks import Oops
from tests.support.builders import NOON, a_definition_of
from tests.support.failing import FailingIssuedCredentialRepository
from tests.support.learning import (
    a_credential_for,
    a_learner,
    a_published_course,
    items_of,
    published_again,
    revised,
)
from tests.support.pages import pages_of
from tests.support.worlds import World

ISSUED, EXPIRED = IssuedCredentialStatus.ISSUED, IssuedCredentialStatus.EXPIRED
AN_INSTANT: Final = timedelta(microseconds=1)


def test_completing_a_course_earns_its_credential(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    credential = a_credential_for(memory.services, course)
    memory.clock.go_on(days=1)

    anna.passes(course)

    (verification,) = anna.held()
    assert verification.status is ISSUED
    assert verification.issued == IssuedCredential(
        id=verification.issued.id,
        user_id=anna.principal.person,
        credential_id=credential.id,
        credential_version=1,
        terms=credential.terms,
        evidence=Evidence(course_id=course.id, course_version=1, completed_at=memory.clock.now()),
        issued_at=memory.clock.now(),
        expires_at=None,
    )


def test_less_than_the_whole_course_earns_nothing(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    a_credential_for(memory.services, course)
    anna.enrols(course)

    for item_id in items_of(memory.services, course)[:-1]:
        anna.completes(course, item_id)

    assert anna.held() == []


def test_a_course_that_no_credential_names_earns_nothing(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    a_credential_for(memory.services, a_published_course(memory.services))

    anna.passes(course)

    assert anna.held() == []


def test_a_credential_is_issued_once(memory: World) -> None:
    definition = a_definition_of(required=1, optional=1)
    anna, course = a_learner(memory), a_published_course(memory.services, definition)
    a_credential_for(memory.services, course)
    required, optional = items_of(memory.services, course)
    anna.enrols(course)

    for item_id in (required, required, optional, required):
        anna.completes(course, item_id)

    assert len(anna.held()) == 1
    assert anna.types_of(course).count(EventType.CREDENTIAL_ISSUED) == 1


def test_a_credential_that_is_not_offered_is_not_issued(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    credential = a_credential_for(memory.services, course)
    memory.services.credentials.offer(
        credential.id, is_offered=False, reason="Too easy.", by=OPERATOR
    )

    done = anna.passes(course)

    assert done.status is ProgressStatus.COMPLETED
    assert anna.held() == []


def test_what_is_offered_later_is_not_issued_to_those_who_are_done(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.passes(course)

    a_credential_for(memory.services, course)

    assert anna.held() == []


def test_a_course_earns_every_credential_that_names_it(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    defined = [a_credential_for(memory.services, course, name=name) for name in ("Badge", "Paper")]

    anna.passes(course)

    assert {verification.issued.credential_id for verification in anna.held()} == {
        credential.id for credential in defined
    }
    assert anna.types_of(course).count(EventType.CREDENTIAL_ISSUED) == 2


def test_who_comes_back_with_everything_done_earns_the_credential(memory: World) -> None:
    definition = a_definition_of(required=2)
    anna, course = a_learner(memory), a_published_course(memory.services, definition)
    a_credential_for(memory.services, course)
    anna.enrols(course)
    anna.completes(course, items_of(memory.services, course)[0])
    anna.withdraws(course)
    published_again(memory.services, revised(definition, keeping=1))

    anna.enrols(course)

    (verification,) = anna.held()
    assert verification.issued.evidence.course_version == 2


def test_a_credential_earned_by_another_course_stays(memory: World) -> None:
    anna = a_learner(memory)
    old, new = a_published_course(memory.services), a_published_course(memory.services)
    credential = a_credential_for(memory.services, old)
    anna.passes(old)
    verifications = anna.held()
    terms = replace(credential.terms, course_id=new.id)
    memory.services.credentials.amend(credential.id, terms, by=OPERATOR)

    done = anna.passes(new)

    assert done.status is ProgressStatus.COMPLETED
    assert anna.held() == verifications
    assert EventType.CREDENTIAL_ISSUED not in anna.types_of(new)


def test_holding_one_credential_does_not_prevent_earning_others(memory: World) -> None:
    anna = a_learner(memory)
    old, new = a_published_course(memory.services), a_published_course(memory.services)
    credential = a_credential_for(memory.services, old)
    anna.passes(old)
    terms = replace(credential.terms, course_id=new.id)
    memory.services.credentials.amend(credential.id, terms, by=OPERATOR)
    memory.clock.go_on(hours=1)
    other = a_credential_for(memory.services, new)

    anna.passes(new)

    assert other.id in {verification.issued.credential_id for verification in anna.held()}


def test_issuing_is_recorded_in_the_stream_of_the_holder(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    credential = a_credential_for(memory.services, course)

    anna.passes(course)

    last, (verification,) = anna.log_of(course)[-1], anna.held()
    assert last.fact.type is EventType.CREDENTIAL_ISSUED
    assert last.fact.entity_id == verification.issued.id
    assert last.fact.payload == {
        "credential_id": str(credential.id),
        "credential_version": 1,
        "sha256": verification.issued.content_hash,
    }
    assert last.recorded_by == anna.principal.user_id


def test_issuing_leaves_the_progress_as_it_was(memory: World) -> None:
    definition = a_definition_of(required=1)
    anna, course = a_learner(memory), a_published_course(memory.services, definition)
    a_credential_for(memory.services, course)

    answered = anna.passes(course)

    completed, issued = anna.log_of(course)[-2:]
    assert issued.fact.type is EventType.CREDENTIAL_ISSUED
    assert anna.progress_on(course) == answered
    assert (answered.sequence, answered.hash) == (issued.sequence, issued.hash)
    assert (answered.status, answered.percent_complete) == (ProgressStatus.COMPLETED, 100)
    assert answered.completed_at == completed.occurred_at


def test_amended_terms_are_for_those_who_earn_it_later(memory: World) -> None:
    anna, ben = a_learner(memory), a_learner(memory, name="Ben")
    course = a_published_course(memory.services)
    credential = a_credential_for(memory.services, course, valid_for_days=None)
    anna.passes(course)
    before = anna.held()
    terms = replace(credential.terms, name="Knots for Sailors", valid_for_days=30)

    memory.services.credentials.amend(credential.id, terms, by=OPERATOR)
    ben.passes(course)

    assert anna.held() == before
    (verification,) = ben.held()
    assert (verification.issued.credential_version, verification.issued.terms) == (2, terms)
    assert verification.issued.expires_at == NOON + timedelta(days=30)


def test_a_credential_expires_at_the_very_moment(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    a_credential_for(memory.services, course, valid_for_days=1)
    anna.passes(course)
    moments = (timedelta(days=1) - AN_INSTANT, timedelta(days=1))

    statuses: list[tuple[IssuedCredentialStatus, bool]] = []
    for moment in moments:
        memory.clock.at = NOON + moment
        (verification,) = anna.held()
        verified = memory.services.issuing.verify(verification.issued.id)
        statuses.append((verification.status, verified.valid))

    assert statuses == [(ISSUED, True), (EXPIRED, False)]


def test_anybody_may_know_what_a_credential_says_and_that_it_is_valid(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    credential = a_credential_for(memory.services, course, valid_for_days=30)
    anna.passes(course)
    (own,) = anna.held()

    verification = memory.services.issuing.verify(own.issued.id)

    assert verification == own
    assert verification.valid
    assert verification.issued.terms == credential.terms
    assert verification.issued.issued_at == NOON
    assert verification.issued.expires_at == NOON + timedelta(days=30)


def test_what_was_never_issued_is_not_found(memory: World) -> None:
    unknown = IssuedCredentialId(uuid4())

    with pytest.raises(IssuedCredentialNotFound):
        memory.services.issuing.verify(unknown)
    with pytest.raises(IssuedCredentialNotFound):
        memory.services.issuing.verify(unknown)


def test_a_holder_lists_everything_issued_to_them(memory: World) -> None:
    anna, ben = a_learner(memory), a_learner(memory, name="Ben")
    for _ in range(3):
        course = a_published_course(memory.services)
        a_credential_for(memory.services, course)
        anna.passes(course)
        ben.passes(course)
        memory.clock.go_on(hours=1)

    pages = pages_of(
        lambda request: memory.services.issuing.page_for(anna.principal, request), limit=2
    )

    verifications = anna.held()
    assert list(pages) == [verifications[:2], verifications[2:]]
    assert [verification.issued.user_id for verification in verifications] == [
        anna.principal.user_id
    ] * 3
    assert [verification.issued.issued_at for verification in verifications] == [
        NOON + timedelta(hours=n) for n in range(3)
    ]


def test_only_a_person_holds_credentials(memory: World) -> None:
    with pytest.raises(PersonNeeded):
        memory.services.issuing.page_for(OPERATOR, PageRequest())


def test_when_issuing_fails_nothing_is_stored(memory: World) -> None:
    definition = a_definition_of(required=1)
    anna, course = a_learner(memory), a_published_course(memory.services, definition)
    a_credential_for(memory.services, course)
    before = anna.enrols(course)
    full = replace(
        memory.repositories,
        issued_credentials=FailingIssuedCredentialRepository(
            memory.repositories.issued_credentials
        ),
    )
    broken = replace(anna, services=replace(memory.services, repositories=full))

    with pytest.raises(Oops):
        broken.completes(course, items_of(memory.services, course)[0])

    assert anna.progress_on(course) == before
    assert anna.types_of(course) == [EventType.ENROLLED]
    assert anna.held() == []
