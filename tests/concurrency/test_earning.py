"""Races for the same credential, earned in several ways at once."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import OPERATOR
from credentials.domain.entities.definitions import CredentialTerms
from credentials.domain.entities.rule_values import rule_in
from tests.support.bodies import body_of
from tests.support.builders import CredentialTermsFactory, a_definition_of
from tests.support.school import School, items_of
from tests.support.wire import WireCaller, at_once

pytestmark = pytest.mark.database


@dataclass(frozen=True)
class Pair:
    """Two courses of one item each."""

    school: School
    slugs: tuple[str, str]
    ids: tuple[str, str]

    def earns(self, *terms: tuple[int, Mapping[str, Any] | None]) -> list[str]:
        """The ids of new credentials, each of the first or the second course, with its rule."""
        with self.school.inside() as services:
            return [
                str(services.credentials.define(self._terms(number, rule), by=OPERATOR).id)
                for number, rule in terms
            ]

    def _terms(self, number: int, rule: Mapping[str, Any] | None) -> CredentialTerms:
        return CredentialTermsFactory.build(
            course_id=UUID(self.ids[number]), rule=rule and rule_in(rule)
        )

    def enrolled(self) -> tuple[WireCaller, tuple[str, str]]:
        """A new learner on both courses, and the paths of the items."""
        anna = self.school.learner()
        for slug in self.slugs:
            assert anna.post(f"/v1/courses/{slug}/enroll").status == 201
        first, second = (
            f"/v1/courses/{slug}/items/{items_of(anna.get(f'/v1/courses/{slug}').json)[0]}/complete"
            for slug in self.slugs
        )
        return anna, (first, second)

    @property
    def both(self) -> dict[str, Any]:
        return {"all": [{"course": course_id} for course_id in self.ids]}

    @property
    def either(self) -> dict[str, Any]:
        return {"any": [{"course": course_id} for course_id in self.ids]}


@pytest.fixture
def pair(school: School) -> Pair:
    staff, slugs = school.staff(), (f"knots-{uuid4().hex[:8]}", f"bends-{uuid4().hex[:8]}")
    for slug in slugs:
        staff.post("/v1/courses", body_of(a_definition_of(required=1, slug=slug)))
        staff.post(f"/v1/courses/{slug}/publish")
    first, second = (str(staff.get(f"/v1/courses/{slug}").json["id"]) for slug in slugs)
    return Pair(school, slugs, (first, second))


def held_by(anna: WireCaller) -> list[str]:
    items = anna.get("/v1/me/credentials").json["items"]
    return sorted(item["credential"]["id"] for item in items)


def test_of_eight_claims_at_once_one_succeeds(pair: Pair) -> None:
    anna, completions = pair.enrolled()
    for place in completions:
        anna.post(place)
    (credential,) = pair.earns((0, pair.both))

    answers = at_once(*[lambda: anna.post(f"/v1/credentials/{credential}/issue")] * 8)

    assert Counter(answer.status for answer in answers) == {201: 1, 409: 7}
    assert {answer.code for answer in answers if answer.status == 409} == {"already-issued"}
    assert held_by(anna) == [credential]


def test_eight_simultaneous_completions_issue_one_credential(pair: Pair) -> None:
    credentials = pair.earns((0, pair.either), (1, pair.either))
    anna, (first, second) = pair.enrolled()

    answers = at_once(*[lambda: anna.post(first), lambda: anna.post(second)] * 4)

    assert {answer.status for answer in answers} == {200}
    assert held_by(anna) == sorted(credentials)


def test_who_completes_both_courses_at_once_earns_what_asks_for_both(pair: Pair) -> None:
    """There is no deadlock, in whatever order streams and credentials are locked."""
    credentials = pair.earns((0, pair.both), (1, pair.either), (0, None), (1, pair.both))
    learners = [pair.enrolled() for _ in range(4)]

    answers = at_once(
        *[lambda who=who, place=place: who.post(place) for who, two in learners for place in two]
    )

    assert {answer.status for answer in answers} == {200}
    assert [held_by(who) for who, _ in learners] == [sorted(credentials)] * 4


def test_what_is_claimed_while_it_is_earned_is_issued_once(pair: Pair) -> None:
    """The claim is recorded in the stream to which the completion adds, so both lock it twice."""
    learners = [pair.enrolled() for _ in range(4)]
    for who, (first, _) in learners:
        who.post(first)
    credentials = pair.earns((1, pair.either), (1, pair.either))
    claims = [f"/v1/credentials/{credential}/issue" for credential in credentials]

    answers = at_once(
        *[
            lambda who=who, place=place: who.post(place)
            for who, (_, second) in learners
            for place in (second, *reversed(claims))
        ]
    )

    assert {answer.status for answer in answers} <= {200, 201, 409}
    assert [held_by(who) for who, _ in learners] == [sorted(credentials)] * 4


def test_eight_credentials_at_once_are_signed_with_the_same_new_keys(pair: Pair) -> None:
    """The first credential of an issuer makes its keys; of those that are issued at once, one does."""
    pair.earns((0, None))
    learners = [pair.enrolled() for _ in range(8)]

    answers = at_once(*[lambda who=who, place=two[0]: who.post(place) for who, two in learners])
    documents = [badge_of(who) for who, _ in learners]

    assert {answer.status for answer in answers} == {200}
    assert len({document["proof"][0]["verificationMethod"] for document in documents}) == 1
    places = [document["credentialStatus"]["id"] for document in documents]
    assert len(set(places)) == len(places)


def badge_of(who: WireCaller) -> Any:
    (held,) = who.get("/v1/me/credentials").json["items"]
    headers = {"Accept": "application/vc+ld+json"}
    return who.send("GET", f"/v1/issued/{held['id']}", headers=headers).json
