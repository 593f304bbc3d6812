"""Public interface of accounts: the names that other apps may import."""

from accounts.domain.access import (
    OPERATOR,
    PASSWORD,
    SECOND_FACTOR,
    STAFF_SITE,
    GrantType,
    InsufficientAuthentication,
    NotPermitted,
    OrganizationId,
    OrganizationStatus,
    OrgRole,
    PersonNeeded,
    Principal,
    Right,
    Role,
    Scope,
    UserId,
)
from accounts.domain.audit.entities import (
    BOUND,
    Anchor,
    AuditAction,
    AuditSubject,
    SubjectType,
)
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.audit.services.bindings import AuditBindings, compared
from accounts.domain.audit.services.verifier import (
    CheckResult,
    VerificationReport,
    VerificationTask,
    members_of,
)
from accounts.domain.identity.entities.profiles import PROFILE_MEMBERS, Profile
from accounts.domain.identity.entities.security_log import KeyRotation, SecurityEvent
from accounts.domain.identity.errors import (
    EmailTaken,
    InvalidCredentials,
    InvalidToken,
    PasswordsBusy,
    UnsuitableProfile,
)
from accounts.domain.identity.services.login_attempts import LimitName
from accounts.domain.oauth.entities.clients import ClientTerms, IdentityScope, OAuthClient
from accounts.domain.organizations.errors import OrganizationNotFound, OrganizationSuspended
from accounts.domain.organizations.services.tenant_access import TenantAccess
from accounts.domain.tasks.entities import FILE, Task, TaskPlan
from accounts.domain.tasks.errors import TooManyTasks
from accounts.domain.tasks.services.callers import TaskCallers
from accounts.domain.tasks.services.tasks import TaskService
from accounts.domain.tasks.services.upkeep import periodic

__all__ = [
    "BOUND",
    "FILE",
    "OPERATOR",
    "PASSWORD",
    "PROFILE_MEMBERS",
    "SECOND_FACTOR",
    "STAFF_SITE",
    "Anchor",
    "AuditAction",
    "AuditBindings",
    "AuditLog",
    "AuditSubject",
    "CheckResult",
    "ClientTerms",
    "EmailTaken",
    "GrantType",
    "IdentityScope",
    "InsufficientAuthentication",
    "InvalidCredentials",
    "InvalidToken",
    "KeyRotation",
    "LimitName",
    "NotPermitted",
    "OAuthClient",
    "OrgRole",
    "OrganizationId",
    "OrganizationNotFound",
    "OrganizationStatus",
    "OrganizationSuspended",
    "PasswordsBusy",
    "PersonNeeded",
    "Principal",
    "Profile",
    "Right",
    "Role",
    "Scope",
    "SecurityEvent",
    "SubjectType",
    "Task",
    "TaskCallers",
    "TaskPlan",
    "TaskService",
    "TenantAccess",
    "TooManyTasks",
    "UnsuitableProfile",
    "UserId",
    "VerificationReport",
    "VerificationTask",
    "compared",
    "members_of",
    "periodic",
]
