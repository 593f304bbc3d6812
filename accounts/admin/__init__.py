"""Admin pages of accounts."""

from accounts.admin import audit, identity, oauth, organizations

__all__ = ["audit", "identity", "oauth", "organizations"]
