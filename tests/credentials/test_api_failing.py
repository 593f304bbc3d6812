"""Rollback of a request when issuing a credential fails."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR, UserId
from authsvc.http.idempotency.service import request_key_for
from authsvc.http.idempotency.store import idempotency_of
from tests.support.application import Answer, Application, Person
from tests.support.builders import a_definition_of, a_principal
from tests.support.failing import FailingIssuedCredentialRepository
from tests.support.learning import items_of

KEY = "k"


@dataclass(frozen=True)
class Attempt:
    """Anna, with the only item of a course that earns a credential left to complete."""

    application: Application
    anna: Person
    slug: str
    item_id: str

    def completes(self) -> Answer:
        path = f"/v1/courses/{self.slug}/items/{self.item_id}/complete"
        return self.anna.caller.post(path, Idempotency_Key=KEY)

    def fails(self) -> Answer:
        """Complete the item in an application that fails when a credential is added."""
        earning, repositories = (
            self.application.services.earning,
            self.application.services.repositories,
        )
        failing = FailingIssuedCredentialRepository(repositories.issued_credentials)
        with pytest.MonkeyPatch.context() as patch:
            wired = vars(self.application.services)
            issuer = replace(earning.issuer, issued_credentials=failing)
            patch.setitem(wired, "earning", replace(earning, issuer=issuer))
            return self.completes()

    def sees(self, path: str) -> Answer:
        return self.anna.caller.get(path)


@pytest.fixture
def attempt(application: Application) -> Attempt:
    course, anna = application.published(a_definition_of(required=1)), application.signed_in()
    application.earns(course)
    assert anna.caller.post(f"/v1/courses/{course.slug}/enroll").status == 201
    return Attempt(application, anna, course.slug, str(items_of(application.services, course)[0]))


def test_the_answer_says_that_it_failed(attempt: Attempt) -> None:
    answer = attempt.fails()

    assert (answer.status, answer.code) == (500, "internal-error")


def test_no_event_and_no_progress_is_stored(attempt: Attempt) -> None:
    before = attempt.sees(f"/v1/progress/{attempt.slug}").json

    attempt.fails()

    assert attempt.sees(f"/v1/progress/{attempt.slug}").json == before
    events = attempt.sees(f"/v1/progress/{attempt.slug}/events").json["items"]
    assert [event["type"] for event in events] == ["enrolled"]


def test_no_credential_is_stored(attempt: Attempt) -> None:
    attempt.fails()

    assert attempt.sees("/v1/me/credentials").json["items"] == []


def test_no_idempotency_record_is_stored(attempt: Attempt) -> None:
    services = attempt.application.services
    anna = a_principal(services.repositories.users.get(UserId(UUID(attempt.anna.id))))
    long_ago = services.ports.clock.now() - timedelta(hours=24)

    attempt.fails()

    with services.unit_of_work.atomic():
        record = idempotency_of(services).records.claim(request_key_for(anna, KEY), since=long_ago)
    assert record is None


def test_the_same_request_succeeds_afterwards(attempt: Attempt) -> None:
    attempt.fails()

    answer = attempt.completes()

    assert (answer.status, answer.json["status"]) == (200, "completed")
    assert "Idempotent-Replayed" not in answer.headers
    assert len(attempt.sees("/v1/me/credentials").json["items"]) == 1
    assert attempt.application.services.log_verifier.compare(by=OPERATOR).is_clean
