"""Accounts in dicts."""

from accounts.domain.repositories.memory.audit_log import InMemoryAuditLogRepository
from accounts.domain.repositories.memory.clients import (
    InMemoryClientRepository,
    InMemoryConsentRepository,
)
from accounts.domain.repositories.memory.codes import (
    InMemoryAuthorizationCodeRepository,
    InMemoryDeviceCodeRepository,
    InMemoryPushedRequestRepository,
)
from accounts.domain.repositories.memory.ledger import InMemoryLedgerRepository
from accounts.domain.repositories.memory.limits import (
    InMemoryFamiliarAddressRepository,
    InMemoryRateLimitRepository,
)
from accounts.domain.repositories.memory.logouts import InMemoryLogoutNoticeRepository
from accounts.domain.repositories.memory.organizations import (
    InMemoryInvitationRepository,
    InMemoryMembershipRepository,
    InMemoryOrganizationRepository,
)
from accounts.domain.repositories.memory.sessions import (
    InMemoryRefreshTokenRepository,
    InMemorySessionRepository,
)
from accounts.domain.repositories.memory.users import (
    InMemoryUserRepository,
    InMemoryVerifiedEmailRepository,
)

__all__ = [
    "InMemoryAuditLogRepository",
    "InMemoryAuthorizationCodeRepository",
    "InMemoryClientRepository",
    "InMemoryConsentRepository",
    "InMemoryDeviceCodeRepository",
    "InMemoryFamiliarAddressRepository",
    "InMemoryInvitationRepository",
    "InMemoryLedgerRepository",
    "InMemoryLogoutNoticeRepository",
    "InMemoryMembershipRepository",
    "InMemoryOrganizationRepository",
    "InMemoryPushedRequestRepository",
    "InMemoryRateLimitRepository",
    "InMemoryRefreshTokenRepository",
    "InMemorySessionRepository",
    "InMemoryUserRepository",
    "InMemoryVerifiedEmailRepository",
]
