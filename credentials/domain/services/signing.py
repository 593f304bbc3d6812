"""Signing of issued credentials as Open Badges 3.0."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from secrets import randbelow
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4, uuid5

from accounts.public import OrganizationId, Principal
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from credentials.domain.entities.credentials import (
    Binding,
    IssuedCredential,
    IssuedCredentialId,
)
from credentials.domain.entities.issuers import Addresses, Platform, SigningKeys, key_id_in
from credentials.domain.entities.signed import LIST_LENGTH, Place, SignedCredential, StatusList
from credentials.domain.errors import IssuedCredentialAltered
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from credentials.domain.repositories.protocols.signed import (
    SignedCredentialRepository,
    StatusListRepository,
)
from credentials.domain.services.evidence import EvidenceReader
from credentials.domain.services.issuer_keys import IssuerKeys
from credentials.openbadges.documents import (
    Achievement,
    Alignment,
    Award,
    Criteria,
    Evidence,
    Profile,
    StatusEntry,
    Subject,
    credential_document,
)
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.tokens import as_jwt
from progress.public import EntityType, RecordedFacts

TRIES: Final = 16
"""Random places that are tried in a status list; if all of them are taken, it is nearly full."""

_STRAY_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialSigner:
    """Signs what is issued, once: by an embedded proof and as a token."""

    signed_credentials: SignedCredentialRepository
    status_lists: StatusListRepository
    issued_credentials: IssuedCredentialRepository
    issuer_keys: IssuerKeys
    evidence: EvidenceReader
    recorded_facts: RecordedFacts
    addresses: Addresses
    platform: Platform
    unit_of_work: UnitOfWork
    clock: Clock

    def sign(self, issued: IssuedCredential, *, place: Place | None = None) -> SignedCredential:
        """Sign and store the issued credential, inside the unit of work of the caller. Raises IssuerKeyUnreadable.

        It gets the given place in a status list if that is still free.
        """
        evidence, keys = self.evidence.of(issued), self.issuer_keys.signing_keys(issued.org_id)
        issuer, scope = self._issuer_of(issued, keys.url), TenantScope.into(issued.org_id)
        given = () if place is None else (place,)
        for chosen in chain(given, self._random_places(issued.org_id)):
            signed = self._signed(issued, issuer, evidence, keys, chosen)
            if self.signed_credentials.add(signed, scope=scope):
                return signed
        raise AssertionError  # there is always another place

    def free_places(self, org_id: OrganizationId | None, number: int) -> list[Place]:
        """Return up to so many random places that are free now, for a batch: one statement finds those that are not.

        Nobody keeps them free. Of simultaneous batches that have chosen the same one, the second takes another.
        """
        status_list = self._latest_list(org_id)
        indexes = {randbelow(LIST_LENGTH) for _ in range(number)}
        taken = self.status_lists.taken(status_list, indexes)
        return [Place(status_list, index) for index in indexes - taken]

    def shown(self, issued_id: IssuedCredentialId) -> SignedCredential:
        """Return the signed forms to anybody; one that is older than signatures is signed now.

        Raises IssuedCredentialNotFound, IssuerKeyUnreadable, and IssuedCredentialAltered rather than sign a record
        that differs from the event log.
        """
        signed = self.signed_credentials.find(issued_id)
        if signed is not None:
            return signed
        scope = TenantScope.into(self.issued_credentials.shown(issued_id).org_id)
        with self.unit_of_work.atomic():
            # Locked, so that of simultaneous readers one signs it and the others find that.
            issued = self.issued_credentials.get_for_update(issued_id, scope=scope)
            signed = self.signed_credentials.find(issued_id)
            if signed is not None:
                return signed
            event = self.recorded_facts.last_about(issued.stream, EntityType.CREDENTIAL, issued.id)
            if Binding.of(event, issued) not in (Binding.BOUND, Binding.UNBOUND):
                raise IssuedCredentialAltered
            signed = self.sign(issued)
            if issued.is_barred:
                # Its list may have been published without it.
                self.status_lists.count_change(issued_id, at=self.clock.now(), scope=scope)
            return signed

    def held_by(
        self, by: Principal, *, after: datetime | None, offset: int, limit: int
    ) -> tuple[tuple[str, ...], int]:
        """Return documents of the caller's credentials that are not revoked, by time of issue, and how many there are.

        Those whose record differs from the event log are left out, though counted, if they are not signed yet. Raises
        IssuerKeyUnreadable.
        """
        held = self.signed_credentials.slice_of_user(
            by.person, after=after, offset=offset, limit=limit
        )
        documents = (document or self.document_of(id_) for id_, document in held.documents)
        return tuple(document for document in documents if document), held.total

    def document_of(self, issued_id: IssuedCredentialId) -> str | None:
        """Return the document, signed now if the credential is older than signatures; None if its record was altered.

        Raises IssuedCredentialNotFound, IssuerKeyUnreadable.
        """
        try:
            return self.shown(issued_id).document
        except IssuedCredentialAltered:
            return None

    def _random_places(self, org_id: OrganizationId | None) -> Iterator[Place]:
        """Yield places in the latest list, and then in new ones."""
        status_list = self._latest_list(org_id)
        while True:
            for _ in range(TRIES):
                yield Place(status_list, randbelow(LIST_LENGTH))
            status_list = self._new_list(org_id, status_list.number + 1)

    def _latest_list(self, org_id: OrganizationId | None) -> StatusList:
        latest = self.status_lists.latest_of(org_id, scope=TenantScope.into(org_id))
        return latest or self._new_list(org_id, 1)

    def _new_list(self, org_id: OrganizationId | None, number: int) -> StatusList:
        """Return the list with this number, or a later one, made by this caller or another."""
        scope = TenantScope.into(org_id)
        new = StatusList(
            id=uuid4(), org_id=org_id, number=number, version=1, changed_at=self.clock.now()
        )
        if self.status_lists.add(new, scope=scope):
            return new
        return self.status_lists.latest_of(org_id, scope=scope) or new

    def _issuer_of(self, issued: IssuedCredential, url: str) -> Profile:
        """The issuer as it is now; its name is that of the terms."""
        return Profile(
            id=self.addresses.issuer(issued.org_id),
            name=issued.terms.issuer,
            url=_as_uri(url),
            email=self.platform.email if issued.org_id is None else "",
        )

    def _signed(
        self,
        issued: IssuedCredential,
        issuer: Profile,
        evidence: tuple[Evidence, ...],
        keys: SigningKeys,
        place: Place,
    ) -> SignedCredential:
        now, status_list = self.clock.now(), place.status_list
        status = StatusEntry(
            list_url=self.addresses.status_list(issued.org_id, status_list.number),
            index=place.index,
        )
        award = award_of(issued, issuer, evidence, status, self.addresses)
        document = _proven(award, keys, at=now)
        return SignedCredential(
            issued_id=issued.id,
            org_id=issued.org_id,
            document=json.dumps(document, ensure_ascii=False, separators=(",", ":")),
            token=as_jwt(document, keys.token),
            proof_key_id=key_id_in(keys.proof.id),
            token_key_id=key_id_in(keys.token.id),
            status_list_id=status_list.id,
            status_index=place.index,
            signed_at=now,
        )


def award_of(
    issued: IssuedCredential,
    issuer: Profile,
    evidence: tuple[Evidence, ...],
    status: StatusEntry,
    addresses: Addresses,
) -> Award:
    """What the issued credential states to third parties.

    Its subject is an identifier for this credential alone, so that nobody can join the credentials of a person.
    """
    terms = issued.terms
    return Award(
        id=addresses.issued(issued.id),
        issuer=issuer,
        achievement=Achievement(
            id=addresses.achievement(issued.credential_id, issued.credential_version),
            name=terms.name,
            # Both are required of an achievement, and were not always required of terms.
            description=terms.description or terms.criteria or terms.name,
            criteria=Criteria(narrative=terms.criteria or terms.description or terms.name),
            type=terms.achievement.value,
            version=str(issued.credential_version),
            image_url=_as_uri(terms.image_url),
            tags=terms.tags,
            alignments=tuple(
                Alignment(
                    name=alignment.target_name,
                    url=_as_uri(alignment.target_url),
                    framework=alignment.target_framework,
                    code=alignment.target_code,
                    description=alignment.target_description,
                )
                for alignment in terms.alignments
            ),
        ),
        subject=Subject(id=f"urn:uuid:{uuid5(issued.id, 'subject')}"),
        valid_from=issued.issued_at,
        valid_until=issued.expires_at,
        evidence=evidence,
        status=status,
    )


def _as_uri(url: str) -> str:
    """The address with the characters percent-encoded that browsers tolerate and a URI does not have (RFC 3986)."""
    return quote(_STRAY_PERCENT.sub("%25", url), safe="%/:?#@!$&'()*+,;=~-._")


def _proven(award: Award, keys: SigningKeys, *, at: datetime) -> dict[str, Any]:
    # A key can be younger than the time at which something is issued, if clocks differ.
    return with_proof(credential_document(award), keys.proof, max(at, keys.proof.valid_from))
