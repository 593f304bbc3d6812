"""The public interface of credentials."""

from credentials.domain.entities.credentials import IssuedSelection
from credentials.domain.entities.definitions import CredentialTerms, CredentialType

__all__ = ["CredentialTerms", "CredentialType", "IssuedSelection"]
