"""Races for a claim."""

from collections import Counter
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import OPERATOR
from tests.support.bodies import body_of
from tests.support.builders import a_definition_of, some_terms
from tests.support.claims import stored_claim
from tests.support.school import School
from tests.support.wire import at_once

pytestmark = pytest.mark.database


def test_one_claim_is_redeemed_once(school: School) -> None:
    staff, slug, token = school.staff(), f"knots-{uuid4().hex[:8]}", uuid4().hex
    staff.post("/v1/courses", body_of(a_definition_of(required=1, slug=slug)))
    staff.post(f"/v1/courses/{slug}/publish")
    course_id = UUID(str(staff.get(f"/v1/courses/{slug}").json["id"]))
    anna = school.learner()
    email = anna.get("/v1/me").json["email"]
    with school.inside() as services:
        credential = services.credentials.define(some_terms(course_id=course_id), by=OPERATOR)
        stored_claim(services, str(credential.id), email=email, token=token)
        user = services.repositories.users.find_by_email(email)
        assert user is not None
        services.repositories.verified_emails.save(user.id, email=email)

    answers = at_once(*[lambda: anna.post("/v1/me/claims", {"token": token})] * 8)

    counts = Counter(answer.status for answer in answers)
    assert counts[201] == 1
    assert set(counts) <= {201, 404, 409}
    assert len(anna.get("/v1/me/credentials").json["items"]) == 1
