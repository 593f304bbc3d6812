"""What people do with their accounts."""

from accounts.domain.services.access import AccessService
from accounts.domain.services.accounts import AccountService
from accounts.domain.services.audit import Audit
from accounts.domain.services.audit_log import AuditLog
from accounts.domain.services.audit_reader import AuditFlaw, AuditReader, AuditReport
from accounts.domain.services.authorizations import AuthorizationService
from accounts.domain.services.claims import ClaimsService
from accounts.domain.services.clients import ClientService
from accounts.domain.services.devices import DeviceService
from accounts.domain.services.emails import EmailService
from accounts.domain.services.gate import Gate
from accounts.domain.services.grants import GrantService
from accounts.domain.services.invitations import InvitationService
from accounts.domain.services.ledger import LedgerService, entry_id_of
from accounts.domain.services.limits import LimitName, LimitPolicy, LimitService, Secret
from accounts.domain.services.logouts import LogoutService
from accounts.domain.services.member_lists import (
    ListOutcome,
    ListResult,
    ListRow,
    MemberListService,
)
from accounts.domain.services.members import MemberService
from accounts.domain.services.organizations import OrganizationService
from accounts.domain.services.pairs import TokenPairs
from accounts.domain.services.passwords import Passwords
from accounts.domain.services.pushed import PushedRequestService
from accounts.domain.services.registrations import RegistrationService
from accounts.domain.services.renewals import Renewals
from accounts.domain.services.service_clients import ServiceClientService
from accounts.domain.services.sessions import SessionService
from accounts.domain.services.staff_actions import StaffActions
from accounts.domain.services.tokens import TokenService
from accounts.domain.services.users import UserService

__all__ = [
    "AccessService",
    "AccountService",
    "Audit",
    "AuditFlaw",
    "AuditLog",
    "AuditReader",
    "AuditReport",
    "AuthorizationService",
    "ClaimsService",
    "ClientService",
    "DeviceService",
    "EmailService",
    "Gate",
    "GrantService",
    "InvitationService",
    "LedgerService",
    "LimitName",
    "LimitPolicy",
    "LimitService",
    "ListOutcome",
    "ListResult",
    "ListRow",
    "LogoutService",
    "MemberListService",
    "MemberService",
    "OrganizationService",
    "Passwords",
    "PushedRequestService",
    "RegistrationService",
    "Renewals",
    "Secret",
    "ServiceClientService",
    "SessionService",
    "StaffActions",
    "TokenPairs",
    "TokenService",
    "UserService",
    "entry_id_of",
]
