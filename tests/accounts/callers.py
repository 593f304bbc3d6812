"""Callers with other tokens than those that signing in gives."""

from dataclasses import replace
from datetime import timedelta

from accounts.domain.access import Scope
from tests.support.application import Application, Caller, Person


def narrowed(application: Application, person: Person, *scopes: Scope) -> Caller:
    """The person, with a token of the same session for these scopes alone."""
    tokens, now = application.services.ports.access_tokens, application.services.ports.clock.now()
    claims = tokens.verify(person.caller.token, at=now)
    return Caller(tokens.issue(replace(claims, scopes=frozenset(scopes)), roles=(), at=now))


def late(application: Application, person: Person) -> Caller:
    """The person, with a token of the same session that expired a moment ago."""
    tokens, now = application.services.ports.access_tokens, application.services.ports.clock.now()
    claims = tokens.verify(person.caller.token, at=now)
    expired = now - tokens.lifetime - timedelta(seconds=1)
    return Caller(tokens.issue(claims, roles=(), at=expired))
