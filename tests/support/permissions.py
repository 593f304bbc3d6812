"""The permission table as a page: `python -m tests.support.permissions` prints docs/permissions.md."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

import django

from accounts.domain.entities import (
    RIGHTS_OF_ORG_ROLE,
    RIGHTS_OF_ROLE,
    SERVICE_SCOPES,
    Right,
)

INTRODUCTION: Final = """\
# Who may do what

Made from the code by `make permissions`; a test compares the two, and another one tries every operation below as
everybody, on things that are his, another organization's and nobody's, and expects what stands here.

Three questions are asked of each request, in this order. *Who asks?* Without a token the answer is 401. *May this token
be used for this?* It needs the scope of the operation, or the answer is 403 `insufficient-scope`. *May he do this, to
this thing, now?* What belongs to an organization does not exist for those who are not in it: they get 404, as for what
nobody has. A member whose role does not give the right gets 403 `not-permitted`. Roles are looked up with each request,
so whoever is removed, demoted or deactivated is refused at the next one; and a suspended organization is closed at
once, to its members and its programs.
"""

ON_THE_PLATFORM: Final = """
## On the platform

Everybody is a learner. An admin has his rights in every organization, too; when he looks into one that he is not in,
its audit log says so. He learns in those alone that he is in.
"""

IN_AN_ORGANIZATION: Final = """
## In an organization

A role is held in one organization and gives nothing in another, or on the platform. Whoever manages members takes
learners in and sends learners and instructors away; every other role is given and taken by those who assign roles. The
last owner can neither leave nor be removed or demoted.
"""

PROGRAMS: Final = """
A program of an organization (a service client) acts there like an admin, narrowed by the scopes that it was given:
"""

OPERATIONS: Final = """
## Operations
"""


def rendered() -> str:
    """The whole page."""
    return "".join(
        [
            INTRODUCTION,
            ON_THE_PLATFORM,
            _table(["Right", *RIGHTS_OF_ROLE], _rights(RIGHTS_OF_ROLE)),
            IN_AN_ORGANIZATION,
            _table(["Right", *RIGHTS_OF_ORG_ROLE], _rights(RIGHTS_OF_ORG_ROLE)),
            PROGRAMS,
            ", ".join(f"`{scope}`" for scope in sorted(SERVICE_SCOPES)) + ".\n",
            OPERATIONS,
            _table(["Operation", "Address", "Scope", "Open to", "Right"], _operations()),
        ]
    )


def _operations() -> Iterator[list[str]]:
    from tests.support.operations import routes  # noqa: PLC0415  # needs Django to be set up

    for route in routes().values():
        access = route.operation.access
        yield [
            f"`{route.name}`",
            f"`{route.method} {route.path}`",
            f"`{route.operation.scope}`" if route.operation.scope else "",
            access.whose.value,
            f"`{access.right}`" if access.right else "",
        ]


def _rights(table: Mapping[Any, Collection[Right]]) -> Iterator[list[str]]:
    for right in Right:
        marks = ["yes" if right in rights else "" for rights in table.values()]
        if any(marks):
            yield [f"`{right}`", *marks]


def _table(head: Iterable[str], lines: Iterable[list[str]]) -> str:
    cells = [list(head), *lines]
    rule = ["---"] * len(cells[0])
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in [cells[0], rule, *cells[1:]])


if __name__ == "__main__":
    django.setup()
    print(rendered(), end="")
