"""What officers do with credentials, and what strangers may ask of them."""

from credentials.domain.services.credentials import CredentialService
from credentials.domain.services.earning import EarningService
from credentials.domain.services.issuer import Issuer
from credentials.domain.services.issuing import IssuingService
from credentials.domain.services.subjects import SubjectReader

__all__ = [
    "CredentialService",
    "EarningService",
    "Issuer",
    "IssuingService",
    "SubjectReader",
]
