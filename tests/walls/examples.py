"""What is sent to each operation so that it succeeds, and what must have happened before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from tests.support.bodies import body_of
from tests.support.builders import a_definition_of
from tests.support.house import PASSWORD, Caller
from tests.walls.tenants import TITLE

Things = Mapping[str, str]
Body = Callable[[Things], Any]

NEW_PASSWORD: Final = "a short way back"
REASON: Final = {"reason": "It was issued in error."}


@dataclass(frozen=True, kw_only=True)
class Example:
    """`body` is made of the things that the request is about; `query` names parameters that stand for a school.

    `course` says which of a school's courses is meant, and `names_a_thing` whether the body stands for one.
    """

    body: Body | None = None
    query: tuple[str, ...] = ()
    names_a_thing: bool = False
    before: Callable[[Caller, Things], object] | None = None
    course: str = "course"
    media_type: str = "application/json"


def _definition(slug: str) -> Body:
    return lambda things: body_of(a_definition_of(required=1, slug=slug, title=TITLE))


def _enrol(caller: Caller, things: Things) -> object:
    return caller.post(f"/v1/courses/{things['course']}/enroll")


ENROLLED: Final = Example(before=_enrol)

EXAMPLES: Final[Mapping[str, Example]] = {
    "register": Example(
        body=lambda _: {"email": f"{uuid4().hex[:8]}@school.example", "password": PASSWORD}
    ),
    "logIn": Example(body=lambda things: {"email": things["email"], "password": PASSWORD}),
    "refresh": Example(body=lambda things: {"refresh_token": things["refresh_token"]}),
    "changeMe": Example(body=lambda _: {"name": "Anna"}),
    "changeMyPassword": Example(
        body=lambda _: {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    ),
    "createUser": Example(
        body=lambda _: {"email": f"{uuid4().hex[:8]}@school.example", "password": PASSWORD}
    ),
    "changeUser": Example(body=lambda _: {"name": "Anna"}),
    "createOrganization": Example(body=lambda _: {"name": TITLE, "slug": f"a-{uuid4().hex[:8]}"}),
    "changeOrganization": Example(body=lambda _: {"name": "School of Bends"}),
    "suspendOrganization": Example(body=lambda _: REASON),
    "addMember": Example(body=lambda things: {"user_id": things["newcomer_id"]}),
    "changeMember": Example(body=lambda _: {"role": "instructor"}),
    "importMembers": Example(
        body=lambda things: f"email\n{things['invited']}\n".encode(), media_type="text/csv"
    ),
    "invite": Example(body=lambda things: {"email": things["invited"]}),
    "acceptInvitation": Example(body=lambda things: {"token": things["token"]}, names_a_thing=True),
    "registerServiceClient": Example(body=lambda things: things["client_terms"]),
    "createCourse": Example(body=_definition("hitches"), query=("org",)),
    "reviseCourse": Example(body=_definition("knots")),
    "publishCourse": Example(course="draft"),
    "revokeIssued": Example(body=lambda _: REASON),
    "reissueIssued": Example(body=lambda _: REASON),
    "withdraw": ENROLLED,
    "startItem": ENROLLED,
    "completeItem": ENROLLED,
    "getProgress": ENROLLED,
    "listEvents": ENROLLED,
}
"""An operation that is not named here needs no body, and nothing before it."""


def example_of(operation: str) -> Example:
    return EXAMPLES.get(operation, Example())
