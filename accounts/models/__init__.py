"""Rows of accounts: columns and constraints, no behaviour."""

from accounts.models.audit_log import AuditEntry, AuditHead
from accounts.models.clients import (
    AuthorizationCode,
    Consent,
    DeviceCode,
    LogoutNotice,
    OAuthClient,
    PushedRequest,
)
from accounts.models.organizations import Invitation, Organization, OrgMembership
from accounts.models.sessions import RefreshToken, Session
from accounts.models.traces import FamiliarAddress, LedgerEntry, LimitState
from accounts.models.users import User

__all__ = [
    "AuditEntry",
    "AuditHead",
    "AuthorizationCode",
    "Consent",
    "DeviceCode",
    "FamiliarAddress",
    "Invitation",
    "LedgerEntry",
    "LimitState",
    "LogoutNotice",
    "OAuthClient",
    "OrgMembership",
    "Organization",
    "PushedRequest",
    "RefreshToken",
    "Session",
    "User",
]
