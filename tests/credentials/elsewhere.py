"""Issuers on other hosts, behind a port for outbound requests that has their answers in memory."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from authsvc.kernel.outbound import OutboundFailed, OutboundRequest, OutboundResponse
from credentials.domain.services.badge_verification import BadgeVerifier
from credentials.domain.services.foreign_issuers import ForeignIssuers
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.keys import did_document
from credentials.openbadges.revocation_lists import STATUS_TYPE, RevokedEntry, list_document
from tests.credentials.openbadges.awards import (
    AWARD,
    ISSUED,
    LIST_URL,
    SCHOOL,
    SCHOOL_ID,
    document,
    ed25519,
    rsa,
)
from tests.credentials.openbadges.issuers import status_list
from tests.support.application import Application

DID_URL: Final = "https://badges.example/orgs/harbour/did.json"
"""Where SCHOOL, which is a did:web, publishes its document."""
HOSTED: Final = AWARD.id
BADGE: Final = json_text(with_proof(document(), ed25519(), ISSUED))
"""A badge of SCHOOL that can be revoked."""
REVOCATIONS: Final = "https://badges.example/revocations"
LISTED_BADGE: Final = json_text(
    with_proof(
        document() | {"credentialStatus": {"id": REVOCATIONS, "type": STATUS_TYPE}},
        ed25519(),
        ISSUED,
    )
)
"""The same badge, with the revocation list of SCHOOL in place of its status list."""


def key_document(**members: Any) -> bytes:
    """The DID document of SCHOOL."""
    return json_text(did_document(SCHOOL, [ed25519(), rsa()]) | members).encode()


def published_list(*indexes: int, **members: Any) -> bytes:
    """The status list of SCHOOL in which these credentials are revoked."""
    return json_text(status_list(indexes) | members).encode()


def revocation_list(*credential_ids: str, **members: Any) -> bytes:
    """The revocation list of SCHOOL with these credentials."""
    revoked = [RevokedEntry(id=credential_id) for credential_id in credential_ids]
    written = list_document(url=REVOCATIONS, issuer_id=SCHOOL_ID, revoked=revoked)
    return json_text(written | members).encode()


@dataclass
class Web:
    """Implements OutboundHttp with answers in memory: a body, another answer, or why there is none."""

    pages: dict[str, bytes | OutboundResponse | OutboundFailed] = field(
        default_factory=lambda: {
            DID_URL: key_document(),
            LIST_URL: published_list(),
            HOSTED: BADGE.encode(),
        }
    )
    seconds: float = 0.0
    """How long each answer takes, on the timer of verifications."""
    requests: list[OutboundRequest] = field(default_factory=list)
    passed: float = 0.0

    def send(self, request: OutboundRequest) -> OutboundResponse:
        self.requests.append(request)
        self.passed += self.seconds
        page = self.pages.get(request.url)
        if isinstance(page, OutboundFailed):
            raise page
        if isinstance(page, OutboundResponse):
            return page
        return OutboundResponse(status=404 if page is None else 200, content=page or b"")

    @property
    def urls(self) -> list[str]:
        return [request.url for request in self.requests]

    def opened_to(self, application: Application) -> BadgeVerifier:
        """The verifier of the application, which may send requests to these hosts from now on."""
        services: Any = application.services
        foreign = ForeignIssuers(http=self, timer=lambda: self.passed)
        services.badge_verification = replace(services.badge_verification, foreign=foreign)
        verifier: BadgeVerifier = services.badge_verification
        return verifier
