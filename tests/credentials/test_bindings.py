"""Bindings: what anybody is told of a credential whose record does not match the log, and of older ones."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, Right
from credentials.domain.entities.credentials import (
    Binding,
    IssuedCredential,
    IssuedCredentialStatus,
    Verification,
)
from tests.credentials.holding import Holding, a_holding
from tests.support.application import Application
from tests.support.attempts import RIGHT, an_examinee
from tests.support.builders import NOON, a_principal, some_terms
from tests.support.earlier import forget_hashes
from tests.support.learning import Learner, a_credential_for, a_learner, a_published_course
from tests.support.tampering import events_in
from tests.support.worlds import World

CHANGES: Final[dict[str, dict[str, Any]]] = {
    "the date": {"issued_at": NOON - timedelta(days=1)},
    "the expiry": {"expires_at": NOON + timedelta(days=9999)},
    "the terms": {"terms": some_terms(name="Doctor of Knots")},
    "the version": {"credential_version": 2},
    "the predecessor": {"supersedes": uuid4()},
}


@pytest.fixture
def anna(memory: World) -> Learner:
    """Anna holds a credential."""
    course = a_published_course(memory.services)
    a_credential_for(memory.services, course)
    anna = a_learner(memory)
    anna.passes(course)
    return anna


def issued_to(anna: Learner) -> IssuedCredential:
    (held,) = anna.held()
    return held.issued


def change(memory: World, anna: Learner, **parts: Any) -> Verification:
    """Change the stored record, and verify it."""
    issued = issued_to(anna)
    store: Any = memory.repositories.issued_credentials
    store.store[issued.id] = replace(issued, **parts)
    return memory.services.issuing.verify(issued.id)


def problems_in(memory: World) -> list[tuple[str, str]]:
    report = memory.services.verifier.verify(by=OPERATOR)
    return [(f.kind, f.table) for result in report.results for f in result.findings]


def test_a_credential_that_matches_its_event_is_bound(memory: World, anna: Learner) -> None:
    verification = memory.services.issuing.verify(issued_to(anna).id)

    assert (verification.binding, verification.valid) == (Binding.BOUND, True)


@pytest.mark.parametrize("part", CHANGES)
def test_a_credential_that_was_changed_is_not_valid(
    memory: World, anna: Learner, part: str
) -> None:
    verification = change(memory, anna, **CHANGES[part])

    assert verification.status is IssuedCredentialStatus.ALTERED
    assert (verification.binding, verification.valid) == (Binding.ALTERED, False)
    assert verification.detail == "The stored record differs from the event that recorded it."


def test_a_revocation_that_was_taken_back_leaves_it_invalid(memory: World, anna: Learner) -> None:
    issued = issued_to(anna)
    memory.services.issuing.revoke(issued.id, reason="Copied.", by=OPERATOR)

    verification = change(memory, anna, revocation=None, is_current=True)

    assert (verification.binding, verification.valid) == (Binding.ALTERED, False)


def test_a_credential_of_another_holder_is_not_recorded(memory: World, anna: Learner) -> None:
    verification = change(memory, anna, user_id=a_learner(memory, "Ben").principal.user_id)

    assert (verification.binding, verification.valid) == (Binding.UNRECORDED, False)
    assert verification.detail == "No event records that it was issued."


def test_an_event_that_was_changed_vouches_for_nothing(memory: World, anna: Learner) -> None:
    issued = issued_to(anna)
    position, event = max(events_in(memory).items())
    events_in(memory)[position] = replace(event, idempotency_key="k")

    assert memory.services.issuing.verify(issued.id).binding is Binding.ALTERED


def test_an_older_credential_is_valid_and_unbound(memory: World, anna: Learner) -> None:
    forget_hashes(memory)

    verification = memory.services.issuing.verify(issued_to(anna).id)

    assert (verification.binding, verification.valid) == (Binding.UNBOUND, True)


@pytest.mark.parametrize("is_taken_back", [False, True])
def test_an_older_credential_must_agree_with_its_event(
    memory: World, anna: Learner, *, is_taken_back: bool
) -> None:
    memory.services.issuing.revoke(issued_to(anna).id, reason="Copied.", by=OPERATOR)
    forget_hashes(memory)

    parts: dict[str, Any] = {"revocation": None} if is_taken_back else {}
    verification = change(memory, anna, **parts)

    assert verification.binding is (Binding.ALTERED if is_taken_back else Binding.UNBOUND)
    assert not verification.valid


def test_older_records_are_named_until_they_are_bound(memory: World, anna: Learner) -> None:
    an_examinee(memory).takes("quiz", **RIGHT)
    forget_hashes(memory)
    before = problems_in(memory)

    numbers = [
        memory.services.course_version_binder.bind_all(by=OPERATOR),
        memory.services.attempt_binder.bind_all(by=OPERATOR),
        memory.services.credential_binder.bind_all(by=OPERATOR),
    ]

    assert before == [
        ("unbound", "progress_assessmentattempt"),
        ("unbound", "courses_courseversion"),
        ("unbound", "courses_courseversion"),
        ("unbound", "credentials_credential"),
        ("unbound", "credentials_usercredential"),
    ]
    assert numbers == [2, 1, 2]
    assert problems_in(memory) == []
    assert memory.services.issuing.verify(issued_to(anna).id).binding is Binding.BOUND


def test_what_contradicts_its_event_is_not_bound(memory: World, anna: Learner) -> None:
    cleo = an_examinee(memory)
    attempt = cleo.takes("quiz", **RIGHT)
    forget_hashes(memory)
    change(memory, anna, credential_version=2)
    attempts: Any = memory.repositories.attempts
    attempts.store[attempt.id] = replace(attempt, grades=())

    memory.services.attempt_binder.bind_all(by=OPERATOR)
    memory.services.credential_binder.bind_all(by=OPERATOR)

    assert ("changed", "credentials_usercredential") in problems_in(memory)
    assert ("changed", "progress_assessmentattempt") in problems_in(memory)


def test_what_is_bound_already_is_not_bound_again(memory: World, anna: Learner) -> None:
    assert memory.services.course_version_binder.bind_all(by=OPERATOR) == 0
    assert memory.services.attempt_binder.bind_all(by=OPERATOR) == 0
    assert memory.services.credential_binder.bind_all(by=OPERATOR) == 0


def test_binding_needs_the_right_to_manage_organizations(memory: World) -> None:
    by = a_principal(None, *(set(Right) - {Right.MANAGE_ORGANIZATIONS}))

    for binder in (
        memory.services.course_version_binder,
        memory.services.attempt_binder,
        memory.services.credential_binder,
    ):
        with pytest.raises(NotPermitted):
            binder.bind_all(by=by)


def test_an_attempt_that_was_voided_stays_bound(memory: World) -> None:
    cleo = an_examinee(memory)
    attempt = cleo.takes("quiz", **RIGHT)

    memory.services.grading.void(attempt.id, reason="Copied.", by=OPERATOR)

    assert problems_in(memory) == []
    assert cleo.log_of(cleo.course)[-1].fact.type.value == "assessment_voided"


@pytest.fixture
def holding(application: Application) -> Holding:
    return a_holding(application)


def test_anybody_is_told_that_a_record_was_altered(
    application: Application, holding: Holding
) -> None:
    store: Any = application.services.repositories.issued_credentials
    (issued,) = store.store.values()
    store.store[issued.id] = replace(issued, issued_at=issued.issued_at - timedelta(days=1))

    verified = holding.verified()
    shown = application.stranger.get(f"/v1/issued/{holding.id}").json

    assert (verified["status"], verified["valid"]) == ("altered", False)
    assert verified["binding"] == "altered"
    assert verified["detail"] == "The stored record differs from the event that recorded it."
    assert shown["status"] == "altered"
