"""What people do with their accounts."""

from accounts.domain.services.access import AccessService
from accounts.domain.services.accounts import AccountService
from accounts.domain.services.audit import Audit
from accounts.domain.services.authorizations import AuthorizationService
from accounts.domain.services.claims import ClaimsService
from accounts.domain.services.clients import ClientService
from accounts.domain.services.devices import DeviceService
from accounts.domain.services.emails import EmailService
from accounts.domain.services.grants import GrantService
from accounts.domain.services.ledger import LedgerService, entry_id_of
from accounts.domain.services.limits import LimitName, LimitPolicy, LimitService, Secret
from accounts.domain.services.logouts import LogoutService
from accounts.domain.services.pairs import TokenPairs
from accounts.domain.services.passwords import Passwords
from accounts.domain.services.pushed import PushedRequestService
from accounts.domain.services.registrations import RegistrationService
from accounts.domain.services.renewals import Renewals
from accounts.domain.services.sessions import SessionService
from accounts.domain.services.tokens import TokenService
from accounts.domain.services.users import UserService

__all__ = [
    "AccessService",
    "AccountService",
    "Audit",
    "AuthorizationService",
    "ClaimsService",
    "ClientService",
    "DeviceService",
    "EmailService",
    "GrantService",
    "LedgerService",
    "LimitName",
    "LimitPolicy",
    "LimitService",
    "LogoutService",
    "Passwords",
    "PushedRequestService",
    "RegistrationService",
    "Renewals",
    "Secret",
    "SessionService",
    "TokenPairs",
    "TokenService",
    "UserService",
    "entry_id_of",
]
