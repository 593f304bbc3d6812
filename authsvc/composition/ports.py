"""The service ports, built from the environment."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import SystemRandom
from typing import Final
from urllib.parse import urlsplit

from accounts.adapters.anchors import ConfiguredAnchorExporter, JwsAnchorSigner
from accounts.adapters.breached_passwords import BreachedPasswordPolicy
from accounts.adapters.client_documents import HttpClientDocuments
from accounts.adapters.email_addresses import CheckedEmailAddresses
from accounts.adapters.id_tokens import JwtIdTokens
from accounts.adapters.key_file import KeyFile, UnusableKeys
from accounts.adapters.keys import CurrentKeys, KeyRing, Keys, new_key_ring
from accounts.adapters.logout_sender import HttpLogoutSender
from accounts.adapters.mailer import (
    CountingMailTransport,
    DjangoMailTemplates,
    DjangoMailTransport,
)
from accounts.adapters.opaque_tokens import Encryptor, HmacTokens
from accounts.adapters.passwords import (
    Argon2Hasher,
    BoundedHasher,
    DjangoPasswordPolicy,
    NormalizingHasher,
    TimedHasher,
)
from accounts.adapters.security_log import CountingSecurityLogWriter, StructlogSecurityLogWriter
from accounts.adapters.sign_up_mails import AllauthSignUpMails
from accounts.adapters.signing_secrets import PURPOSE, EncryptedSecrets
from accounts.adapters.staff_rights import DjangoStaffRights
from accounts.adapters.tokens import JwtAccessTokens
from accounts.domain.audit.ports import AnchorExporter, AnchorSigner
from accounts.domain.identity.entities.sessions import SessionPolicy, SignInPolicy
from accounts.domain.identity.ports import (
    AccessTokens,
    EmailAddresses,
    OpaqueTokens,
    PasswordHasher,
    PasswordPolicy,
    SecurityLogWriter,
    SigningKeys,
    SignUpMails,
    StaffRights,
)
from accounts.domain.identity.services.login_attempts import LimitPolicy
from accounts.domain.integrations.ports import SigningSecrets
from accounts.domain.mail.ports import MailTemplates, MailTransport
from accounts.domain.oauth.ports import ClientDocuments, IdTokens, LogoutSender
from accounts.domain.organizations.entities import OrganizationCreators, OrganizationPolicy
from authsvc.composition.adapters import SystemClock
from authsvc.composition.observed_outbound import ObservedOutbound
from authsvc.composition.outbound_http import HttpcoreOutbound, resolvers_of
from authsvc.composition.text_stores import text_store_of
from authsvc.composition.tutor_models.choice import tutor_model
from authsvc.config.environment import AppEnv, Environment
from authsvc.config.logs import request_id
from authsvc.config.secret_files import read_or_create_secret
from authsvc.config.tutor import TutorConfig
from authsvc.jobs.ports import Broker, Carrier
from authsvc.kernel.clock import Clock
from authsvc.kernel.metrics import Metrics, NoMetrics
from authsvc.kernel.outbound import OutboundHttp
from authsvc.kernel.rate_limits import ProcessCounts
from authsvc.kernel.request_budgets import RequestCounts, RequestPolicy
from authsvc.kernel.tracing import NoTracing, Tracing
from credentials.domain.entities.issuers import Platform
from credentials.domain.ports import KeyProtection
from progress.domain.ai.entities.budgets import BudgetKind, BudgetLimit
from progress.domain.ai.ports import TextStore, TutorModel
from progress.domain.ai.services.budgets import BudgetPolicy

WEBHOOK_SECONDS: Final = 10.0
"""How long the receiver of a webhook has to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the services need apart from repositories."""

    clock: Clock
    metrics: Metrics
    tracing: Tracing
    password_hasher: PasswordHasher
    password_policy: PasswordPolicy
    access_tokens: AccessTokens
    signing_keys: SigningKeys
    anchor_signer: AnchorSigner
    anchor_exporter: AnchorExporter
    security_log_writer: SecurityLogWriter
    email_addresses: EmailAddresses
    id_tokens: IdTokens
    outbound_http: OutboundHttp
    logout_sender: LogoutSender
    webhook_http: OutboundHttp
    badge_http: OutboundHttp | None
    signing_secrets: SigningSecrets
    key_protection: KeyProtection
    client_documents: ClientDocuments
    allows_private_hosts: bool
    registrable_resources: frozenset[str]
    mail_templates: MailTemplates
    mail_transport: MailTransport
    opaque_tokens: OpaqueTokens
    sign_up_mails: SignUpMails
    session_policy: SessionPolicy
    sign_in_policy: SignInPolicy
    limit_policy: LimitPolicy
    request_policy: RequestPolicy
    request_counts: RequestCounts
    organization_policy: OrganizationPolicy
    request_id: Callable[[], str]
    jitter: Callable[[], float]
    staff_rights: StaffRights
    public_url: str
    platform: Platform
    tutor_model: TutorModel | None
    tutor_config: TutorConfig
    texts: TextStore
    ai_budgets: BudgetPolicy
    ai_retention_days: int
    job_carrier: Carrier | None = None
    broker: Broker | None = None


def ports(environment: Environment, *, secret_key: str) -> Ports:
    """Build the ports from the environment. Raises UnusableKeys, Misconfigured."""
    keys = _keys(environment)
    metrics, tracing = _metrics(environment), _tracing(environment)
    http = HttpcoreOutbound(allows_private_addresses=not environment.is_prod)
    outbound_http = ObservedOutbound(http=http, metrics=metrics, tracing=tracing)
    webhook_http = replace(
        outbound_http,
        http=replace(
            http, total_seconds=WEBHOOK_SECONDS, resolvers=resolvers_of("webhook-resolver")
        ),
    )
    badge_http = replace(
        outbound_http, http=replace(http, resolvers=resolvers_of("badge-resolver"))
    )
    return Ports(
        clock=SystemClock(),
        metrics=metrics,
        tracing=tracing,
        password_hasher=_password_hasher(environment, metrics),
        password_policy=_password_policy(environment, outbound_http),
        access_tokens=JwtAccessTokens(
            keys=keys,
            issuer=environment.public_url,
            audience=f"{environment.public_url}/v1",
            lifetime=environment.access_token,
        ),
        signing_keys=CurrentKeys(keys),
        anchor_signer=JwsAnchorSigner(keys=keys),
        anchor_exporter=ConfiguredAnchorExporter(place=environment.anchor_export),
        security_log_writer=CountingSecurityLogWriter(
            writer=StructlogSecurityLogWriter(), metrics=metrics
        ),
        email_addresses=CheckedEmailAddresses(),
        id_tokens=JwtIdTokens(
            keys=keys, issuer=environment.public_url, lifetime=environment.access_token
        ),
        outbound_http=outbound_http,
        logout_sender=HttpLogoutSender(http=outbound_http),
        webhook_http=webhook_http,
        badge_http=badge_http if environment.fetches_foreign_badges else None,
        signing_secrets=EncryptedSecrets(Encryptor(secret_key, purpose=PURPOSE)),
        key_protection=Encryptor(secret_key, purpose=b"authsvc issuer keys"),
        client_documents=HttpClientDocuments(
            http=outbound_http, hosts=frozenset(environment.cimd_hosts), clock=SystemClock()
        ),
        allows_private_hosts=not environment.is_prod,
        registrable_resources=frozenset(environment.registrable_resources),
        mail_templates=DjangoMailTemplates(public_url=environment.public_url),
        mail_transport=CountingMailTransport(transport=DjangoMailTransport(), metrics=metrics),
        opaque_tokens=HmacTokens(secret_key),
        session_policy=SessionPolicy(
            refresh_within=environment.refresh_token,
            ends_after=environment.session,
            browser_idle=environment.browser_idle,
        ),
        sign_up_mails=AllauthSignUpMails(),
        sign_in_policy=SignInPolicy(
            # Without a database there are no pages on which to follow a link.
            needs_verified_email=environment.needs_verified_email and environment.has_database,
            sign_in_url=f"{environment.public_url}/signin",
            staff_needs_second_factor=environment.staff_needs_second_factor,
            second_factor_url=f"{environment.public_url}/account/second-factor",
            fresh_for=environment.fresh_sign_in,
            recorded_for=timedelta(days=environment.sign_in_days),
        ),
        limit_policy=_limit_policy(environment),
        request_policy=RequestPolicy(
            reads_per_minute=environment.reads_per_minute,
            writes_per_minute=environment.writes_per_minute,
            expensive_per_minute=environment.expensive_per_minute,
        ),
        request_counts=_request_counts(environment),
        organization_policy=OrganizationPolicy(
            creators=OrganizationCreators(environment.organization_creators),
            most_per_person=environment.organizations_per_person,
        ),
        request_id=request_id.get,
        jitter=SystemRandom().random,
        broker=_broker(environment),
        public_url=environment.public_url,
        platform=_platform(environment),
        tutor_config=environment.tutor,
        tutor_model=tutor_model(
            environment.tutor, tracing, is_test=environment.app_env is AppEnv.TEST
        ),
        texts=text_store_of(environment, SystemClock()),
        ai_budgets=_ai_budgets(environment),
        ai_retention_days=environment.ai_retention_days,
        staff_rights=DjangoStaffRights(has_database=environment.has_database),
    )


def _ai_budgets(environment: Environment) -> BudgetPolicy:
    tokens, dollars = environment.ai_token_limits, environment.ai_cost_limits
    return BudgetPolicy(
        limits={
            kind: BudgetLimit(
                tokens=int(tokens.get(kind, 0)),
                cost_micro_usd=int(dollars.get(kind, 0) * 1_000_000),
            )
            for kind in BudgetKind
        }
    )


def _platform(environment: Environment) -> Platform:
    return Platform(
        name=environment.issuer_name or urlsplit(environment.public_url).netloc,
        url=environment.issuer_url or environment.public_url,
        email=environment.issuer_email,
        terms_url=environment.terms_url,
        privacy_url=environment.privacy_url,
    )


def _broker(environment: Environment) -> Broker | None:
    if not environment.has_broker:
        return None
    # An extra: without BROKER_URL, Celery need not be installed.
    from authsvc.jobs.broker import BrokerCarrier  # noqa: PLC0415  # as the comment above says

    return BrokerCarrier.at(environment.broker_url)


def _metrics(environment: Environment) -> Metrics:
    """Raises Misconfigured."""
    if not environment.has_metrics:
        return NoMetrics()
    from authsvc.composition.prometheus import (  # noqa: PLC0415  # costs time and memory, for metrics alone
        PrometheusMetrics,
    )

    return PrometheusMetrics(environment.metrics_path)


def _tracing(environment: Environment) -> Tracing:
    if not environment.traces_endpoint:
        return NoTracing()
    from authsvc.composition.opentelemetry_tracing import (  # noqa: PLC0415  # needs the extra otel
        exporting_to,
    )

    return exporting_to(environment.traces_endpoint)


def _request_counts(environment: Environment) -> RequestCounts:
    if not environment.redis_url:
        return ProcessCounts()
    from authsvc.storage.redis_counts import RedisCounts  # noqa: PLC0415  # costs time and memory

    return RedisCounts.at(environment.redis_url)


def _password_policy(environment: Environment, http: OutboundHttp) -> PasswordPolicy:
    policy, url = DjangoPasswordPolicy(), environment.breached_passwords_url
    return BreachedPasswordPolicy(policy=policy, http=http, url=url) if url else policy


def _password_hasher(environment: Environment, metrics: Metrics) -> PasswordHasher:
    hasher = Argon2Hasher(
        memory_kib=environment.argon2_memory_kib,
        passes=environment.argon2_passes,
        lanes=environment.argon2_lanes,
    )
    bounded = BoundedHasher(
        hasher=TimedHasher(hasher=hasher, metrics=metrics),
        at_once=environment.argon2_at_once,
        metrics=metrics,
    )
    return NormalizingHasher(hasher=bounded)


def _limit_policy(environment: Environment) -> LimitPolicy:
    return LimitPolicy(
        log_ins_per_minute=environment.log_ins_per_minute,
        registrations_per_hour=environment.registrations_per_hour,
        failures_before_backoff=environment.failures_before_backoff,
        token_failures_per_minute=environment.token_failures_per_minute,
        client_documents_per_minute=environment.client_documents_per_minute,
        mails_per_person=environment.mails_per_person,
        mails_per_organization=environment.mails_per_organization,
        mails_per_address=environment.mails_per_address,
        webhooks_per_host=environment.webhooks_per_host,
    )


def _keys(environment: Environment) -> Keys:
    path = environment.signing_keys_path
    if path is None:
        return _temporary_keys()
    if environment.signing_keys_file is None:
        _create_keys(path)
    return KeyFile(path)


def _create_keys(path: Path) -> None:
    """Store new keys at *path* unless it exists. Raises UnusableKeys."""
    try:
        read_or_create_secret(path, lambda: new_key_ring().private_json())
    except OSError as error:
        msg = f"signing keys cannot be stored at {path}: {error.strerror}"
        raise UnusableKeys(msg) from None


@cache
def _temporary_keys() -> KeyRing:
    """Keys that last as long as the process, generated once because that takes a while."""
    return new_key_ring()
