"""Repository of the keys of issuers: one contract for all stores."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from credentials.domain.entities.issuers import IssuerKeyId, StoredKey
from credentials.domain.errors import IssuerKeyNotFound
from credentials.openbadges.keys import KeyKind
from tests.support.builders import NOON
from tests.support.worlds import World

LATER = NOON + timedelta(days=1)


def a_key(**parts: Any) -> StoredKey:
    members: dict[str, Any] = {
        "id": IssuerKeyId(uuid4()),
        "org_id": None,
        "kind": KeyKind.ED25519,
        "public_jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
        "encrypted_private": "encrypted",
        "valid_from": NOON,
    }
    return StoredKey(**members | parts)


def test_an_issuer_has_one_current_key_of_each_kind(world: World) -> None:
    issuer_keys = world.repositories.issuer_keys
    organization = world.has_organization(url="https://harbour.example")
    key, token_key = a_key(), a_key(kind=KeyKind.RSA)
    of_organization = a_key(org_id=organization.id)

    for new in (key, token_key, of_organization):
        assert issuer_keys.add(new, scope=ALL_TENANTS)
    assert not issuer_keys.add(a_key(), scope=ALL_TENANTS)
    assert not issuer_keys.add(a_key(org_id=organization.id), scope=ALL_TENANTS)

    current = issuer_keys.current_of(None, scope=ALL_TENANTS)
    assert sorted(current, key=lambda stored: stored.kind) == [key, token_key]
    scope = TenantScope.into(organization.id)
    assert issuer_keys.current_of(organization.id, scope=scope) == [of_organization]
    assert issuer_keys.current_of(organization.id, scope=TenantScope()) == []
    with_url = [of_organization], "https://harbour.example"
    assert issuer_keys.current_with_url(organization.id, scope=scope) == with_url
    assert issuer_keys.current_with_url(organization.id, scope=TenantScope()) == ([], "")
    assert issuer_keys.current_with_url(None, scope=ALL_TENANTS) == (current, "")


def test_a_retired_key_stays_and_makes_room_for_another(world: World) -> None:
    issuer_keys, old = world.repositories.issuer_keys, a_key()
    issuer_keys.add(old, scope=ALL_TENANTS)
    retired = replace(old.retired(at=LATER), compromised_from=NOON)
    with world.unit_of_work.atomic():
        assert issuer_keys.current_for_update(None, scope=ALL_TENANTS) == [old]
        assert issuer_keys.get_for_update(old.id, scope=ALL_TENANTS) == old
        issuer_keys.save(replace(retired, encrypted_private="other"), scope=ALL_TENANTS)
    new = a_key(valid_from=LATER)

    assert issuer_keys.add(new, scope=ALL_TENANTS)

    assert issuer_keys.all_of(None, scope=ALL_TENANTS) == [retired, new]
    assert issuer_keys.current_of(None, scope=ALL_TENANTS) == [new]


def test_a_key_out_of_scope_is_neither_found_nor_changed(world: World) -> None:
    issuer_keys = world.repositories.issuer_keys
    key = a_key(org_id=world.has_organization().id)
    issuer_keys.add(key, scope=ALL_TENANTS)

    for key_id, scope in ((key.id, TenantScope()), (IssuerKeyId(uuid4()), ALL_TENANTS)):
        with pytest.raises(IssuerKeyNotFound), world.unit_of_work.atomic():
            issuer_keys.get_for_update(key_id, scope=scope)
    for change in (issuer_keys.add, issuer_keys.save):
        with pytest.raises(OutsideTenantScope):
            change(key, scope=TenantScope())
    assert issuer_keys.all_of(key.org_id, scope=TenantScope()) == []
