"""Claims in tests: stored ones, whose token the test chooses."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from authsvc.composition.container import Services
from authsvc.kernel.tenancy import ALL_TENANTS
from credentials.domain.entities.claims import ClaimId, CredentialClaim
from credentials.domain.entities.definitions import Credential, CredentialId
from tests.support.builders import NOON


def a_claim(credential: Credential, **parts: Any) -> CredentialClaim:
    given: dict[str, Any] = {
        "id": ClaimId(uuid4()),
        "credential_id": credential.id,
        "credential_version": credential.version,
        "org_id": credential.org_id,
        "email": "anna@home.example",
        "token_hash": uuid4().hex * 2,
        "reason": "Workshop of May.",
        "made_by": None,
        "created_at": NOON,
        "expires_at": NOON + timedelta(days=90),
    }
    return CredentialClaim(**given | parts)


def stored_claim(services: Services, credential_id: str, *, email: str, token: str) -> str:
    """The id of an open claim with this token."""
    credentials, now = services.repositories.credentials, services.ports.clock.now()
    credential = credentials.get(CredentialId(UUID(credential_id)), scope=ALL_TENANTS)
    claim = a_claim(
        credential,
        email=email,
        token_hash=services.ports.opaque_tokens.hash(token),
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    assert services.repositories.claims.add_all([claim], scope=ALL_TENANTS) == 1
    return str(claim.id)
