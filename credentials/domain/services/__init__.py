"""What officers do with credentials, and what strangers may ask of them."""

from credentials.domain.services.credentials import CredentialService
from credentials.domain.services.issuing import IssuingService

__all__ = ["CredentialService", "IssuingService"]
