"""Transcripts: all credentials of a user in one record, signed by the platform."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from accounts.public import Principal
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import all_items
from authsvc.kernel.unit_of_work import UnitOfWork
from credentials.domain.entities.credentials import IssuedCredential
from credentials.domain.entities.issuers import Addresses, Platform, SigningKeys
from credentials.domain.entities.transcripts import TranscriptContents
from credentials.domain.errors import NothingToTranscribe
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from credentials.domain.repositories.protocols.signed import SignedCredentialRepository
from credentials.domain.services.issuer_keys import IssuerKeys
from credentials.domain.services.signing import CredentialSigner
from credentials.openbadges.documents import Profile
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.tokens import as_jwt
from credentials.openbadges.transcripts import (
    MOST_CREDENTIALS,
    Transcript,
    fitting,
    transcript_document,
)

MOST_READ = 4 * MOST_CREDENTIALS
"""Signed documents that are read for one transcript."""


@dataclass(frozen=True, slots=True)
class _Selection:
    contents: TranscriptContents
    documents: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcripts:
    """Makes the transcript of the caller at each request; none is stored.

    It states what was issued, each credential as it was signed then. Whether one is still in force, its own status
    tells. Revoked ones are left out: their issuers have withdrawn what they state.
    """

    issued_credentials: IssuedCredentialRepository
    signed_credentials: SignedCredentialRepository
    signer: CredentialSigner
    issuer_keys: IssuerKeys
    addresses: Addresses
    platform: Platform
    unit_of_work: UnitOfWork
    clock: Clock

    def contents(self, by: Principal) -> TranscriptContents:
        """Return what the caller's transcript would contain, which can be nothing. Raises IssuerKeyUnreadable."""
        return self._selection(by).contents

    def document(self, by: Principal) -> str:
        """Return the caller's transcript with an embedded proof. Raises NothingToTranscribe, IssuerKeyUnreadable."""
        selection, keys = self._selection(by), self._keys()
        return json_text(self._proven(selection, keys))

    def token(self, by: Principal) -> str:
        """Return the caller's transcript as VC-JWT. Raises NothingToTranscribe, IssuerKeyUnreadable."""
        selection, keys = self._selection(by), self._keys()
        return as_jwt(self._proven(selection, keys), keys.token)

    def _selection(self, by: Principal) -> _Selection:
        all_of_them = list(
            all_items(lambda page: self.issued_credentials.page_for_user(by.person, page))
        )
        standing = [issued for issued in reversed(all_of_them) if issued.revocation is None]
        documents = fitting(self._documents(standing[:MOST_READ], by=by))
        by_address = {self.addresses.issued(issued.id): issued for issued in standing}
        now = self.clock.now()
        contents = TranscriptContents(
            made_at=now,
            credentials=tuple(
                by_address[document["id"]].verified(at=now) for document in documents
            ),
            left_out=len(standing) - len(documents),
            revoked=len(all_of_them) - len(standing),
        )
        return _Selection(contents, documents)

    def _documents(
        self, standing: list[IssuedCredential], *, by: Principal
    ) -> list[dict[str, Any]]:
        """The signed documents, in this order; those that are older than signatures are signed now."""
        ids = [issued.id for issued in standing]
        signed = self.signed_credentials.documents_of(by.person, ids)
        texts = [signed.get(id_) or self.signer.document_of(id_) for id_ in ids]
        documents = [json.loads(text) for text in texts if text]
        addresses = {self.addresses.issued(id_) for id_ in ids}
        return [document for document in documents if document.get("id") in addresses]

    def _keys(self) -> SigningKeys:
        with self.unit_of_work.atomic():
            return self.issuer_keys.signing_keys(None)

    def _proven(self, selection: _Selection, keys: SigningKeys) -> dict[str, Any]:
        """Raises NothingToTranscribe."""
        if not selection.documents:
            raise NothingToTranscribe
        contents = selection.contents
        transcript = Transcript(
            id=f"urn:uuid:{uuid4()}",
            issuer=Profile(
                id=self.addresses.issuer(None),
                name=self.platform.name,
                url=self.platform.url,
                email=self.platform.email,
            ),
            subject_id=f"urn:uuid:{uuid4()}",
            name=f"Transcript of {self.platform.name}",
            description=_description_of(contents),
            credentials=selection.documents,
            valid_from=contents.made_at,
        )
        created = max(contents.made_at, keys.proof.valid_from)
        return with_proof(transcript_document(transcript), keys.proof, created)


def _description_of(contents: TranscriptContents) -> str:
    parts = [
        f"Credentials: {len(contents.credentials)}, the latest first. Revoked ones are left out."
    ]
    if contents.left_out:
        parts.append(f"Earlier ones that are not in this transcript: {contents.left_out}.")
    return " ".join(parts)
