"""Models of accounts: columns and constraints, no behaviour."""

from accounts.models.audit import Anchor, AuditEntry, AuditHead
from accounts.models.integrations import Webhook, WebhookDelivery
from accounts.models.limits import IdempotencyRecord, KnownAddress, LimitState
from accounts.models.mail import OutgoingMail
from accounts.models.oauth import (
    AuthorizationCode,
    Consent,
    DeviceCode,
    OAuthClient,
    PreAuthorizedCode,
    PushedRequest,
)
from accounts.models.organizations import Invitation, Organization, OrgMembership
from accounts.models.sessions import (
    BrowserSession,
    RefreshToken,
    Session,
    SignInChallenge,
    SignInRecord,
)
from accounts.models.users import User

__all__ = [
    "Anchor",
    "AuditEntry",
    "AuditHead",
    "AuthorizationCode",
    "BrowserSession",
    "Consent",
    "DeviceCode",
    "IdempotencyRecord",
    "Invitation",
    "KnownAddress",
    "LimitState",
    "OAuthClient",
    "OrgMembership",
    "Organization",
    "OutgoingMail",
    "PreAuthorizedCode",
    "PushedRequest",
    "RefreshToken",
    "Session",
    "SignInChallenge",
    "SignInRecord",
    "User",
    "Webhook",
    "WebhookDelivery",
]
