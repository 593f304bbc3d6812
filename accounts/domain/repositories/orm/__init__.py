"""Accounts in the database: the only package here that knows the rows."""

from accounts.domain.repositories.orm.audit_log import OrmAuditLogRepository
from accounts.domain.repositories.orm.clients import OrmClientRepository, OrmConsentRepository
from accounts.domain.repositories.orm.codes import (
    OrmAuthorizationCodeRepository,
    OrmDeviceCodeRepository,
    OrmPushedRequestRepository,
)
from accounts.domain.repositories.orm.ledger import OrmLedgerRepository
from accounts.domain.repositories.orm.limits import (
    OrmFamiliarAddressRepository,
    OrmRateLimitRepository,
)
from accounts.domain.repositories.orm.logouts import OrmLogoutNoticeRepository
from accounts.domain.repositories.orm.organizations import (
    OrmInvitationRepository,
    OrmMembershipRepository,
    OrmOrganizationRepository,
)
from accounts.domain.repositories.orm.sessions import (
    OrmRefreshTokenRepository,
    OrmSessionRepository,
)
from accounts.domain.repositories.orm.users import OrmUserRepository, OrmVerifiedEmailRepository

__all__ = [
    "OrmAuditLogRepository",
    "OrmAuthorizationCodeRepository",
    "OrmClientRepository",
    "OrmConsentRepository",
    "OrmDeviceCodeRepository",
    "OrmFamiliarAddressRepository",
    "OrmInvitationRepository",
    "OrmLedgerRepository",
    "OrmLogoutNoticeRepository",
    "OrmMembershipRepository",
    "OrmOrganizationRepository",
    "OrmPushedRequestRepository",
    "OrmRateLimitRepository",
    "OrmRefreshTokenRepository",
    "OrmSessionRepository",
    "OrmUserRepository",
    "OrmVerifiedEmailRepository",
]
