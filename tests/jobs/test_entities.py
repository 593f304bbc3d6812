"""Job entities: pauses between attempts."""

from datetime import timedelta

from authsvc.jobs.entities import RetryPolicy


def test_a_pause_varies_by_a_quarter() -> None:
    policy = RetryPolicy(first_pause=timedelta(minutes=4))

    pauses = [policy.pause_after(1, jitter=jitter) / timedelta(minutes=1) for jitter in (0, 1)]

    assert pauses == [3, 5]
