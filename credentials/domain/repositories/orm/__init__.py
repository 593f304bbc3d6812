"""Repositories of credentials in the database."""

from credentials.domain.repositories.orm.credentials import BrokenRule, OrmCredentialRepository
from credentials.domain.repositories.orm.issued_credentials import OrmIssuedCredentialRepository

__all__ = ["BrokenRule", "OrmCredentialRepository", "OrmIssuedCredentialRepository"]
