"""Results that earned a credential and no longer count, as officers see them."""

import pytest

from accounts.domain.access import OPERATOR, NotPermitted
from authsvc.kernel.paging import PageRequest
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.rules import ScoredAtLeast
from progress.domain.entities.events import EventType
from tests.support.attempts import RIGHT, Examinee, an_examinee
from tests.support.builders import a_principal
from tests.support.learning import a_credential_for, a_published_course
from tests.support.worlds import World


@pytest.fixture
def anna(memory: World) -> Examinee:
    """Anna passes a quiz, which earns a credential of another course."""
    anna = an_examinee(memory)
    rule = ScoredAtLeast(anna.assessment("quiz").id, 60)
    a_credential_for(memory.services, a_published_course(memory.services), rule=rule)
    return anna


def issued_to(anna: Examinee) -> IssuedCredentialId:
    request = PageRequest(limit=1)
    (verification,) = anna.services.issuing.page_for(anna.principal, request).items
    return verification.issued.id


def test_a_pass_that_is_lost_after_the_issue_is_shown(memory: World, anna: Examinee) -> None:
    attempt = anna.takes(**RIGHT)
    issued_id = issued_to(anna)
    before = anna.services.grounds.lost(issued_id, by=OPERATOR)
    memory.clock.go_on(minutes=1)

    anna.services.grading.void(attempt.id, reason="Copied.", by=OPERATOR)

    (event,) = anna.services.grounds.lost(issued_id, by=OPERATOR)
    assert before == []
    assert (event.fact.type, event.fact.entity_id) == (EventType.ASSESSMENT_VOIDED, attempt.id)
    assert anna.services.issuing.verify(issued_id).valid


def test_a_pass_that_was_lost_before_the_issue_or_is_kept_is_not_shown(
    memory: World, anna: Examinee
) -> None:
    first = anna.takes("project")
    anna.services.grading.void(first.id, reason="Copied.", by=OPERATOR)
    memory.clock.go_on(minutes=1)
    attempt = anna.takes(**RIGHT)
    memory.clock.go_on(minutes=1)

    anna.services.grading.void(attempt.id, reason="-", keeps_completion=True, by=OPERATOR)

    assert anna.services.grounds.lost(issued_to(anna), by=OPERATOR) == []


def test_seeing_lost_grounds_needs_the_right_to_award_credentials(anna: Examinee) -> None:
    anna.takes(**RIGHT)

    with pytest.raises(NotPermitted):
        anna.services.grounds.lost(issued_to(anna), by=a_principal())
