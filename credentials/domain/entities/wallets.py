"""Wallets: configurations of credentials, and offers (OpenID for Verifiable Credential Issuance 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from credentials.domain.entities.credentials import IssuedCredential
from credentials.domain.entities.definitions import CredentialType

CONFIGURATIONS: Final[Mapping[str, CredentialType]] = {
    f"open-badge-{type_.value}": type_ for type_ in CredentialType
}
"""The identifiers of configurations, of which there is one for each type: definitions are unlimited, and come and go.

Wallets name a configuration to people before they have collected a credential of it.
"""
_IDS: Final = {type_: id_ for id_, type_ in CONFIGURATIONS.items()}


def configuration_of(issued: IssuedCredential) -> str:
    """The identifier of the configuration of an issued credential."""
    return _IDS[issued.terms.type]


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletOffer:
    """An offer of one issued credential to the wallet of its holder. Code and PIN are shown once."""

    issued: IssuedCredential
    code: str = field(repr=False)
    pin: str = field(repr=False)
    expires_at: datetime
