"""Revocation lists (1EdTech Revocation List Status Method 1.0): ids of revoked credentials of an issuer, unsigned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials.openbadges.errors import InvalidStatusList
from credentials.openbadges.json_texts import json_object

STATUS_TYPE: Final = "1EdTechRevocationList"
"""The type of a `credentialStatus` whose `id` is the address of such a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedEntry:
    """A revoked credential, by its id; the reason is empty if strangers are told none."""

    id: str
    reason: str = ""


def list_document(*, url: str, issuer_id: str, revoked: Iterable[RevokedEntry]) -> dict[str, Any]:
    """The list at this address."""
    return {
        "id": url,
        "issuer": issuer_id,
        "revokedCredential": [
            {
                "id": entry.id,
                "revoked": True,
                **({"revocationReason": entry.reason} if entry.reason else {}),
            }
            for entry in revoked
        ],
    }


def is_revoked_in(content: bytes | str, *, url: str, issuer_id: str, credential_id: str) -> bool:
    """Whether the list at this address says that the credential of this issuer is revoked.

    Raises InvalidStatusList for what is no list, or one of another address or issuer. Malformed entries leave open
    which credentials they are about, unless another entry says it of this one.
    """
    try:
        document = json_object(content)
    except ValueError as error:
        raise InvalidStatusList(f"The revocation list {error}.") from None
    issuer = document.get("issuer")
    stated_id = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    if document.get("id") != url or stated_id != issuer_id:
        raise InvalidStatusList("The revocation list is of another address or issuer.")
    listed = document.get("revokedCredential", [])
    entries = listed if isinstance(listed, list) else [listed]
    if any(
        _is_about(entry, credential_id) and entry.get("revoked", True) is True for entry in entries
    ):
        return True
    if not all(_is_entry(entry) for entry in entries):
        raise InvalidStatusList("The revocation list is malformed.")
    return False


def _is_about(entry: Any, credential_id: str) -> bool:
    return isinstance(entry, Mapping) and entry.get("id") == credential_id


def _is_entry(entry: Any) -> bool:
    return (
        isinstance(entry, Mapping)
        and isinstance(entry.get("id"), str)
        and isinstance(entry.get("revoked", True), bool)
    )
