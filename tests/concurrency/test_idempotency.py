"""The same idempotency key in several requests at once."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.concurrency.waiting import wait_until_blocked
from tests.support.application import Answer
from tests.support.school import SAMPLE, School
from tests.support.wire import at_once


@pytest.mark.database
def test_eight_equal_keys_at_once_have_one_effect(school: School) -> None:
    anna = school.learner()

    answers = at_once(*[lambda: anna.post(f"{SAMPLE}/enroll", Idempotency_Key="once")] * 8)

    successes = [answer for answer in answers if answer.status == 201]
    assert len({answer.text for answer in successes}) == 1
    assert [answer.headers.get("Idempotent-Replayed") for answer in successes].count(None) == 1
    assert {answer.code for answer in answers if answer.status != 201} <= {"request-still-running"}
    events = anna.get(f"{SAMPLE.replace('courses', 'progress')}/events").json["items"]
    assert [event["type"] for event in events] == ["enrolled"]


@pytest.mark.database
def test_after_a_rush_with_one_key_its_answer_is_replayed(school: School) -> None:
    anna = school.learner()
    rush = at_once(*[lambda: anna.post(f"{SAMPLE}/enroll", Idempotency_Key="rush")] * 8)

    again = anna.post(f"{SAMPLE}/enroll", Idempotency_Key="rush")

    assert again.headers["Idempotent-Replayed"] == "true"
    assert (201, again.text) in {(answer.status, answer.text) for answer in rush}


@pytest.mark.postgres
def test_a_key_whose_request_is_still_running_is_refused_for_now(school: School) -> None:
    anna = school.learner()
    anna.post(f"{SAMPLE}/enroll")

    def withdraw() -> Answer:
        return anna.post(f"{SAMPLE}/withdraw", Idempotency_Key="slow")

    with (
        ThreadPoolExecutor() as pool,
        psycopg.connect(school.environment["DATABASE_URL"]) as database,
        database.cursor() as cursor,
    ):
        cursor.execute("SELECT 1 FROM progress_courseprogress FOR UPDATE")
        first = pool.submit(withdraw)
        wait_until_blocked(first, by=cursor)
        meanwhile = withdraw()
        database.rollback()
        answer = first.result()
    again = withdraw()

    assert meanwhile.code == "request-still-running"
    assert meanwhile.headers["Retry-After"] == "1"
    assert answer.status == 200
    assert again.text == answer.text
    assert again.headers["Idempotent-Replayed"] == "true"
