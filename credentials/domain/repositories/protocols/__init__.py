"""Repositories of credentials: the contracts of every store.

Rows out of scope do not exist for reads; writes out of scope raise OutOfReach.
"""

from credentials.domain.repositories.protocols.credentials import CredentialRepository
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository

__all__ = ["CredentialRepository", "IssuedCredentialRepository"]
