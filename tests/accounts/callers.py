"""Callers with other tokens than those that signing in gives."""

from dataclasses import replace
from datetime import timedelta

from accounts.domain.entities import Scope
from tests.support.house import Caller, House, Person


def narrowed(house: House, person: Person, *scopes: Scope) -> Caller:
    """The person, with a token of the same session for these scopes alone."""
    tokens, now = house.services.ports.access_tokens, house.services.ports.clock.now()
    claims = tokens.verify(person.caller.token, at=now)
    return Caller(tokens.issue(replace(claims, scopes=frozenset(scopes)), roles=(), at=now))


def late(house: House, person: Person) -> Caller:
    """The person, with a token of the same session that expired a moment ago."""
    tokens, now = house.services.ports.access_tokens, house.services.ports.clock.now()
    claims = tokens.verify(person.caller.token, at=now)
    expired = now - tokens.lifetime - timedelta(seconds=1)
    return Caller(tokens.issue(claims, roles=(), at=expired))
