"""The isolation matrix: three tenants, and every kind of caller."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from accounts.domain.access import OPERATOR, OrganizationId, Role
from tests.support.application import Answer, Application, Caller
from tests.support.blocks import undone_block
from tests.support.operations import Route
from tests.walls.cells import ROLES, Asker, Cell, Object
from tests.walls.examples import Example, example_of
from tests.walls.tenants import Desk, Member, Tenant

Things = Mapping[str, Any]


class Matrix:
    """Runs each cell in a unit of work that is rolled back, so that cells do not affect each other."""

    def __init__(self, application: Application) -> None:
        self._house, self._desk = application, Desk(application)
        self._home, self._other, self._closed = (
            self._desk.tenant(slug) for slug in ("acme", "brix", "shut")
        )
        self._guests = self._desk.empty_tenant("guests")
        self._root = self._desk.somebody(Role.ADMIN, name="Root")
        self._stranger = self._desk.somebody(name="Stranger")
        self._newcomer = application.signed_in(name="Newcomer")
        application.services.organizations.suspend(
            OrganizationId(UUID(self._closed.org_id)), reason="It did not pay.", by=OPERATOR
        )

    def tried(self, cell: Cell) -> Answer:
        """Send the request of the cell; return the answer."""
        answers: list[Answer] = []
        with undone_block(self._house.services.unit_of_work):
            answers.append(self._sent(cell))
        return answers[0]

    def _sent(self, cell: Cell) -> Answer:
        example, things = example_of(cell.route.name), self._things(cell)
        member = self._member(cell.asker)
        caller = member.person.caller if member else Caller()
        if example.before is not None:
            example.before(caller, things)
        path = cell.route.path.format_map(_places(cell.route, things, example))
        query = "&".join(f"{name}={things['org_id']}" for name in example.query)
        return caller.send(
            cell.route.method,
            f"{path}?{query}" if query else path,
            example.body(things) if example.body else None,
            headers={"Content_Type": example.media_type},
        )

    def _member(self, asker: Asker) -> Member | None:
        if asker is Asker.ANONYMOUS:
            return None
        if asker is Asker.PLATFORM_ADMIN:
            return self._root
        return self._home_of(asker).people[ROLES[asker]]

    def _home_of(self, asker: Asker) -> Tenant:
        homes = {Asker.OTHER_OWNER: self._other, Asker.SUSPENDED: self._closed}
        return homes.get(asker, self._home)

    def _things(self, cell: Cell) -> Things:
        """What the request is about."""
        home = self._home_of(cell.asker)
        foreign = self._other if home is self._home else self._home
        own = self._all(self._member(cell.asker) or self._stranger, home)
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
                nobodys = dict.fromkeys(own.keys() - {"taught"}, str(uuid4()))
                return own | _named(cell.route, nobodys)

    def _all(self, member: Member, tenant: Tenant) -> dict[str, Any]:
        return {
            **tenant.things,
            **member.things,
            "newcomer_id": self._newcomer.id,
            "client_terms": self._desk.client_terms(),
            "token": self._desk.token_for(member, self._guests),
        }


def _named(route: Route, things: Things) -> dict[str, Any]:
    """Those of the things that stand in the request for what it is about; what is sent along stays as it is."""
    means = example_of(route.name).stands_for.values()
    names = {*route.parameters, *means, "member_id", "question_id", "taught", "token", "org_id"}
    return {name: things[name] for name in names if name in things}


def _places(route: Route, things: Things, example: Example) -> Things:
    """What stands in the path. Of people in an organization it is one whom nobody of the askers is."""
    is_of_members = "org_id" in route.parameters
    user_id = things["member_id"] if is_of_members else things["user_id"]
    means = {name: things[thing] for name, thing in example.stands_for.items()}
    return {**things, "user_id": user_id, **means}
