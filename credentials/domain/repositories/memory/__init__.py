"""Repositories of credentials in memory."""

from credentials.domain.repositories.memory.credentials import InMemoryCredentialRepository
from credentials.domain.repositories.memory.issued_credentials import (
    InMemoryIssuedCredentialRepository,
)

__all__ = ["InMemoryCredentialRepository", "InMemoryIssuedCredentialRepository"]
