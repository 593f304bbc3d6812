"""Cells of the isolation matrix: the status that the permission table implies for one caller and one object."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from accounts.domain.access import RIGHTS_OF_ORG_ROLE, RIGHTS_OF_ROLE, OrgRole, Role
from authsvc.http.operations import Whose
from tests.support.operations import Route
from tests.walls.examples import example_of


class Object(StrEnum):
    """The object of an operation. Crossed: another tenant's thing at a URL that begins with the caller's own."""

    OWN = "own"
    OTHER = "other tenant's"
    CROSSED = "crossed"
    MISSING = "missing"


class Asker(StrEnum):
    """The caller. The other tenant's owner and the suspended owner have tenants of their own."""

    ANONYMOUS = "anonymous"
    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"
    OWNER = "owner"
    OTHER_OWNER = "other tenant's owner"
    SUSPENDED = "suspended"
    PLATFORM_ADMIN = "platform admin"


ROLES: Final[Mapping[Asker, OrgRole]] = {
    Asker.LEARNER: OrgRole.LEARNER,
    Asker.INSTRUCTOR: OrgRole.INSTRUCTOR,
    Asker.ADMIN: OrgRole.ADMIN,
    Asker.OWNER: OrgRole.OWNER,
    Asker.OTHER_OWNER: OrgRole.OWNER,
    Asker.SUSPENDED: OrgRole.OWNER,
}


@dataclass(frozen=True)
class Cell:
    route: Route
    asker: Asker
    object: Object

    def __str__(self) -> str:
        return f"{self.route.name} as {self.asker} on {self.object}"

    @property
    def expected(self) -> int:
        """The status that the permission table implies."""
        whose = self.route.operation.access.whose
        if whose is Whose.ANYBODY:
            return self._found
        if self.asker is Asker.ANONYMOUS:
            return HTTPStatus.UNAUTHORIZED
        is_learning = self._is_let_in and self.asker is not Asker.PLATFORM_ADMIN
        return {
            Whose.ONESELF: self._unless_unseen(self.object is Object.OWN),
            Whose.PERSON: self._unless_unseen(self._is_person_seen),
            Whose.PLATFORM: self._success if self._is_permitted else HTTPStatus.FORBIDDEN,
            Whose.SEEN: self._unless_unseen(self._is_let_in),
            Whose.LEARNED: self._unless_unseen(is_learning),
            Whose.HELD: self._expected_where_it_is_held,
        }[whose]

    @property
    def _success(self) -> int:
        return self.route.operation.status

    @property
    def _found(self) -> int:
        """For callers with access: success, or not found where there is nothing."""
        is_about_nothing = self.object in (Object.MISSING, Object.CROSSED)
        if is_about_nothing and self.route.parameters:
            return HTTPStatus.NOT_FOUND
        return self._success

    def _unless_unseen(self, is_seen: bool) -> int:  # noqa: FBT001  # a question and its answer
        return self._found if is_seen else HTTPStatus.NOT_FOUND

    @property
    def _expected_where_it_is_held(self) -> int:
        if not self._is_let_in:
            return HTTPStatus.NOT_FOUND
        return self._found if self._is_permitted else HTTPStatus.FORBIDDEN

    @property
    def _is_let_in(self) -> bool:
        """Whether the caller has access to what the URL begins with."""
        if not names_a_thing(self.route):
            return True
        if self.asker is Asker.PLATFORM_ADMIN:
            return self.object is not Object.MISSING
        is_at_home = self.object in (Object.OWN, Object.CROSSED)
        return is_at_home and self.asker is not Asker.SUSPENDED

    @property
    def _is_person_seen(self) -> bool:
        return self.object is Object.OWN or self.asker is Asker.PLATFORM_ADMIN

    @property
    def _is_permitted(self) -> bool:
        right = self.route.operation.access.right
        if self.asker is Asker.PLATFORM_ADMIN:
            return right in RIGHTS_OF_ROLE[Role.ADMIN]
        if self.route.operation.access.whose is Whose.PLATFORM:
            return right in RIGHTS_OF_ROLE[Role.LEARNER]
        return right in RIGHTS_OF_ORG_ROLE[ROLES[self.asker]]


def names_a_thing(route: Route) -> bool:
    """Whether a request names its object: in its path, its query or by a token."""
    example = example_of(route.name)
    return bool(route.parameters or example.query or example.names_a_thing)


def cells_of(route: Route, asker: Asker) -> Iterator[Cell]:
    """One for each object that the operation can be about."""
    yield Cell(route, asker, Object.OWN)
    if names_a_thing(route):
        yield Cell(route, asker, Object.OTHER)
        yield Cell(route, asker, Object.MISSING)
    if len(route.parameters) > 1:
        yield Cell(route, asker, Object.CROSSED)
