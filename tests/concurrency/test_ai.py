"""Races on AI sessions."""

from collections import Counter

import pytest

from accounts.domain.access import OPERATOR
from tests.support.school import School
from tests.support.wire import at_once

pytestmark = pytest.mark.database


def test_eight_messages_logged_at_once_form_one_chain(school: School) -> None:
    anna = school.learner()
    started = anna.post("/v1/ai/sessions", {"session_type": "tutoring"}).json
    place = f"/v1/ai/sessions/{started['id']}"

    answers = at_once(
        *[
            lambda text=f"Question {number}": anna.post(
                f"{place}/interactions", {"role": "user", "text": text}
            )
            for number in range(8)
        ]
    )

    assert {answer.status for answer in answers} == {201}
    assert sorted(answer.json["sequence"] for answer in answers) == list(range(1, 9))
    rows = anna.get(f"{place}/interactions?limit=100").json["items"]
    chain = [row["interaction"] for row in rows]
    assert [row["previous_hash"] for row in chain] == [
        started["hash"],
        *(row["hash"] for row in chain[:-1]),
    ]
    assert {row["text"] for row in rows} == {f"Question {number}" for number in range(8)}
    assert anna.get(place).json["hash"] == chain[-1]["hash"]
    with school.inside() as services:
        assert services.verifier.verify(by=OPERATOR, only=["ai-sessions"]).is_clean


def test_a_session_ends_once_and_takes_nothing_afterwards(school: School) -> None:
    anna = school.learner()
    started = anna.post("/v1/ai/sessions", {"session_type": "tutoring"}).json
    place, message = f"/v1/ai/sessions/{started['id']}", {"role": "user", "text": "How?"}

    answers = at_once(
        *[lambda: anna.post(f"{place}/end")] * 5,
        *[lambda: anna.post(f"{place}/interactions", message)] * 5,
    )

    ends, messages = answers[:5], answers[5:]
    assert Counter(answer.status for answer in ends) == {200: 1, 409: 4}
    logged = [answer for answer in messages if answer.status == 201]
    assert {answer.code for answer in messages if answer.status != 201} <= {"ai-session-ended"}
    assert anna.get(place).json["sequence"] == len(logged)
