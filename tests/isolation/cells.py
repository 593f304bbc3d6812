"""Cells of the isolation matrix: the status that the permission table implies for one caller and one object."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from accounts.domain.access import RIGHTS_OF_ORG_ROLE, RIGHTS_OF_ROLE, OrgRole, Role
from authsvc.http.operations import Whose
from tests.isolation.examples import example_of
from tests.support.operations import Route


class Object(StrEnum):
    """The object of an operation. Crossed: another tenant's thing at a URL that begins with the caller's own."""

    OWN = "own"
    OTHER = "other tenant's"
    CROSSED = "crossed"
    MISSING = "missing"


class CallerKind(StrEnum):
    """The caller. The other tenant's owner and the suspended owner have tenants of their own."""

    ANONYMOUS = "anonymous"
    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"
    OWNER = "owner"
    OTHER_OWNER = "other tenant's owner"
    SUSPENDED = "suspended"
    PLATFORM_ADMIN = "platform admin"


ROLES: Final[Mapping[CallerKind, OrgRole]] = {
    CallerKind.LEARNER: OrgRole.LEARNER,
    CallerKind.INSTRUCTOR: OrgRole.INSTRUCTOR,
    CallerKind.ADMIN: OrgRole.ADMIN,
    CallerKind.OWNER: OrgRole.OWNER,
    CallerKind.OTHER_OWNER: OrgRole.OWNER,
    CallerKind.SUSPENDED: OrgRole.OWNER,
}


@dataclass(frozen=True)
class Cell:
    route: Route
    kind: CallerKind
    object: Object

    def __str__(self) -> str:
        return f"{self.route.name} as {self.kind} on {self.object}"

    @property
    def expected(self) -> int:
        """The status that the permission table implies."""
        whose = self.route.operation.access.whose
        if whose is Whose.ANYBODY:
            return self._status_with_access
        if self.kind is CallerKind.ANONYMOUS:
            return HTTPStatus.UNAUTHORIZED
        is_learning = self._has_access and self.kind is not CallerKind.PLATFORM_ADMIN
        return {
            Whose.ONESELF: self._if_visible(self.object is Object.OWN),
            Whose.PERSON: self._if_visible(self._is_person_visible),
            Whose.PLATFORM: self._success if self._is_permitted else HTTPStatus.FORBIDDEN,
            Whose.SEEN: self._if_visible(self._has_access),
            Whose.LEARNED: self._if_visible(is_learning),
            Whose.HELD: self._expected_for_tenant_rights,
        }[whose]

    @property
    def _success(self) -> int:
        return self.route.operation.status

    @property
    def _status_with_access(self) -> int:
        """For callers with access: success, or not found where there is nothing."""
        names_nothing = self.object in (Object.MISSING, Object.CROSSED)
        if names_nothing and self.route.parameters:
            return HTTPStatus.NOT_FOUND
        return self._success

    def _if_visible(self, is_visible: bool) -> int:  # noqa: FBT001  # one condition
        return self._status_with_access if is_visible else HTTPStatus.NOT_FOUND

    @property
    def _expected_for_tenant_rights(self) -> int:
        if not self._has_access:
            return HTTPStatus.NOT_FOUND
        return self._status_with_access if self._is_permitted else HTTPStatus.FORBIDDEN

    @property
    def _has_access(self) -> bool:
        """Whether the caller has access to what the URL begins with."""
        if not names_a_thing(self.route):
            return True
        if self.kind is CallerKind.PLATFORM_ADMIN:
            return self.object is not Object.MISSING
        is_own_tenant = self.object in (Object.OWN, Object.CROSSED)
        return is_own_tenant and self.kind is not CallerKind.SUSPENDED

    @property
    def _is_person_visible(self) -> bool:
        return self.object is Object.OWN or self.kind is CallerKind.PLATFORM_ADMIN

    @property
    def _is_permitted(self) -> bool:
        right = self.route.operation.access.right
        if self.kind is CallerKind.PLATFORM_ADMIN:
            return right in RIGHTS_OF_ROLE[Role.ADMIN]
        if self.route.operation.access.whose is Whose.PLATFORM:
            return right in RIGHTS_OF_ROLE[Role.LEARNER]
        return right in RIGHTS_OF_ORG_ROLE[ROLES[self.kind]]


def names_a_thing(route: Route) -> bool:
    """Whether a request names its object: in its path, in its query or by a token."""
    example = example_of(route.name)
    return bool(route.parameters or example.query or example.names_a_thing)


def cells_of(route: Route, kind: CallerKind) -> Iterator[Cell]:
    """One cell for each object that the operation can name."""
    yield Cell(route, kind, Object.OWN)
    if names_a_thing(route):
        yield Cell(route, kind, Object.OTHER)
        yield Cell(route, kind, Object.MISSING)
    if len(route.parameters) > 1:
        yield Cell(route, kind, Object.CROSSED)
