"""What is measured."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from tests.bench.load import request
from tests.bench.pgbench import statements_of
from tests.bench.world import COURSES, ISSUED, LEARNERS, PASSWORD, email, slug

SAMPLE = 7
"""The learner whose request tells the statements."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One kind of request: the statements that it causes, and many of its kind on the wire."""

    name: str
    statements: list[str]
    requests: list[bytes]


def scenarios(tokens: list[str], *, size: int) -> Iterator[Scenario]:
    """All of them, with up to *size* requests each; what one leaves behind, the next may use."""
    token = tokens[SAMPLE]
    statements_of("POST", f"/v1/courses/{slug(COURSES - 1)}/enroll", token=tokens[SAMPLE + 1])
    places = islice(product(range(COURSES // 2), range(LEARNERS)), size)
    yield Scenario(
        name="enrol",
        statements=statements_of("POST", f"/v1/courses/{slug(COURSES - 1)}/enroll", token=token),
        requests=[
            request("POST", f"/v1/courses/{slug(course)}/enroll", token=tokens[learner])
            for course, learner in places
        ],
    )
    for name, path in (
        ("list courses", "/v1/courses"),
        ("progress", f"/v1/progress/{slug(0)}"),
        ("verify", f"/v1/issued/{ISSUED}/verify"),
    ):
        yield Scenario(
            name=name,
            statements=statements_of("GET", path, token=token),
            requests=[request("GET", path, token=tokens[n % 500]) for n in range(size)],
        )
    yield _log_in(size // 10)


def _log_in(size: int) -> Scenario:
    def body(learner: int) -> bytes:
        said: dict[str, Any] = {"email": email(learner), "password": PASSWORD}
        return json.dumps(said).encode()

    return Scenario(
        name="log in",
        statements=statements_of("POST", "/v1/auth/login", body=body(SAMPLE)),
        requests=[request("POST", "/v1/auth/login", body=body(n)) for n in range(size)],
    )
