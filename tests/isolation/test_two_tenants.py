"""Two tenants with the same names and titles: whatever their members do, they never see each other."""

import re
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import pytest

from accounts.domain.access import OrgRole
from tests.isolation.examples import example_of
from tests.isolation.tenants import Member, Neighbours, Tenant, Tenants
from tests.support.application import Answer
from tests.support.operations import Route, routes

pytestmark = [pytest.mark.memory_nightly, pytest.mark.long]

ACTS: Final = 300
NAMES: Final = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[\w.-]+@[\w.-]+|(?:acme|brix)--[a-z]+"
)
"""Identifiers of objects and people: ids, e-mail addresses, slugs."""
ENDS_SOMETHING: Final = {
    "logOut",
    "changeMyPassword",
    "endMySession",
    "deleteOrganization",
    "changeMember",
    "removeMember",
    "removeServiceClient",
    "changeOrganization",
}
"""Operations after which the caller could not perform others."""
SHOWN_TO_ALL: Final = {
    "getCredentialVersion",
    "getIssued",
    "getIssuer",
    "getIssuerDidDocument",
    "getIssuerKey",
    "getRevocationList",
    "getStatusList",
    "verifyIssued",
}


@dataclass
class Side:
    """A tenant, its members, and every identifier they have seen."""

    tenant: Tenant
    people: list[Member]
    names: set[str] = field(default_factory=set)


class Scene:
    """Two tenants, a member of both, and identifiers that everyone may know."""

    def __init__(self, neighbours: Neighbours) -> None:
        tenants = neighbours.tenants
        self.both = tenants.somebody(name="Both")
        self.sides = [self._side(tenants, tenant) for tenant in (neighbours.home, neighbours.other)]
        self.client_terms = tenants.client_terms()
        self.of_the_platform = _names_in(tenants.of_the_platform())
        self.newcomers = [neighbours.newcomer.id, neighbours.stranger.id]

    def _side(self, tenants: Tenants, tenant: Tenant) -> Side:
        tenants.add(tenant.org_id, self.both.id, OrgRole.LEARNER)
        return Side(tenant, [*tenant.people.values(), self.both])

    def act(self, random: Random) -> None:
        """A random member sends a random request about an object of either tenant."""
        mine, other = random.sample(self.sides, 2)
        member = random.choice(mine.people)
        about = mine if random.random() < 0.7 else other
        route = random.choice([route for route in routes().values() if _can_be_repeated(route)])
        things = self._things(mine, about, member)
        request, answer = _send(route, member, things)
        if member is not self.both:
            # Words that callers sent themselves reveal nothing to them.
            mine.names |= _names_in(answer.text) - _names_in(request)

    def _things(self, mine: Side, about: Side, member: Member) -> dict[str, Any]:
        """Identifiers that the sender of a request knows or could have learned."""
        return {
            **member.things,
            **about.tenant.things,
            "newcomer_id": self.newcomers[self.sides.index(mine)],
            "client_terms": self.client_terms,
            "token": "of nobody",
        }

    @property
    def known_to_all(self) -> set[str]:
        """Identifiers of the platform and of the member of both tenants."""
        return self.of_the_platform | {self.both.id, self.both.person.email}


def _can_be_repeated(route: Route) -> bool:
    return route.name not in ENDS_SOMETHING | SHOWN_TO_ALL


def _send(route: Route, member: Member, things: dict[str, Any]) -> tuple[str, Answer]:
    """The text of the request, and the response."""
    example = example_of(route.name)
    query = "&".join(f"{name}={things['org_id']}" for name in example.query)
    stand_ins = {name: things[thing] for name, thing in example.stands_for.items()}
    path = route.path.format_map({**things, **stand_ins})
    body = example.body(things) if example.body else None
    answer = member.person.caller.send(
        route.method,
        f"{path}?{query}" if query else path,
        body,
        headers={"Content_Type": example.media_type},
    )
    return f"{path} {query} {body}", answer


def _names_in(text: str) -> set[str]:
    return set(NAMES.findall(text))


@pytest.mark.parametrize(
    ("seed", "acts"),
    [(0, ACTS // 2), *(pytest.param(seed, ACTS, marks=pytest.mark.nightly) for seed in range(3))],
)
def test_members_of_two_tenants_never_see_each_other(
    neighbours: Neighbours, seed: int, acts: int
) -> None:
    scene, random = Scene(neighbours), Random(seed)

    for _ in range(acts):
        scene.act(random)

    acme, brix = scene.sides
    assert min(len(acme.names), len(brix.names)) > 25
    assert acme.names & brix.names <= scene.known_to_all
