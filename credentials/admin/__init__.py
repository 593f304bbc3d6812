"""Admin pages of credentials."""

from credentials.admin import credentials, issued_credentials

__all__ = ["credentials", "issued_credentials"]
