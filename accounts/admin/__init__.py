"""Admin pages of accounts, imported here to register them."""

from accounts.admin import audit, identity, integrations, mail, oauth, organizations

__all__ = ["audit", "identity", "integrations", "mail", "oauth", "organizations"]
