"""Keys of issuers: made at first need, encrypted where they are stored, rotated, and marked as compromised."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, OrganizationId, OrgRole
from accounts.domain.audit.entities import AuditAction
from accounts.domain.organizations.errors import OrganizationNotFound
from authsvc.kernel.tenancy import ALL_TENANTS
from credentials.domain.errors import (
    AlreadyCompromised,
    ImpossibleCompromise,
    IssuerKeyUnreadable,
    IssuerNotFound,
    ReasonMissing,
)
from credentials.openbadges.keys import KeyKind
from tests.support.organizations import a_member
from tests.support.worlds import World


def test_keys_are_made_when_they_are_first_needed_and_used_again(memory: World) -> None:
    issuer_keys = memory.services.issuer_keys
    with pytest.raises(IssuerNotFound):
        issuer_keys.issuer(None)

    first, second = (issuer_keys.signing_keys(None) for _ in range(2))

    assert (first.proof.id, first.token.id) == (second.proof.id, second.token.id)
    assert {key.kind for key in issuer_keys.issuer(None).keys} == set(KeyKind)


def test_the_private_half_is_encrypted_and_in_no_representation(memory: World) -> None:
    keys = memory.services.issuer_keys.signing_keys(None)
    pems = [keys.proof.private_pem, keys.token.private_pem]
    stored = memory.repositories.issuer_keys.all_of(None, scope=ALL_TENANTS)

    secrets = [line for pem in pems for line in pem.splitlines() if len(line) > 30]
    shown = repr(stored) + repr(keys) + repr(memory.services.issuer_keys)
    public = "".join(str(key.public_jwk) for key in stored)

    assert not any(secret in text for secret in secrets for text in (shown, public))
    assert not any("PRIVATE" in key.encrypted_private for key in stored)
    assert all(key.encrypted_private not in shown for key in stored)


def test_a_key_of_another_secret_key_is_named_and_nothing_else(memory: World) -> None:
    issuer_keys, stored = memory.services.issuer_keys, memory.repositories.issuer_keys
    issuer_keys.signing_keys(None)
    for key in stored.current_of(None, scope=ALL_TENANTS):
        broken = replace(key, encrypted_private="of another secret key")
        stored.store[key.id] = broken  # type: ignore[attr-defined]  # in memory
    issuer_keys.loaded.clear()

    with pytest.raises(IssuerKeyUnreadable) as failure:
        issuer_keys.signing_keys(None)
    assert "of another secret key" not in str(failure.value)

    issuer_keys.rotate(None, reason="The secret key changed.", by=OPERATOR)
    issuer_keys.signing_keys(None)


def test_a_rotation_retires_the_keys_and_is_audited(memory: World) -> None:
    issuer_keys = memory.services.issuer_keys
    before = issuer_keys.signing_keys(None)
    memory.clock.go_on(days=1)

    with pytest.raises(ReasonMissing):
        issuer_keys.rotate(None, reason=" ", by=OPERATOR)
    issuer_keys.rotate(None, reason="Yearly.", by=OPERATOR)

    after = issuer_keys.signing_keys(None)
    assert {after.proof.id, after.token.id}.isdisjoint({before.proof.id, before.token.id})
    keys = issuer_keys.issuer(None).keys
    assert [key.is_current for key in keys] == [False, False, True, True]
    assert {key.retired_at for key in keys if not key.is_current} == {memory.clock.now()}
    entry = list(memory.repositories.audit_log.store.values())[-1]  # type: ignore[attr-defined]  # in memory
    assert (entry.act.action, entry.act.reason) == (AuditAction.ISSUER_KEYS_ROTATED, "Yearly.")


def test_keys_are_rotated_for_organizations_in_the_scope_of_the_caller_alone(memory: World) -> None:
    issuer_keys, harbour = memory.services.issuer_keys, memory.has_organization(slug="harbour")
    abroad = a_member(memory.has_organization(slug="abroad").id, OrgRole.OWNER)

    with pytest.raises(OrganizationNotFound):
        issuer_keys.rotate(harbour.id, reason="Yearly.", by=abroad)
    with pytest.raises(OrganizationNotFound):
        issuer_keys.rotate(OrganizationId(uuid4()), reason="Yearly.", by=OPERATOR)
    with pytest.raises(NotPermitted):
        issuer_keys.rotate(harbour.id, reason="Yearly.", by=a_member(harbour.id, OrgRole.LEARNER))
    with pytest.raises(IssuerNotFound):
        issuer_keys.issuer(harbour.id)

    assert len(issuer_keys.rotate(harbour.id, reason="Yearly.", by=OPERATOR)) == 2


def test_a_key_is_compromised_from_a_time_that_can_only_move_back(memory: World) -> None:
    issuer_keys, now = memory.services.issuer_keys, memory.clock.now()
    issuer_keys.signing_keys(None)
    key = issuer_keys.issuer(None).keys[0]

    def mark(days: int, reason: str = "Leaked.") -> None:
        since = now + timedelta(days=days)
        issuer_keys.mark_compromised(key.id, since=since, reason=reason, by=OPERATOR)

    with pytest.raises(ImpossibleCompromise):
        mark(1)
    with pytest.raises(ReasonMissing):
        mark(0, reason="")
    mark(0)
    with pytest.raises(AlreadyCompromised):
        mark(0)
    mark(-7)

    stored = next(row for row in issuer_keys.issuer(None).keys if row.id == key.id)
    assert (stored.compromised_from, stored.is_current) == (now - timedelta(days=7), False)
