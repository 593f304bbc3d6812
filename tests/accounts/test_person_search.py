"""Contract of the search for people: the lists of users and of members."""

from dataclasses import replace
from functools import partial
from typing import Final
from unicodedata import normalize

import pytest

from accounts.domain.access import OrganizationId, OrgRole
from accounts.domain.identity.entities.users import PersonSearch, User
from accounts.domain.organizations.entities import OrgMembership
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.support.builders import NOON
from tests.support.pages import pages_of
from tests.support.worlds import World

WHOLE: Final = PageRequest(limit=100)


def joined(world: World, org_id: OrganizationId, user: User) -> None:
    membership = OrgMembership(org_id=org_id, user_id=user.id, role=OrgRole.LEARNER, joined_at=NOON)
    world.repositories.memberships.add(membership, scope=ALL_TENANTS)


def found_in(world: World, text: str) -> list[str]:
    """The addresses of the users whom the search finds; it finds the same ones as members of an organization."""
    search = PersonSearch(text)
    users = world.repositories.users.page_of(WHOLE, search=search).items
    organization = world.has_organization()
    for user in world.repositories.users.page_of(WHOLE).items:
        joined(world, organization.id, user)
    members = world.repositories.memberships.page_of(
        organization.id, WHOLE, search=search, scope=ALL_TENANTS
    )
    emails = sorted(user.email for user in users)
    assert sorted(member.email for member in members.items) == emails
    return emails


FOUND: Final = {
    "a part of a name": ("Anna Åberg", "nna å"),
    "another case": ("Anna Åberg", "ANNA ÅBERG"),
    "a name in capitals": ("ÅSE", "åse"),
    "Greek with a final sigma": ("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"),
    "Cyrillic": ("Илья", "иЛЬЯ"),
    "a sharp s": ("Anna Groß", "GROSS"),
    "a sharp s for two": ("Anna Gross", "groß"),
    "a dotted capital": ("İnci", "i̇nci"),
    "accents apart": ("Åse", normalize("NFD", "Åse")),
    "accents that case folding takes apart": ("ΐ", "Ϊ́"),
    "blanks around": ("Anna", "  anna "),
    "a percent sign": ("100% Anna", "0%"),
    "an underscore": ("anna_b", "a_b"),
    "a backslash": ("anna\\b", "a\\b"),
    "a quote": ("Anna O'Neill", "o'n"),
    "beyond the basic plane": ("𐐀nna", "𐐨"),
    "nothing": ("Anna", " "),
}
MISSED: Final = {
    "an accent less": ("Åse", "ase"),
    "an accent more": ("Ase", "å"),
    "a pattern": ("Anna", "a%a"),
    "any letter": ("Anna", "a_na"),
    "an escaped pattern": ("Anna", "\\%"),
    "two parts": ("Anna Berg", "anna  berg"),
    "name and address across": ("Anna", "annaanna"),
}


@pytest.mark.parametrize(("name", "text"), FOUND.values(), ids=FOUND)
def test_a_part_of_the_name_finds_a_person(world: World, name: str, text: str) -> None:
    world.has_user(name=name, email="one@school.example")

    assert found_in(world, text) == ["one@school.example"]


@pytest.mark.parametrize(("name", "text"), MISSED.values(), ids=MISSED)
def test_anything_else_finds_nobody(world: World, name: str, text: str) -> None:
    world.has_user(name=name, email="one@school.example")

    assert found_in(world, text) == []


@pytest.mark.parametrize(
    ("email", "text"),
    [
        ("anna_b@school.example", "ANNA_B@School"),
        ("anna%b@school.example", "a%b"),
        ("groß@school.example", "groß"),
        ("åse@school.example", "ÅSE@"),
    ],
)
def test_a_part_of_the_address_finds_a_person(world: World, email: str, text: str) -> None:
    world.has_user(name="Bo", email=email)
    world.has_user(name="Cleo", email="annaxb@school.example")

    assert found_in(world, text) == [email]


def test_a_new_name_is_found_and_the_old_one_is_not(world: World) -> None:
    user = world.has_user(name="Åse", email="one@school.example")

    world.repositories.users.save(replace(user, name="Ödön"))

    assert found_in(world, "ÖD") == ["one@school.example"]
    assert found_in(world, "åse") == []


def test_a_new_address_is_found_and_the_old_one_is_not(world: World) -> None:
    user = world.has_user(email="one@school.example")

    world.repositories.users.change_email(user.id, email="two@school.example", at=NOON)

    assert found_in(world, "TWO@") == ["two@school.example"]
    assert found_in(world, "one@") == []


def test_matches_are_listed_page_after_page(world: World) -> None:
    organization = world.has_organization()
    for number in range(6):
        name = "Anna" if number % 2 else "Bo"
        joined(world, organization.id, world.has_user(name=name))
    search = PersonSearch("ann")

    users = pages_of(partial(world.repositories.users.page_of, search=search), limit=2)
    members = pages_of(
        partial(
            world.repositories.memberships.page_of,
            organization.id,
            search=search,
            scope=ALL_TENANTS,
        ),
        limit=2,
    )

    assert [[user.name for user in page] for page in users] == [["Anna"] * 2, ["Anna"]]
    assert [[member.name for member in page] for page in members] == [["Anna"] * 2, ["Anna"]]


def test_members_of_another_organization_are_not_found(world: World) -> None:
    own, other = world.has_organization(), world.has_organization()
    joined(world, other.id, world.has_user(name="Anna"))

    page = world.repositories.memberships.page_of(
        own.id, WHOLE, search=PersonSearch("anna"), scope=ALL_TENANTS
    )

    assert page.items == ()
