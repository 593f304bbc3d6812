"""Admin pages of accounts, imported here to register them."""

from accounts.admin import (
    audit,
    groups,
    identity,
    integrations,
    jobs,
    mail,
    oauth,
    organizations,
    sign_ins,
    subject_kinds,
)

__all__ = [
    "audit",
    "groups",
    "identity",
    "integrations",
    "jobs",
    "mail",
    "oauth",
    "organizations",
    "sign_ins",
    "subject_kinds",
]
