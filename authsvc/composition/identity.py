"""Identity services: users, passwords, sessions and tokens."""

from functools import cached_property

from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.audit.services.log_state import AuditLogState
from accounts.domain.audit.services.search import AuditSearch
from accounts.domain.identity.services.accounts import AccountService, Passwords
from accounts.domain.identity.services.impersonation import ImpersonationService
from accounts.domain.identity.services.last_seen import LAST_SEEN, LastSeenService
from accounts.domain.identity.services.login_attempts import LoginAttempts
from accounts.domain.identity.services.mail_budgets import MailBudgets
from accounts.domain.identity.services.own_sessions import OwnSessionService
from accounts.domain.identity.services.person_exports import PersonExports
from accounts.domain.identity.services.person_lists import PersonListService
from accounts.domain.identity.services.revocation import SessionRevocation
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.identity.services.sessions import SessionService
from accounts.domain.identity.services.sign_in import SignInService
from accounts.domain.identity.services.sign_in_records import SignInRecords
from accounts.domain.identity.services.staff_actions import StaffActions
from accounts.domain.identity.services.tokens import AccessService, Renewals, TokenPairs
from accounts.domain.identity.services.user_access import UserAccessService
from accounts.domain.identity.services.user_sessions import UserSessionService
from accounts.domain.identity.services.users import EmailService, UserService
from accounts.domain.mail.services.outbox import LATE_MAIL, MAIL_JOB, RETRIES, Outbox
from authsvc.composition.base import Expiring
from authsvc.composition.jobs import JobServices
from authsvc.events.services.outbox import EventOutbox
from authsvc.events.services.positions import Positions
from authsvc.jobs.entities import JobRequest
from authsvc.jobs.ports import JobKind
from authsvc.kernel.events import EventBus
from authsvc.kernel.metrics import GaugeSource
from authsvc.kernel.request_budgets import RequestBudgets


