"""OAuth services: clients, consents, tokens, devices and log-outs."""

from functools import cached_property

from accounts.domain.identity.services.tokens import TokenService
from accounts.domain.oauth.services.authorizations import AuthorizationService, PushedRequestService
from accounts.domain.oauth.services.claims import ClaimsService
from accounts.domain.oauth.services.client_documents import DescribedClients
from accounts.domain.oauth.services.clients import ClientService
from accounts.domain.oauth.services.devices import DeviceService
from accounts.domain.oauth.services.grants import GrantService
from accounts.domain.oauth.services.logouts import LOGOUT_NOTICE_JOB, RETRIES, LogoutService
from accounts.domain.oauth.services.origins import AllowedOrigins
from accounts.domain.oauth.services.pre_authorized_codes import PreAuthorizedCodeService
from accounts.domain.oauth.services.registrations import RegistrationService
from accounts.domain.oauth.services.service_clients import ServiceClientService
from authsvc.composition.base import Expiring
from authsvc.composition.integrations import IntegrationServices
from authsvc.jobs.ports import JobKind


class OAuthServices(IntegrationServices):
    @property
    def expiring(self) -> dict[str, Expiring]:
        return super().expiring | {
            "code": self.authorizations,
            "device": self.devices,
            "pushed request": self.pushed_requests,
            "pre-authorized code": self.pre_authorized_codes,
        }

    @property
    def job_kinds(self) -> tuple[JobKind, ...]:
        notice = JobKind(name=LOGOUT_NOTICE_JOB, run=self.logouts.deliver, policy=RETRIES)
        return (*super().job_kinds, notice)

    @cached_property
    def clients(self) -> ClientService:
        return ClientService(
            clients=self.repositories.clients,
            sessions=self.repositories.sessions,
            origins=self.allowed_origins,
            described=self.described_clients,
            opaque_tokens=self.ports.opaque_tokens,
            security_log=self.security_log,
            audit_log=self.audit_log,
            outbox=self.event_outbox,
            allows_private_hosts=self.ports.allows_private_hosts,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def described_clients(self) -> DescribedClients:
        return DescribedClients(
            clients=self.repositories.clients,
            documents=self.ports.client_documents,
            limits=self.limits,
            allows_private_hosts=self.ports.allows_private_hosts,
            clock=self.ports.clock,
        )

    @cached_property
    def allowed_origins(self) -> AllowedOrigins:
        return AllowedOrigins(
            clients=self.repositories.clients,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def service_clients(self) -> ServiceClientService:
        return ServiceClientService(
            clients=self.repositories.clients,
            organizations=self.repositories.organizations,
            registrar=self.clients,
            emails=self.emails,
            tenant_access=self.tenant_access,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def authorizations(self) -> AuthorizationService:
        return AuthorizationService(
            clients=self.repositories.clients,
            registrar=self.clients,
            consents=self.repositories.consents,
            codes=self.repositories.authorization_codes,
            devices=self.repositories.device_codes,
            sessions=self.repositories.sessions,
            opaque_tokens=self.ports.opaque_tokens,
            security_log=self.security_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def grants(self) -> GrantService:
        return GrantService(
            clients=self.repositories.clients,
            codes=self.repositories.authorization_codes,
            devices=self.repositories.device_codes,
            users=self.repositories.users,
            sessions=self.repositories.sessions,
            pairs=self._pairs,
            renewals=self._renewals,
            opaque_tokens=self.ports.opaque_tokens,
            policy=self.ports.session_policy,
            security_log=self.security_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def claims(self) -> ClaimsService:
        return ClaimsService(
            users=self.repositories.users,
            verified_emails=self.repositories.verified_emails,
            organizations=self.repositories.organizations,
            id_tokens=self.ports.id_tokens,
            clock=self.ports.clock,
        )

    @cached_property
    def devices(self) -> DeviceService:
        return DeviceService(
            clients=self.repositories.clients,
            devices=self.repositories.device_codes,
            authorizations=self.authorizations,
            limits=self.limits,
            opaque_tokens=self.ports.opaque_tokens,
            security_log=self.security_log,
            sign_in_records=self.sign_in_records,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def logouts(self) -> LogoutService:
        return LogoutService(
            clients=self.repositories.clients,
            sessions=self.repositories.sessions,
            codes=self.repositories.authorization_codes,
            devices=self.repositories.device_codes,
            jobs=self.job_queue,
            id_tokens=self.ports.id_tokens,
            sender=self.ports.logout_sender,
            security_log=self.security_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def pushed_requests(self) -> PushedRequestService:
        return PushedRequestService(
            requests=self.repositories.pushed_requests,
            opaque_tokens=self.ports.opaque_tokens,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def pre_authorized_codes(self) -> PreAuthorizedCodeService:
        return PreAuthorizedCodeService(
            codes=self.repositories.pre_authorized_codes,
            users=self.repositories.users,
            sessions=self.repositories.sessions,
            pairs=self._pairs,
            opaque_tokens=self.ports.opaque_tokens,
            security_log=self.security_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def tokens(self) -> TokenService:
        return TokenService(
            sessions=self.repositories.sessions,
            refresh_tokens=self.repositories.refresh_tokens,
            access_tokens=self.ports.access_tokens,
            opaque_tokens=self.ports.opaque_tokens,
            security_log=self.security_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def registrations(self) -> RegistrationService:
        return RegistrationService(
            registrar=self.clients,
            clients=self.repositories.clients,
            sessions=self.repositories.sessions,
            access_tokens=self.ports.access_tokens,
            opaque_tokens=self.ports.opaque_tokens,
            resources=self.ports.registrable_resources,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )
