"""Callers with narrowed or expired tokens."""

from dataclasses import replace
from datetime import timedelta

from accounts.domain.access import Scope
from tests.support.application import Application, Caller, Person


def narrowed(application: Application, person: Person, *scopes: Scope) -> Caller:
    """The same person and session, with a token for these scopes only."""
    tokens, now = application.services.ports.access_tokens, application.services.ports.clock.now()
    claims = tokens.verify(person.caller.token, at=now)
    return Caller(tokens.issue(replace(claims, scopes=frozenset(scopes)), roles=(), at=now))


def late(application: Application, person: Person) -> Caller:
    """The same person and session, with a token that has just expired."""
    tokens, now = application.services.ports.access_tokens, application.services.ports.clock.now()
    claims = tokens.verify(person.caller.token, at=now)
    expired = now - tokens.lifetime - timedelta(seconds=1)
    return Caller(tokens.issue(claims, roles=(), at=expired))