class IdentityServices(JobServices):
    @property
    def expiring(self) -> dict[str, Expiring]:
        return super().expiring | {
            "session": self.sessions,
            "sign-in challenge": self.sign_in,
            "sign-in record": self.sign_in_records,
            "rate-limit counter": self.limits,
            "sent mail": self.outbox,
        }

    @property
    def job_kinds(self) -> tuple[JobKind, ...]:
        mail = JobKind(name=MAIL_JOB, run=self.outbox.deliver, policy=RETRIES)
        late = JobKind(name=LATE_MAIL.kind, run=self.outbox.give_up_late, queue=LATE_MAIL.queue)
        seen = JobKind(name=LAST_SEEN.kind, run=self.last_seen.update, queue=LAST_SEEN.queue)
        return (*super().job_kinds, mail, late, seen)

    @property
    def periodic_jobs(self) -> tuple[JobRequest, ...]:
        return (*super().periodic_jobs, LATE_MAIL, LAST_SEEN)

    @property
    def gauge_sources(self) -> dict[str, GaugeSource]:
        state = AuditLogState(entries=self.repositories.audit_log)
        return super().gauge_sources | {"audit-log": state}

    @cached_property
    def access(self) -> AccessService:
        return AccessService(
            sessions=self.repositories.sessions,
            access_tokens=self.ports.access_tokens,
            policy=self.ports.sign_in_policy,
            clock=self.ports.clock,
        )

    @cached_property
    def accounts(self) -> AccountService:
        return AccountService(
            users=self.repositories.users,
            verified_emails=self.repositories.verified_emails,
            revocation=self.revocation,
            passwords=self._passwords,
            email_addresses=self.ports.email_addresses,
            security_log=self.security_log,
            events=self.event_outbox,
            event_bus=self._events,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def _events(self) -> EventBus:
        """Subclasses subscribe to events of the apps below them."""
        return EventBus()

    @cached_property
    def request_budgets(self) -> RequestBudgets:
        return RequestBudgets(
            limits=self.ports.request_policy.limits(),
            counts=self.ports.request_counts,
            clock=self.ports.clock,
        )

    @cached_property
    def event_outbox(self) -> EventOutbox:
        return EventOutbox(events=self.repositories.outgoing_events)

    @cached_property
    def positions(self) -> Positions:
        return Positions(events=self.repositories.outgoing_events)

    @cached_property
    def security_log(self) -> SecurityLog:
        return SecurityLog(
            writer=self.ports.security_log_writer,
            opaque_tokens=self.ports.opaque_tokens,
            outbox=self.event_outbox,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def sign_in_records(self) -> SignInRecords:
        return SignInRecords(
            records=self.repositories.sign_in_records,
            security_log=self.security_log,
            policy=self.ports.sign_in_policy,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def last_seen(self) -> LastSeenService:
        return LastSeenService(
            last_seen=self.repositories.last_seen,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def audit_log(self) -> AuditLog:
        return AuditLog(
            entries=self.repositories.audit_log,
            request_id=self.ports.request_id,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def audit_search(self) -> AuditSearch:
        return AuditSearch(entries=self.repositories.audit_log)

    @cached_property
    def staff_actions(self) -> StaffActions:
        return StaffActions(unit_of_work=self.unit_of_work)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(
            mails=self.repositories.mails,
            templates=self.ports.mail_templates,
            transport=self.ports.mail_transport,
            jobs=self.job_queue,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def mail_budgets(self) -> MailBudgets:
        return MailBudgets(
            limits=self.repositories.limits,
            outbox=self.outbox,
            opaque_tokens=self.ports.opaque_tokens,
            policy=self.ports.limit_policy,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def emails(self) -> EmailService:
        return EmailService(
            users=self.repositories.users,
            verified_emails=self.repositories.verified_emails,
            email_addresses=self.ports.email_addresses,
            opaque_tokens=self.ports.opaque_tokens,
            mail_budgets=self.mail_budgets,
            event_bus=self._events,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def users(self) -> UserService:
        return UserService(
            users=self.repositories.users,
            emails=self.emails,
            password_links=self.repositories.password_links,
            outbox=self.outbox,
            mail_budgets=self.mail_budgets,
            revocation=self.revocation,
            passwords=self._passwords,
            email_addresses=self.ports.email_addresses,
            security_log=self.security_log,
            audit_log=self.audit_log,
            events=self.event_outbox,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def person_lists(self) -> PersonListService:
        return PersonListService(
            users=self.repositories.users,
            user_service=self.users,
            password_links=self.repositories.password_links,
            outbox=self.outbox,
            mail_budgets=self.mail_budgets,
            email_addresses=self.ports.email_addresses,
            security_log=self.security_log,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def person_exports(self) -> PersonExports:
        return PersonExports(users=self.repositories.users, audit_log=self.audit_log)

    @cached_property
    def sign_in(self) -> SignInService:
        return SignInService(
            accounts=self.accounts,
            users=self.repositories.users,
            verified_emails=self.repositories.verified_emails,
            sign_up_mails=self.ports.sign_up_mails,
            sessions=self.repositories.sessions,
            challenges=self.repositories.sign_in_challenges,
            pairs=self._pairs,
            limits=self.limits,
            opaque_tokens=self.ports.opaque_tokens,
            second_factors=self.repositories.second_factors,
            security_log=self.security_log,
            sign_in_records=self.sign_in_records,
            passwords=self.ports.password_hasher,
            email_addresses=self.ports.email_addresses,
            policy=self.ports.sign_in_policy,
            session_policy=self.ports.session_policy,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def sessions(self) -> SessionService:
        return SessionService(
            sessions=self.repositories.sessions,
            clients=self.repositories.clients,
            renewals=self._renewals,
            security_log=self.security_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def user_access(self) -> UserAccessService:
        return UserAccessService(
            users=self.repositories.users,
            emails=self.emails,
            email_links=self.repositories.email_links,
            second_factors=self.repositories.second_factors,
            challenges=self.repositories.sign_in_challenges,
            outbox=self.outbox,
            mail_budgets=self.mail_budgets,
            security_log=self.security_log,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def impersonation(self) -> ImpersonationService:
        return ImpersonationService(
            users=self.repositories.users,
            staff_rights=self.ports.staff_rights,
            mail_budgets=self.mail_budgets,
            security_log=self.security_log,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def own_sessions(self) -> OwnSessionService:
        return OwnSessionService(revocation=self.revocation, unit_of_work=self.unit_of_work)

    @cached_property
    def user_sessions(self) -> UserSessionService:
        return UserSessionService(
            users=self.repositories.users,
            sessions=self.repositories.sessions,
            clients=self.repositories.clients,
            revocation=self.revocation,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def revocation(self) -> SessionRevocation:
        return SessionRevocation(
            sessions=self.repositories.sessions,
            browser_sessions=self.repositories.browser_sessions,
            pending=(
                self.repositories.sign_in_challenges,
                self.repositories.authorization_codes,
                self.repositories.device_codes,
                self.repositories.pre_authorized_codes,
            ),
            security_log=self.security_log,
            policy=self.ports.session_policy,
            clock=self.ports.clock,
        )

    @cached_property
    def limits(self) -> LoginAttempts:
        return LoginAttempts(
            limits=self.repositories.limits,
            known_addresses=self.repositories.known_addresses,
            opaque_tokens=self.ports.opaque_tokens,
            policy=self.ports.limit_policy,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def _passwords(self) -> Passwords:
        return Passwords(policy=self.ports.password_policy, hasher=self.ports.password_hasher)

    @cached_property
    def _pairs(self) -> TokenPairs:
        return TokenPairs(
            refresh_tokens=self.repositories.refresh_tokens,
            access_tokens=self.ports.access_tokens,
            opaque_tokens=self.ports.opaque_tokens,
            policy=self.ports.session_policy,
        )

    @cached_property
    def _renewals(self) -> Renewals:
        return Renewals(
            users=self.repositories.users,
            sessions=self.repositories.sessions,
            refresh_tokens=self.repositories.refresh_tokens,
            pairs=self._pairs,
            opaque_tokens=self.ports.opaque_tokens,
            security_log=self.security_log,
        )
