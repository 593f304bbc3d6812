"""Where accounts keeps things: the promises every store makes."""

from accounts.domain.repositories.protocols.audit_log import AuditLogRepository
from accounts.domain.repositories.protocols.clients import ClientRepository, ConsentRepository
from accounts.domain.repositories.protocols.codes import (
    AuthorizationCodeRepository,
    DeviceCodeRepository,
    PushedRequestRepository,
)
from accounts.domain.repositories.protocols.ledger import LedgerRepository
from accounts.domain.repositories.protocols.limits import (
    FamiliarAddressRepository,
    RateLimitRepository,
)
from accounts.domain.repositories.protocols.logouts import LogoutNoticeRepository
from accounts.domain.repositories.protocols.organizations import (
    InvitationRepository,
    MembershipRepository,
    OrganizationRepository,
)
from accounts.domain.repositories.protocols.sessions import (
    RefreshTokenRepository,
    SessionRepository,
)
from accounts.domain.repositories.protocols.users import UserRepository, VerifiedEmailRepository

__all__ = [
    "AuditLogRepository",
    "AuthorizationCodeRepository",
    "ClientRepository",
    "ConsentRepository",
    "DeviceCodeRepository",
    "FamiliarAddressRepository",
    "InvitationRepository",
    "LedgerRepository",
    "LogoutNoticeRepository",
    "MembershipRepository",
    "OrganizationRepository",
    "PushedRequestRepository",
    "RateLimitRepository",
    "RefreshTokenRepository",
    "SessionRepository",
    "UserRepository",
    "VerifiedEmailRepository",
]
