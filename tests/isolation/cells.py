"""Cells of the isolation matrix: the status that the permission table implies for one caller and one object."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from accounts.domain.access import (
    RIGHTS_OF_ORG_ROLE,
    RIGHTS_OF_ROLE,
    InsufficientAuthentication,
    NotPermitted,
    OrgRole,
    PersonNeeded,
    Role,
    Scope,
)
from accounts.domain.identity.errors import SecondFactorMissing
from accounts.domain.oauth.entities.clients import SERVICE_SCOPES
from accounts.domain.organizations.errors import InvitationNeeded
from authsvc.http.operations import Whose
from tests.isolation.examples import example_of
from tests.support.application import Answer
from tests.support.operations import Route


class Object(StrEnum):
    """The object of an operation. Crossed: another tenant's thing at a URL that begins with the caller's own."""

    OWN = "own"
    OTHER = "other tenant's"
    CROSSED = "crossed"
    MISSING = "missing"


class CallerKind(StrEnum):
    """The caller. The other tenant's owner has a tenant of their own, and that of the suspended owner is suspended.

    The last three act for an owner through an OAuth client that was granted some scopes. The admin without a second
    factor is an instructor of the tenant as well.
    """

    ANONYMOUS = "anonymous"
    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"
    OWNER = "owner"
    OTHER_OWNER = "other tenant's owner"
    SUSPENDED = "suspended"
    PLATFORM_ADMIN = "platform admin"
    STALE_ADMIN = "platform admin with an old sign-in"
    WEAK_ADMIN = "platform admin without a second factor"
    SERVICE = "service client"
    OTHER_SERVICE = "other tenant's service client"
    ONE_SCOPE = "client with the scope of the operation alone"
    OTHER_SCOPES = "client with all other scopes"
    DEVICE = "device with few scopes"


SERVICES: Final = {CallerKind.SERVICE, CallerKind.OTHER_SERVICE}
ROOTS: Final = {CallerKind.PLATFORM_ADMIN, CallerKind.STALE_ADMIN}
DEVICE_SCOPES: Final = frozenset({Scope.COURSES_READ, Scope.PROGRESS_READ, Scope.PROGRESS_WRITE})

ROLES: Final[Mapping[CallerKind, OrgRole]] = {
    CallerKind.LEARNER: OrgRole.LEARNER,
    CallerKind.INSTRUCTOR: OrgRole.INSTRUCTOR,
    CallerKind.ADMIN: OrgRole.ADMIN,
    CallerKind.OWNER: OrgRole.OWNER,
    CallerKind.OTHER_OWNER: OrgRole.OWNER,
    CallerKind.SUSPENDED: OrgRole.OWNER,
    CallerKind.WEAK_ADMIN: OrgRole.INSTRUCTOR,
    CallerKind.SERVICE: OrgRole.ADMIN,
    CallerKind.OTHER_SERVICE: OrgRole.ADMIN,
    CallerKind.ONE_SCOPE: OrgRole.OWNER,
    CallerKind.OTHER_SCOPES: OrgRole.OWNER,
    CallerKind.DEVICE: OrgRole.OWNER,
}
"""The role that gives the caller its rights in its tenant."""


def scopes_of(kind: CallerKind, scope: Scope | None) -> frozenset[Scope]:
    """The scopes of the caller's token, when it calls an operation that needs this one."""
    needed = frozenset({scope}) if scope else frozenset()
    if kind in SERVICES:
        return SERVICE_SCOPES
    narrowed = {
        CallerKind.ONE_SCOPE: needed,
        CallerKind.OTHER_SCOPES: frozenset(Scope) - needed,
        CallerKind.DEVICE: DEVICE_SCOPES,
    }
    return narrowed.get(kind, frozenset(Scope))


@dataclass(frozen=True)
class Outcome:
    """The status of a response, and the code of a problem that the permission table implies."""

    status: int
    code: str = ""

    def describes(self, answer: Answer) -> bool:
        return answer.status == self.status and (not self.code or answer.code == self.code)


NOT_AUTHENTICATED: Final = Outcome(HTTPStatus.UNAUTHORIZED, "not-authenticated")
TOO_WEAK: Final = Outcome(HTTPStatus.UNAUTHORIZED, InsufficientAuthentication.code)
SCOPE_MISSING: Final = Outcome(HTTPStatus.FORBIDDEN, "insufficient-scope")
NOT_PERMITTED: Final = Outcome(HTTPStatus.FORBIDDEN, NotPermitted.code)
PERSON_NEEDED: Final = Outcome(HTTPStatus.FORBIDDEN, PersonNeeded.code)
FACTOR_MISSING: Final = Outcome(HTTPStatus.UNAUTHORIZED, SecondFactorMissing.code)
NOT_FOUND: Final = Outcome(HTTPStatus.NOT_FOUND)


