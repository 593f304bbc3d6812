"""The public interface of credentials."""

from credentials.domain.entities.credentials import CredentialTerms, CredentialType

__all__ = ["CredentialTerms", "CredentialType"]
