"""Admin pages of credentials, imported here to register them."""

from credentials.admin import claims, credentials, issued_credentials, person, subject_kinds

__all__ = ["claims", "credentials", "issued_credentials", "person", "subject_kinds"]
