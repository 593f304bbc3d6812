"""Builders of invitations."""

import re
from typing import Final

from accounts.domain.access import OrgRole, Principal
from accounts.domain.organizations.entities import Invitation, Organization
from authsvc.kernel.paging import PageRequest
from tests.support.browsing import link_in, mails
from tests.support.tenants import has_member, into
from tests.support.worlds import World

BO: Final = "bo@school.example"


def mailed_token() -> str:
    """The token in the link of the latest mail."""
    match = re.fullmatch(r"/account/invitations/([\w-]+)/", link_in(mails()[-1]))
    assert match
    return match[1]


def is_invited(
    world: World,
    school: Organization,
    *,
    email: str = BO,
    role: OrgRole = OrgRole.LEARNER,
    by: Principal | None = None,
) -> str:
    """Mail an invitation, by default from an owner; return its token."""
    owner = by or has_member(world, school, OrgRole.OWNER)
    world.services.invitations.invite(school.id, email=email, role=role, by=owner)
    return mailed_token()


def pending(world: World, school: Organization) -> list[Invitation]:
    """The pending invitations of the school."""
    page = world.repositories.invitations.page_of(school.id, PageRequest(), scope=into(school))
    return list(page.items)
