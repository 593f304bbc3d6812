"""The isolation matrix: two tenants, and one kind of caller."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings

from accounts.domain.access import OPERATOR, OrganizationId, Role, Scope, UserId
from accounts.domain.identity.entities.users import UserChanges
from tests.isolation.cells import ROLES, ROOTS, SERVICES, CallerKind, Cell, Object, scopes_of
from tests.isolation.examples import Example, example_of
from tests.isolation.tenants import Member, Neighbours, Tenant
from tests.isolation.tokens import Tokens
from tests.support.application import Answer, Caller
from tests.support.blocks import undone_block
from tests.support.operations import Route

Things = Mapping[str, Any]

IN_BODIES: Final = {"member_id", "question_id", "course_id", "taught", "token", "org_id"}
"""Things that identify the object of a request without being in its path."""


class Matrix:
    """Runs each cell in a unit of work that is rolled back, so that cells do not affect each other."""

    def __init__(self, neighbours: Neighbours, kind: CallerKind) -> None:
        self._application, self._tenants = neighbours.application, neighbours.tenants
        self._kind, self._tokens = kind, Tokens(self._application)
        self._callers: dict[frozenset[Scope], Caller] = {}
        self._answers: dict[str, Answer] = {}
        self._home, self._other = neighbours.home, neighbours.other
        self._tenant = self._tenant_of_kind()
        self._stranger, self._newcomer = neighbours.stranger, neighbours.newcomer
        self._member = self._member_of_kind()
        self._invitations = {
            member.id: self._tenants.token_for(member, neighbours.guests)
            for member in (self._member or self._stranger, self._stranger)
        }

    def send(self, cell: Cell) -> Answer:
        """The response to the request of the cell, which is sent once and rolled back."""
        if str(cell) not in self._answers:
            caller = self._caller(scopes_of(self._kind, cell.route.operation.scope))
            with undone_block(self._application.services.unit_of_work):
                self._answers[str(cell)] = self._send(cell, caller)
        return self._answers[str(cell)]

    def _send(self, cell: Cell, caller: Caller) -> Answer:
        example, things = example_of(cell.route.name), self._things(cell)
        if example.before is not None:
            example.before(self._member.person.caller if self._member else Caller(), things)
        path = cell.route.path.format_map(path_values(cell.route, things, example))
        query = "&".join(f"{name}={things['org_id']}" for name in example.query)
        return caller.send(
            cell.route.method,
            f"{path}?{query}" if query else path,
            example.body(things) if example.body else None,
            headers={"Content_Type": example.media_type},
        )

    def _caller(self, scopes: frozenset[Scope]) -> Caller:
        """The caller with a token for these scopes, which is issued once."""
        if scopes not in self._callers:
            self._callers[scopes] = self._new_caller(scopes)
        return self._callers[scopes]

    def _new_caller(self, scopes: frozenset[Scope]) -> Caller:
        if self._kind in SERVICES:
            return self._tokens.of_service_client(self._tenant.org_id)
        if self._member is None:
            return Caller()
        person = self._member.person
        match self._kind:
            case CallerKind.STALE_ADMIN:
                age = settings.ENVIRONMENT.fresh_sign_in
                return self._tokens.by_code(person, scopes, age=age)
            case CallerKind.ONE_SCOPE | CallerKind.OTHER_SCOPES:
                return self._tokens.by_code(person, scopes)
            case CallerKind.DEVICE:
                return self._tokens.by_device(person, scopes)
            case _:
                return person.caller

    def _member_of_kind(self) -> Member | None:
        if self._kind is CallerKind.ANONYMOUS or self._kind in SERVICES:
            return None
        if self._kind in ROOTS:
            return self._appointed(self._tenants.somebody(name="Root"))
        member = self._tenant.people[ROLES[self._kind]]
        return self._appointed(member) if self._kind is CallerKind.WEAK_ADMIN else member

    def _appointed(self, member: Member) -> Member:
        """The member as an admin of the platform, who signed in before they were appointed."""
        changes = UserChanges(roles=(Role.ADMIN,))
        self._application.services.users.edit(UserId(UUID(member.id)), changes, by=OPERATOR)
        return member

    def _tenant_of_kind(self) -> Tenant:
        """The tenant of the caller."""
        match self._kind:
            case CallerKind.OTHER_OWNER | CallerKind.OTHER_SERVICE:
                return self._other
            case CallerKind.SUSPENDED:
                return self._suspended(self._home)
            case _:
                return self._home

    def _suspended(self, tenant: Tenant) -> Tenant:
        self._application.services.organizations.suspend(
            OrganizationId(UUID(tenant.org_id)), reason="Unpaid.", by=OPERATOR
        )
        return tenant

    def _things(self, cell: Cell) -> Things:
        """The objects that the request names."""
        home = self._tenant
        foreign = self._other if home is self._home else self._home
        own = self._all(self._member or self._stranger, home)
        others = self._all(self._stranger, foreign)
        match cell.object:
            case Object.OWN:
                return own
            case Object.OTHER:
                return own | _named(cell.route, others)
            case Object.CROSSED:
                outer = cell.route.parameters[0]
                return own | _named(cell.route, others) | {outer: own[outer]}
            case Object.MISSING:
                missing = dict.fromkeys(own.keys() - {"taught"}, str(uuid4()))
                return own | _named(cell.route, missing)

    def _all(self, member: Member, tenant: Tenant) -> dict[str, Any]:
        return {
            **tenant.things,
            **member.things,
            "newcomer_id": self._newcomer.id,
            "client_terms": self._tenants.client_terms(),
            "token": self._invitations[member.id],
            **(_tasks_of(tenant) if self._kind in SERVICES else {}),
        }


def _tasks_of(tenant: Tenant) -> dict[str, str]:
    """The tasks of the organization, which are those of its service client, too."""
    return {name: tenant.things[f"org_{name}"] for name in ("task_id", "done_task_id")}


def _named(route: Route, things: Things) -> dict[str, Any]:
    """The things that identify the object of the request; other values of the request stay as they are."""
    stand_ins = example_of(route.name).stands_for.values()
    names = {*route.parameters, *stand_ins, *IN_BODIES}
    return {name: things[name] for name in names if name in things}


def path_values(route: Route, things: Things, example: Example) -> Things:
    """The values of the path parameters. The `user_id` of a member is never that of a caller."""
    is_of_members = "org_id" in route.parameters
    user_id = things["member_id"] if is_of_members else things["user_id"]
    stand_ins = {name: things[thing] for name, thing in example.stands_for.items()}
    return {**things, "user_id": user_id, **stand_ins}
