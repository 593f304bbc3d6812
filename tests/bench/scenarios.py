"""Scenarios: the kinds of request that are measured."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, product
from typing import Final

from tests.bench.load import Request
from tests.bench.names import COURSES, ISSUED, LEARNERS, PASSWORD, email, slug

Requests = Callable[[list[str]], Iterator[Request]]
"""Makes requests from the access tokens of all learners."""

CALLERS: Final = 500
"""Learners who send the reads, in turn."""
OF_CALLERS: Final = COURSES - 2
"""The course on which they are enrolled; no other scenario enrols on it."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One kind of request."""

    name: str
    requests: Requests
    """All of its kind."""
    sample: Callable[[list[str]], Request] | None = None
    """One that is none of them, where none may be sent twice."""
    preparations: Requests | None = None
    """What is sent, unmeasured, before the first of them."""
    share: float = 1.0
    """How many requests are sent, as a share of those of a cheap kind."""

    def example(self, tokens: list[str]) -> Request:
        return self.sample(tokens) if self.sample else next(self.requests(tokens))


def _enrolments(tokens: list[str]) -> Iterator[Request]:
    for course, learner in product(range(COURSES // 2), range(LEARNERS)):
        yield Request("POST", f"/v1/courses/{slug(course)}/enroll", token=tokens[learner])


def _enrolments_of_callers(tokens: list[str]) -> Iterator[Request]:
    for token in tokens[:CALLERS]:
        yield Request("POST", f"/v1/courses/{slug(OF_CALLERS)}/enroll", token=token)


def _log_in(learner: int) -> Request:
    body = json.dumps({"email": email(learner), "password": PASSWORD}).encode()
    return Request("POST", "/v1/auth/login", body=body)


def _read(path: str) -> Requests:
    def requests(tokens: list[str]) -> Iterator[Request]:
        for number in count():
            yield Request("GET", path, token=tokens[number % CALLERS])

    return requests


SCENARIOS: Final = (
    Scenario(
        name="enrol",
        requests=_enrolments,
        sample=lambda tokens: Request(
            "POST", f"/v1/courses/{slug(COURSES - 1)}/enroll", token=tokens[0]
        ),
    ),
    Scenario(name="list", requests=_read("/v1/courses")),
    Scenario(
        name="progress",
        requests=_read(f"/v1/progress/{slug(OF_CALLERS)}"),
        preparations=_enrolments_of_callers,
    ),
    Scenario(name="verify", requests=_read(f"/v1/issued/{ISSUED}/verify")),
    Scenario(
        name="log in",
        requests=lambda tokens: (_log_in(number % LEARNERS) for number in count()),
        share=0.1,
    ),
)
