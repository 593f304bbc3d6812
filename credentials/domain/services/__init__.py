"""Services of credentials."""

from credentials.domain.services.credentials import CredentialService
from credentials.domain.services.earning import EarningService
from credentials.domain.services.issuing import CredentialIssuer
from credentials.domain.services.subjects import SubjectReader

__all__ = ["CredentialIssuer", "CredentialService", "EarningService", "SubjectReader"]
