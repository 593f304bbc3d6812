"""The records behind a credential, for its holder to show to third parties."""

import json
from typing import Any

import pytest

from accounts.domain.access import OPERATOR
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.rules import ScoredAtLeast
from credentials.domain.errors import IssuedCredentialNotFound
from credentials.openbadges.records import faults_of
from tests.support.attempts import RIGHT, an_examinee
from tests.support.learning import a_credential_for, a_learner, a_published_course
from tests.support.worlds import World


def faults(world: World, issued_id: IssuedCredentialId, by: Any) -> list[str]:
    """What a third party finds wrong with the records that the holder shows."""
    shown = world.services.evidence_records.of(issued_id, by=by)
    document = json.loads(world.services.signing.shown(issued_id).document)
    assert document["evidence"]
    return list(faults_of(document, json.loads(json.dumps(shown))))


def test_a_holder_shows_the_event_of_a_completion(memory: World) -> None:
    course, anna = a_published_course(memory.services), a_learner(memory)
    a_credential_for(memory.services, course)
    anna.passes(course)
    (held,) = anna.held()

    assert faults(memory, held.issued.id, anna.principal) == []
    with pytest.raises(IssuedCredentialNotFound):
        memory.services.evidence_records.of(held.issued.id, by=a_learner(memory).principal)


def test_a_holder_shows_an_attempt_and_a_later_change_of_it_is_found(memory: World) -> None:
    anna = an_examinee(memory)
    rule = ScoredAtLeast(anna.assessment("quiz").id, 100)
    a_credential_for(memory.services, anna.course, rule=rule)
    attempt = anna.takes("quiz", **RIGHT)
    (held,) = anna.held()

    assert faults(memory, held.issued.id, anna.principal) == []
    memory.services.grading.void(attempt.id, reason="Copied.", by=OPERATOR)

    (fault,) = faults(memory, held.issued.id, anna.principal)
    assert fault == f"urn:uuid:{attempt.id}: the content of the record was changed."
