"""Admin pages of credentials, imported here to register them."""

from credentials.admin import credentials, issued_credentials, person, subject_kinds

__all__ = ["credentials", "issued_credentials", "person", "subject_kinds"]
