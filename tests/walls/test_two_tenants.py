"""Two tenants with the same names and titles: whatever their members do, they never see each other."""

import re
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import pytest

from accounts.domain.access import OrgRole
from tests.support.application import Answer, Application
from tests.support.operations import Route, routes
from tests.walls.examples import example_of
from tests.walls.tenants import Desk, Member, Tenant

pytestmark = pytest.mark.postgres_too

ACTS: Final = 300
NAMES: Final = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[\w.-]+@[\w.-]+|(?:acme|brix)--[a-z]+"
)
"""What things and people are told apart by: ids, addresses, slugs."""
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
"""Acts after which somebody could do no more of the others."""
SHOWN_TO_ALL: Final = {"getIssued", "verifyIssued"}


@dataclass
class Side:
    """A school, who acts for it, and every name that they have been shown."""

    tenant: Tenant
    people: list[Member]
    seen: set[str] = field(default_factory=set)


class Street:
    """Both schools, a person who learns at both, and what everybody may know."""

    def __init__(self, application: Application) -> None:
        desk = Desk(application)
        self.both = desk.somebody(name="Both")
        self.sides = [self._side(desk, slug) for slug in ("acme", "brix")]
        self.client_terms = desk.client_terms()
        self.of_the_platform = _names_in(desk.of_the_platform(self.both.person))
        self.newcomers = [desk.somebody(name="Newcomer").id for _ in self.sides]

    def _side(self, desk: Desk, slug: str) -> Side:
        tenant = desk.tenant(slug)
        owner = tenant.people[OrgRole.OWNER].person
        owner.caller.post(f"/v1/orgs/{tenant.org_id}/members", {"user_id": self.both.id})
        return Side(tenant, [*tenant.people.values(), self.both])

    def act(self, random: Random) -> None:
        """Somebody of one school sends some request, about a thing of either."""
        mine, other = random.sample(self.sides, 2)
        member = random.choice(mine.people)
        about = mine if random.random() < 0.7 else other
        route = random.choice([each for each in routes().values() if _can_be_repeated(each)])
        things = self._things(mine, about, member)
        said, answer = _sent(route, member, things)
        if member is not self.both:
            # Words that callers sent themselves reveal nothing to them.
            mine.seen |= _names_in(answer.text) - _names_in(said)

    def _things(self, mine: Side, about: Side, member: Member) -> dict[str, Any]:
        """Names that the sender of a request knows, or could have heard somewhere."""
        return {
            **member.things,
            **about.tenant.things,
            "newcomer_id": self.newcomers[self.sides.index(mine)],
            "client_terms": self.client_terms,
            "token": "of nobody",
        }

    @property
    def known_to_all(self) -> set[str]:
        """What is the platform's, and of the person who is at both schools."""
        return self.of_the_platform | {self.both.id, self.both.person.email}


def _can_be_repeated(route: Route) -> bool:
    return route.name not in ENDS_SOMETHING | SHOWN_TO_ALL


def _sent(route: Route, member: Member, things: dict[str, Any]) -> tuple[str, Answer]:
    """All that the request has said, and the answer."""
    example = example_of(route.name)
    query = "&".join(f"{name}={things['org_id']}" for name in example.query)
    means = {name: things[thing] for name, thing in example.stands_for.items()}
    path = route.path.format_map({**things, **means})
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


@pytest.mark.parametrize("seed", range(3))
def test_the_people_of_two_schools_never_see_each_other(
    application: Application, seed: int
) -> None:
    street, random = Street(application), Random(seed)

    for _ in range(ACTS):
        street.act(random)

    acme, brix = street.sides
    assert min(len(acme.seen), len(brix.seen)) > 25
    assert acme.seen & brix.seen <= street.known_to_all
