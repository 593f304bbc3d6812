"""The isolation matrix: three tenants, and every kind of caller."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from accounts.domain.access import OPERATOR, OrganizationId, Role
from tests.isolation.cells import ROLES, CallerKind, Cell, Object
from tests.isolation.examples import Example, example_of
from tests.isolation.tenants import Member, Tenant, Tenants
from tests.support.application import Answer, Application, Caller
from tests.support.blocks import undone_block
from tests.support.operations import Route

Things = Mapping[str, Any]


class Matrix:
    """Runs each cell in a unit of work that is rolled back, so that cells do not affect each other."""

    def __init__(self, application: Application) -> None:
        self._application, self._tenants = application, Tenants(application)
        self._home, self._other, self._closed = (
            self._tenants.tenant(slug) for slug in ("acme", "brix", "shut")
        )
        self._guests = self._tenants.empty_tenant("guests")
        self._root = self._tenants.somebody(Role.ADMIN, name="Root")
        self._stranger = self._tenants.somebody(name="Stranger")
        self._newcomer = application.signed_in(name="Newcomer")
        application.services.organizations.suspend(
            OrganizationId(UUID(self._closed.org_id)), reason="Unpaid.", by=OPERATOR
        )

    def send(self, cell: Cell) -> Answer:
        """Send the request of the cell, roll it back, and return the response."""
        answers: list[Answer] = []
        with undone_block(self._application.services.unit_of_work):
            answers.append(self._send(cell))
        return answers[0]

    def _send(self, cell: Cell) -> Answer:
        example, things = example_of(cell.route.name), self._things(cell)
        member = self._member(cell.kind)
        caller = member.person.caller if member else Caller()
        if example.before is not None:
            example.before(caller, things)
        path = cell.route.path.format_map(_path_values(cell.route, things, example))
        query = "&".join(f"{name}={things['org_id']}" for name in example.query)
        return caller.send(
            cell.route.method,
            f"{path}?{query}" if query else path,
            example.body(things) if example.body else None,
            headers={"Content_Type": example.media_type},
        )

    def _member(self, kind: CallerKind) -> Member | None:
        if kind is CallerKind.ANONYMOUS:
            return None
        if kind is CallerKind.PLATFORM_ADMIN:
            return self._root
        return self._tenant_of(kind).people[ROLES[kind]]

    def _tenant_of(self, kind: CallerKind) -> Tenant:
        homes = {CallerKind.OTHER_OWNER: self._other, CallerKind.SUSPENDED: self._closed}
        return homes.get(kind, self._home)

    def _things(self, cell: Cell) -> Things:
        """The objects that the request names."""
        home = self._tenant_of(cell.kind)
        foreign = self._other if home is self._home else self._home
        own = self._all(self._member(cell.kind) or self._stranger, home)
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
            "token": self._tenants.token_for(member, self._guests),
        }


def _named(route: Route, things: Things) -> dict[str, Any]:
    """The things that identify the object of the request; other values of the request stay as they are."""
    stand_ins = example_of(route.name).stands_for.values()
    names = {*route.parameters, *stand_ins, "member_id", "question_id", "taught", "token", "org_id"}
    return {name: things[name] for name in names if name in things}


def _path_values(route: Route, things: Things, example: Example) -> Things:
    """The values of the path parameters. The `user_id` of a member is never that of a caller."""
    is_of_members = "org_id" in route.parameters
    user_id = things["member_id"] if is_of_members else things["user_id"]
    stand_ins = {name: things[thing] for name, thing in example.stands_for.items()}
    return {**things, "user_id": user_id, **stand_ins}
