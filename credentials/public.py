"""The public interface of credentials."""

from credentials.domain.entities import CredentialTerms, CredentialType

__all__ = ["CredentialTerms", "CredentialType"]
