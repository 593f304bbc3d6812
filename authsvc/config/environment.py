"""Configuration from environment variables, read and validated once when the process starts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from authsvc.config.tutor import TutorConfig, read_tutor
from authsvc.config.variables import ROOT, Misconfigured, Reader

SHORTEST_SECRET_KEY: Final = 50
SHORTEST_METRICS_TOKEN: Final = 32
LEAST_KIB_PER_LANE: Final = 8  # RFC 9106 §3.1
AI_BUDGETS: Final = ("session", "learner", "course", "organization", "platform")
LEAST_ANSWER: Final = timedelta(milliseconds=500)  # longer than a sign-up takes on a busy server

_PAGE: Final = re.compile(
    r"https?://[A-Za-z0-9.:\[\]-]+([/?#](?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?"
)


class AppEnv(StrEnum):
    DEV = "dev"
    TEST = "test"
    PROD = "prod"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The configuration of a process."""

    app_env: AppEnv
    environment_name: str
    database_url: str = field(repr=False)
    database_pool: int
    secret_key: str = field(repr=False)
    signing_keys_file: Path | None
    anchor_export: str
    allowed_hosts: tuple[str, ...]
    public_url: str
    is_behind_proxy: bool
    data_dir: Path
    ai_texts: str
    ai_token_limits: Mapping[str, Decimal]
    ai_cost_limits: Mapping[str, Decimal]
    ai_retention_days: int
    has_demo: bool
    shows_docs: bool
    security_contact: str
    issuer_name: str
    issuer_url: str
    issuer_email: str
    fetches_foreign_badges: bool
    terms_url: str
    privacy_url: str
    metrics_token: str = field(repr=False)
    metrics_networks: tuple[IPv4Network | IPv6Network, ...]
    metrics_dir: Path | None
    traces_endpoint: str
    breached_passwords_url: str
    log_level: str
    log_format: str
    max_body_bytes: int
    access_token: timedelta
    refresh_token: timedelta
    session: timedelta
    browser_idle: timedelta
    browser_session: timedelta
    fresh_sign_in: timedelta
    sign_in_days: int
    staff_second_factor: bool
    needs_verified_email: bool
    email_url: str = field(repr=False)
    email_from: str
    redis_url: str = field(repr=False)
    embedded_worker: bool
    broker_url: str = field(repr=False)
    reads_per_minute: int
    writes_per_minute: int
    expensive_per_minute: int
    log_ins_per_minute: int
    failures_before_backoff: int
    registrations_per_hour: int
    token_failures_per_minute: int
    client_documents_per_minute: int
    mails_per_person: int
    mails_per_organization: int
    mails_per_address: int
    webhooks_per_host: int
    organization_creators: str
    organizations_per_person: int
    registrable_resources: tuple[str, ...]
    cimd_hosts: tuple[str, ...]
    argon2_at_once: int
    argon2_memory_kib: int
    argon2_passes: int
    argon2_lanes: int
    tutor: TutorConfig

    def __post_init__(self) -> None:
        if self.argon2_memory_kib < LEAST_KIB_PER_LANE * self.argon2_lanes:
            msg = f"ARGON2_MEMORY_KIB must be at least {LEAST_KIB_PER_LANE} times ARGON2_LANES."
            raise Misconfigured(msg)
        if self.broker_url and find_spec("celery") is None:
            raise Misconfigured("BROKER_URL needs Celery: install authsvc[celery], or unset it.")
        if self.keeps_texts_on_s3 and find_spec("storages") is None:
            raise Misconfigured("AI_TEXTS on S3 needs django-storages: install authsvc[s3].")

    @property
    def has_broker(self) -> bool:
        """Whether Celery's workers run background jobs. They need a database, where the jobs are stored."""
        return bool(self.broker_url) and self.has_database

    @property
    def runs_embedded_worker(self) -> bool:
        """Whether the server processes run background jobs."""
        return self.embedded_worker and not self.has_broker

    @property
    def name(self) -> str:
        """What the admin site calls this environment."""
        return self.environment_name or ("Production" if self.is_prod else "Development")

    @property
    def has_database(self) -> bool:
        return bool(self.database_url)

    @property
    def keeps_secrets(self) -> bool:
        """Whether secrets that are not configured are generated and stored, rather than lost with the process."""
        return self.app_env is AppEnv.DEV and self.has_database

    @property
    def keeps_texts_on_s3(self) -> bool:
        """Whether texts of AI sessions are stored in a bucket rather than in a folder."""
        return self.ai_texts.startswith("s3://")

    @property
    def signing_keys_path(self) -> Path | None:
        """The file of the signing keys, if they are stored in one."""
        if self.signing_keys_file is None and self.keeps_secrets:
            return self.data_dir / "signing-keys.json"
        return self.signing_keys_file

    @property
    def has_metrics(self) -> bool:
        """Whether metrics are recorded: if anybody may read them."""
        return bool(self.metrics_token or self.metrics_networks)

    @property
    def metrics_path(self) -> Path:
        """The folder in which processes share metrics."""
        return self.metrics_dir or self.data_dir / "metrics"

    @property
    def is_prod(self) -> bool:
        return self.app_env is AppEnv.PROD

    @property
    def paced_answer(self) -> timedelta:
        """How long answers take at least that must not reveal whether an address has an account."""
        return LEAST_ANSWER if self.is_prod else timedelta()

    @property
    def staff_needs_second_factor(self) -> bool:
        """Whether staff need a second factor, and a recent sign-in before destructive actions."""
        return self.is_prod or self.staff_second_factor


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Read the configuration from these variables. Raises Misconfigured."""
    reader = Reader(variables)
    app_env = AppEnv(reader.choice("APP_ENV", *AppEnv))
    metrics_token, metrics_networks = _metrics_access(reader)
    environment = Environment(
        app_env=app_env,
        environment_name=reader.text("ENVIRONMENT_NAME"),
        database_url=reader.connection("DATABASE_URL", "postgres", "postgresql", "sqlite"),
        database_pool=reader.number("DATABASE_POOL", at_least=0),
        secret_key=reader.text("SECRET_KEY"),
        signing_keys_file=reader.path("SIGNING_KEYS_FILE"),
        anchor_export=reader.place("ANCHOR_EXPORT"),
        allowed_hosts=reader.names("ALLOWED_HOSTS"),
        public_url=reader.base_url("PUBLIC_URL"),
        is_behind_proxy=reader.switch("BEHIND_PROXY"),
        data_dir=ROOT / reader.text("DATA_DIR"),
        ai_texts=reader.text("AI_TEXTS"),
        ai_token_limits=reader.amounts("AI_TOKEN_LIMITS", *AI_BUDGETS),
        ai_cost_limits=reader.amounts("AI_COST_LIMITS", *AI_BUDGETS),
        ai_retention_days=reader.number("AI_RETENTION_DAYS", at_least=0),
        has_demo=reader.switch("DEMO"),
        shows_docs=reader.switch("DOCS"),
        security_contact=_security_contact(reader),
        issuer_name=reader.text("ISSUER_NAME"),
        issuer_url=_page(reader, "ISSUER_URL"),
        issuer_email=_issuer_email(reader),
        fetches_foreign_badges=reader.switch("FETCH_FOREIGN_BADGES"),
        terms_url=_page(reader, "TERMS_URL"),
        privacy_url=_page(reader, "PRIVACY_URL"),
        metrics_token=metrics_token,
        metrics_networks=metrics_networks,
        metrics_dir=reader.path("METRICS_DIR"),
        traces_endpoint=_traces_endpoint(reader),
        breached_passwords_url=reader.url("BREACHED_PASSWORDS_URL", "http", "https"),
        log_level=reader.choice("LOG_LEVEL", "DEBUG", "INFO", "WARNING", "ERROR"),
        log_format=reader.choice("LOG_FORMAT", "console", "json"),
        max_body_bytes=reader.number("MAX_BODY_BYTES", at_least=1024),
        access_token=reader.span("ACCESS_TOKEN_SECONDS"),
        refresh_token=reader.span("REFRESH_TOKEN_SECONDS"),
        session=reader.span("SESSION_SECONDS"),
        browser_idle=reader.span("BROWSER_IDLE_SECONDS"),
        browser_session=reader.span("BROWSER_SESSION_SECONDS"),
        fresh_sign_in=reader.span("FRESH_SIGN_IN_SECONDS"),
        sign_in_days=reader.number("SIGN_IN_DAYS", at_least=1),
        staff_second_factor=reader.switch("STAFF_SECOND_FACTOR"),
        needs_verified_email=reader.switch("VERIFIED_EMAIL", default=app_env is AppEnv.PROD),
        email_url=reader.connection("EMAIL_URL", "smtp", "smtps", "file"),
        email_from=reader.text("EMAIL_FROM"),
        redis_url=reader.connection("REDIS_URL", "redis", "rediss", "unix"),
        embedded_worker=reader.switch("EMBEDDED_WORKER"),
        broker_url=reader.connection("BROKER_URL", "redis", "rediss", "amqp", "amqps"),
        reads_per_minute=reader.number("READS_PER_MINUTE", at_least=1),
        writes_per_minute=reader.number("WRITES_PER_MINUTE", at_least=1),
        expensive_per_minute=reader.number("EXPENSIVE_PER_MINUTE", at_least=1),
        log_ins_per_minute=reader.number("LOGIN_ATTEMPTS_PER_MINUTE", at_least=1),
        failures_before_backoff=reader.number("LOGIN_FAILURES_BEFORE_BACKOFF", at_least=1),
        registrations_per_hour=reader.number("REGISTRATIONS_PER_HOUR", at_least=1),
        token_failures_per_minute=reader.number("TOKEN_FAILURES_PER_MINUTE", at_least=1),
        client_documents_per_minute=reader.number("CLIENT_DOCUMENTS_PER_MINUTE", at_least=1),
        mails_per_person=reader.number("MAILS_PER_PERSON_AND_DAY", at_least=1),
        mails_per_organization=reader.number("MAILS_PER_ORGANIZATION_AND_DAY", at_least=1),
        mails_per_address=reader.number("MAILS_PER_ADDRESS_AND_DAY", at_least=1),
        webhooks_per_host=reader.number("WEBHOOKS_PER_HOST_AND_DAY", at_least=1),
        organization_creators=reader.choice("ORGANIZATION_CREATORS", "anyone", "verified", "staff"),
        organizations_per_person=reader.number("ORGANIZATIONS_PER_PERSON", at_least=1),
        registrable_resources=reader.names("REGISTRABLE_RESOURCES"),
        cimd_hosts=reader.names("CIMD_HOSTS"),
        argon2_at_once=reader.number("ARGON2_AT_ONCE", at_least=1),
        argon2_memory_kib=reader.number("ARGON2_MEMORY_KIB", at_least=LEAST_KIB_PER_LANE),
        argon2_passes=reader.number("ARGON2_PASSES", at_least=1),
        argon2_lanes=reader.number("ARGON2_LANES", at_least=1),
        tutor=read_tutor(reader, is_prod=app_env is AppEnv.PROD),
    )
    if environment.is_prod:
        _require_safety(environment)
    return environment


def _security_contact(reader: Reader) -> str:
    contact = reader.text("SECURITY_CONTACT")
    if not contact:
        return f"mailto:security@{urlsplit(reader.base_url('PUBLIC_URL')).hostname}"
    if not re.fullmatch(r"(https://|mailto:)[!-~]+", contact):
        raise Misconfigured("SECURITY_CONTACT must be a mailto: or https: URL.")
    return contact


def _page(reader: Reader, name: str) -> str:
    """The URL of a page for people; empty if it is not set."""
    url = reader.url(name, "https", "http")
    if url and not _PAGE.fullmatch(url):
        raise Misconfigured(f"{name} must be the URL of a page, like https://school.example/terms.")
    return url


def _issuer_email(reader: Reader) -> str:
    email = reader.text("ISSUER_EMAIL")
    if email and not re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", email):
        raise Misconfigured("ISSUER_EMAIL must be an e-mail address.")
    return email


def _metrics_access(reader: Reader) -> tuple[str, tuple[IPv4Network | IPv6Network, ...]]:
    """The token, or the networks, of METRICS. Raises Misconfigured."""
    try:
        return "", tuple(ip_network(name) for name in reader.names("METRICS"))
    except ValueError:
        token = reader.text("METRICS")
    if not re.fullmatch(rf"[A-Za-z0-9._~+-]{{{SHORTEST_METRICS_TOKEN},}}", token):
        # The value may be a token, so it is not repeated.
        msg = (
            f"METRICS must be networks, like 127.0.0.1/32, or a token of at least {SHORTEST_METRICS_TOKEN}"
            " letters, digits and . _ ~ + -."
        )
        raise Misconfigured(msg)
    return token, ()


def _traces_endpoint(reader: Reader) -> str:
    endpoint = reader.url("OTEL_EXPORTER_OTLP_ENDPOINT", "http", "https")
    if endpoint and not _is_installed("opentelemetry.exporter.otlp.proto.http"):
        raise Misconfigured(
            "OTEL_EXPORTER_OTLP_ENDPOINT needs the packages of requirements-otel.txt. Install them."
        )
    return endpoint


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # one of the packages around it
        return False


def _require_safety(environment: Environment) -> None:
    """Raise Misconfigured if production would run with generated secrets or without a database."""
    required = {
        "SECRET_KEY": environment.secret_key,
        "SIGNING_KEYS_FILE": environment.signing_keys_file,
        "ALLOWED_HOSTS": environment.allowed_hosts,
        "DATABASE_URL": environment.database_url,
        "EMAIL_URL": environment.email_url,
    }
    missing = [name for name, value in required.items() if not value]
    if missing:
        msg = f"APP_ENV=prod needs {' and '.join(missing)}, see .env.example."
        raise Misconfigured(msg)
    if len(environment.secret_key) < SHORTEST_SECRET_KEY:
        msg = (
            f"SECRET_KEY must have at least {SHORTEST_SECRET_KEY} characters when APP_ENV is prod."
        )
        raise Misconfigured(msg)
    if "*" in environment.allowed_hosts:
        msg = "ALLOWED_HOSTS must name hosts when APP_ENV is prod; * is not one."
        raise Misconfigured(msg)
    if not environment.public_url.startswith("https://"):
        msg = "PUBLIC_URL must begin with https:// when APP_ENV is prod."
        raise Misconfigured(msg)
