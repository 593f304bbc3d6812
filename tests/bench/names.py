"""Names and sizes of the benchmark data; no Django, so that the client can load them."""

from typing import Final
from uuid import UUID

LEARNERS: Final = 1000
COURSES: Final = 40
PASSWORD: Final = "correct horse battery staple"
ISSUED: Final = UUID("00000000-0000-4000-b000-000000000000")


def slug(course: int) -> str:
    return f"bench-{course}"


def email(learner: int) -> str:
    return f"learner-{learner}@bench.example"
