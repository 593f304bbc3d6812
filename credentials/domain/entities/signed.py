"""Signed credentials: the documents that third parties verify, and their places in status lists."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from accounts.public import OrganizationId
from credentials.domain.entities.credentials import IssuedCredential, IssuedCredentialId
from credentials.domain.entities.issuers import IssuerKeyId, StoredKey
from credentials.openbadges.status_lists import SHORTEST_LIST

LIST_LENGTH: Final = SHORTEST_LIST
"""Entries of a status list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """A list of bits, one for each credential of an issuer: set while it is revoked or suspended.

    `number` counts the lists of the issuer: 1, 2, 3. `version` counts the changes of the bits.
    """

    id: UUID
    org_id: OrganizationId | None
    number: int
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a status list, for one credential."""

    status_list: StatusList
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedForm:
    """The signed document of a credential, and the key whose proof it has."""

    document: str = field(repr=False)
    key: StoredKey


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDocuments:
    """Some of the credentials of a person, and how many there are.

    A document is None if the credential is older than signatures, and is not signed yet.
    """

    documents: tuple[tuple[IssuedCredentialId, str | None], ...] = field(repr=False)
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCredential:
    """What was signed when a credential was issued; it never changes, and may only be deleted with its holder's data.

    `document` is JSON with a Data Integrity proof, `token` the same as VC-JWT. No two credentials have the same place
    in a status list.
    """

    issued_id: IssuedCredentialId
    org_id: OrganizationId | None
    document: str = field(repr=False)
    token: str = field(repr=False)
    proof_key_id: IssuerKeyId
    token_key_id: IssuerKeyId
    status_list_id: UUID
    status_index: int
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRecord:
    """The signed forms of an issued credential with all that they must agree with."""

    signed: SignedCredential
    issued: IssuedCredential
    proof_key: StoredKey
    token_key: StoredKey
    list_number: int