@dataclass(frozen=True)
class Cell:
    route: Route
    kind: CallerKind
    object: Object

    def __str__(self) -> str:
        return f"{self.route.name} as {self.kind} on {self.object}"

    @property
    def expected(self) -> Outcome:
        """What the permission table implies, in the order of the checks: token, scope, sign-in, right."""
        operation = self.route.operation
        if operation.is_public:
            return self._public_outcome
        if self.kind is CallerKind.ANONYMOUS:
            return NOT_AUTHENTICATED
        if operation.scope not in scopes_of(self.kind, operation.scope):
            return SCOPE_MISSING
        if operation.needs_recent_sign_in and self.kind is CallerKind.STALE_ADMIN:
            return TOO_WEAK
        if self.kind in SERVICES and operation.needs_person:
            return PERSON_NEEDED
        return self._outcome_by_access

    @property
    def _public_outcome(self) -> Outcome:
        """Only a new sign-in depends on the caller, who names themself in it."""
        if (
            self.kind is CallerKind.WEAK_ADMIN
            and SecondFactorMissing in self.route.operation.errors
        ):
            return FACTOR_MISSING
        return self._outcome_with_access

    @property
    def _outcome_by_access(self) -> Outcome:
        is_learning = self._has_access and self.kind not in ROOTS
        return {
            Whose.ONESELF: self._if_visible(self.object is Object.OWN),
            Whose.PERSON: self._if_visible(self._is_person_visible),
            Whose.PLATFORM: self._if_permitted(self._outcome_with_access),
            Whose.SEEN: self._if_visible(self._has_access),
            Whose.LEARNED: self._if_visible(is_learning),
            Whose.HELD: self._expected_for_tenant_rights,
        }[self.route.operation.access.whose]

    @property
    def _success(self) -> int:
        return example_of(self.route.name).status or self.route.operation.status

    @property
    def _outcome_with_access(self) -> Outcome:
        """For callers with access: success, or not found where there is nothing."""
        names_nothing = self.object in (Object.MISSING, Object.CROSSED)
        if names_nothing and self.route.parameters:
            return NOT_FOUND
        if self.kind in SERVICES and PersonNeeded in self.route.operation.errors:
            return PERSON_NEEDED
        return Outcome(self._success)

    def _if_visible(self, is_visible: bool) -> Outcome:  # noqa: FBT001  # one condition
        return self._outcome_with_access if is_visible else NOT_FOUND

    def _if_permitted(self, outcome: Outcome) -> Outcome:
        """The outcome with the right; without it, whether a stronger sign-in would give it."""
        if self._is_permitted:
            return outcome
        if self.kind is CallerKind.WEAK_ADMIN:
            return TOO_WEAK
        # Whoever manages members learns that they can invite instead.
        can_invite = InvitationNeeded in self.route.operation.errors
        return Outcome(HTTPStatus.FORBIDDEN) if can_invite else NOT_PERMITTED

    @property
    def _expected_for_tenant_rights(self) -> Outcome:
        if not self._has_access:
            return NOT_FOUND
        return self._if_permitted(self._outcome_with_access)

    @property
    def _has_access(self) -> bool:
        """Whether the caller has access to what the URL begins with."""
        if not names_a_thing(self.route):
            return True
        if self.kind in ROOTS:
            return self.object is not Object.MISSING
        is_own_tenant = self.object in (Object.OWN, Object.CROSSED)
        return is_own_tenant and self.kind is not CallerKind.SUSPENDED

    @property
    def _is_person_visible(self) -> bool:
        return self.object is Object.OWN or self.kind in ROOTS

    @property
    def _is_permitted(self) -> bool:
        right = self.route.operation.access.right
        if self.kind in ROOTS:
            return right in RIGHTS_OF_ROLE[Role.ADMIN]
        if self.route.operation.access.whose is Whose.PLATFORM:
            return right in RIGHTS_OF_ROLE[Role.LEARNER]
        if self.kind is CallerKind.SUSPENDED:
            return False
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
    # What belongs to the platform is in no tenant, so there is nothing to cross; a number is in every tenant.
    is_numbered = "number" in route.parameters
    is_of_platform = route.operation.access.whose is Whose.PLATFORM
    if len(route.parameters) > 1 and not is_of_platform and not is_numbered:
        yield Cell(route, kind, Object.CROSSED)
