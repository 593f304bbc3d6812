"""Public interface of accounts: the names that other apps may import."""

from accounts.domain.access import (
    OPERATOR,
    PASSWORD,
    PRE_AUTHORIZED_CODE,
    SECOND_FACTOR,
    STAFF_SITE,
    Authentication,
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
    SessionId,
    UserId,
    WalletScope,
    scope_of_credential,
)
from accounts.domain.audit.entities import (
    BOUND,
    Anchor,
    AuditAction,
    AuditSubject,
    SubjectType,
)
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.audit.services.bindings import AuditBindings, compared, compared_rows
from accounts.domain.audit.services.verifier import (
    CheckResult,
    VerificationReport,
    VerificationTask,
    members_of,
)
from accounts.domain.identity.entities.events import EmailVerified
from accounts.domain.identity.entities.impersonation import Impersonation
from accounts.domain.identity.entities.profiles import PROFILE_MEMBERS, Profile
from accounts.domain.identity.entities.security_log import (
    KeyRotation,
    SecurityEvent,
    SignInFailure,
)
from accounts.domain.identity.entities.sessions import FIRST_PARTY_CLIENT, Session, SessionEnd
from accounts.domain.identity.entities.sign_in_records import (
    MANY_FAILURES,
    FailedAttempts,
    SignInRecord,
    SignInWay,
)
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import (
    EmailTaken,
    InvalidCredentials,
    InvalidToken,
    MailBudgetSpent,
    PasswordsBusy,
    UnsuitableProfile,
    VerifiedEmailNeeded,
)
from accounts.domain.identity.ports import EmailAddresses, OpaqueTokens, PasswordHasher
from accounts.domain.identity.services.login_attempts import LimitName
from accounts.domain.identity.services.mail_budgets import MailBudgets
from accounts.domain.identity.services.public_names import PublicNames
from accounts.domain.identity.services.users import EmailService
from accounts.domain.mail.entities import MailKind
from accounts.domain.mail.services.outbox import Message
from accounts.domain.oauth.entities.clients import ClientTerms, IdentityScope, OAuthClient
from accounts.domain.oauth.entities.scopes import DESCRIPTIONS as SCOPE_DESCRIPTIONS
from accounts.domain.oauth.services.pre_authorized_codes import (
    PIN_DIGITS,
    PreAuthorizedCodeService,
)
from accounts.domain.organizations.entities import Organization, OrgMembership
from accounts.domain.organizations.errors import OrganizationNotFound, OrganizationSuspended
from accounts.domain.organizations.services.outgoing_events import membership_added
from accounts.domain.organizations.services.recipients import Recipients
from accounts.domain.organizations.services.tenant_access import TenantAccess
from accounts.domain.tasks.entities import FILE, Task, TaskPlan
from accounts.domain.tasks.errors import TooManyTasks
from accounts.domain.tasks.services.callers import TaskCallers
from accounts.domain.tasks.services.table_exports import attach_table, is_long_table
from accounts.domain.tasks.services.tasks import TaskService
from accounts.domain.tasks.services.upkeep import periodic

__all__ = [
    "BOUND",
    "FILE",
    "FIRST_PARTY_CLIENT",
    "MANY_FAILURES",
    "OPERATOR",
    "PASSWORD",
    "PIN_DIGITS",
    "PRE_AUTHORIZED_CODE",
    "PROFILE_MEMBERS",
    "SCOPE_DESCRIPTIONS",
    "SECOND_FACTOR",
    "STAFF_SITE",
    "Anchor",
    "AuditAction",
    "AuditBindings",
    "AuditLog",
    "AuditSubject",
    "Authentication",
    "CheckResult",
    "ClientTerms",
    "EmailAddresses",
    "EmailService",
    "EmailTaken",
    "EmailVerified",
    "FailedAttempts",
    "GrantType",
    "IdentityScope",
    "Impersonation",
    "InsufficientAuthentication",
    "InvalidCredentials",
    "InvalidToken",
    "KeyRotation",
    "LimitName",
    "MailBudgetSpent",
    "MailBudgets",
    "MailKind",
    "Message",
    "NotPermitted",
    "OAuthClient",
    "OpaqueTokens",
    "OrgMembership",
    "OrgRole",
    "Organization",
    "OrganizationId",
    "OrganizationNotFound",
    "OrganizationStatus",
    "OrganizationSuspended",
    "PasswordHasher",
    "PasswordsBusy",
    "PersonNeeded",
    "PreAuthorizedCodeService",
    "Principal",
    "Profile",
    "PublicNames",
    "Recipients",
    "Right",
    "Role",
    "Scope",
    "SecurityEvent",
    "Session",
    "SessionEnd",
    "SessionId",
    "SignInFailure",
    "SignInRecord",
    "SignInWay",
    "SubjectType",
    "Task",
    "TaskCallers",
    "TaskPlan",
    "TaskService",
    "TenantAccess",
    "TooManyTasks",
    "UnsuitableProfile",
    "User",
    "UserId",
    "VerificationReport",
    "VerificationTask",
    "VerifiedEmailNeeded",
    "WalletScope",
    "attach_table",
    "compared",
    "compared_rows",
    "is_long_table",
    "members_of",
    "membership_added",
    "periodic",
    "scope_of_credential",
]
