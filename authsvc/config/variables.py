"""Environment variables: names, defaults, descriptions and parsers."""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

ROOT: Final = Path(__file__).resolve().parents[2]

# Name, default and description of each variable. .env.example and docs/operations.md repeat them.
VARIABLES: Final = (
    ("APP_ENV", "dev", "dev, test or prod. prod rejects unsafe settings."),
    (
        "ENVIRONMENT_NAME",
        "",
        "What the admin site calls this environment, such as Staging. If empty, Production in prod, else Development.",
    ),
    (
        "DATABASE_URL",
        "",
        "postgres://… or sqlite:///…. If empty, data is kept in memory and lost when the process ends.",
    ),
    (
        "DATABASE_POOL",
        "0",
        "Connections to PostgreSQL that the threads of a process share. If 0, each thread keeps one of its own.",
    ),
    (
        "SECRET_KEY",
        "",
        "At least 50 random characters. Required in prod; generated and stored in DATA_DIR elsewhere.",
    ),
    (
        "SIGNING_KEYS_FILE",
        "",
        "Path of a private JSON Web Key Set. Required in prod; generated in DATA_DIR elsewhere.",
    ),
    (
        "ANCHOR_EXPORT",
        "",
        "Where anchors are exported: a folder, a file to append to, or mailto: and an e-mail address.",
    ),
    (
        "ALLOWED_HOSTS",
        "",
        "Comma-separated host names of this service. Required in prod; loopback names elsewhere.",
    ),
    (
        "PUBLIC_URL",
        "http://localhost:8000",
        "The URL under which clients reach this service, and the issuer of its tokens.",
    ),
    (
        "BEHIND_PROXY",
        "off",
        "on if a trusted proxy sets X-Forwarded-Proto and appends to X-Forwarded-For.",
    ),
    (
        "DATA_DIR",
        "var",
        "Directory for the development database and secrets, and for static files in prod.",
    ),
    (
        "AI_TEXTS",
        "ai-texts",
        "Where texts of AI sessions are stored: a folder within DATA_DIR, or s3://bucket/prefix. Needs authsvc[s3].",
    ),
    (
        "AI_TOKEN_LIMITS",
        "",
        "Tokens per session and, monthly, per learner, course, organization and platform, such as session=50000.",
    ),
    (
        "AI_COST_LIMITS",
        "",
        "The same in US dollars, such as learner=2.50,organization=100. What is not named has no limit.",
    ),
    (
        "AI_RETENTION_DAYS",
        "0",
        "Days after which texts of AI sessions are removed, unless an organization decides otherwise. 0 for never.",
    ),
    (
        "DEMO",
        "on",
        "on to fill a new development database with a school of thirty learners, off to leave it out.",
    ),
    ("DOCS", "on", "on to serve /docs and /v1/openapi.json, off to hide them."),
    (
        "SECURITY_CONTACT",
        "",
        "mailto: or https: URL for reports of vulnerabilities. If empty, security@ the host of PUBLIC_URL.",
    ),
    (
        "ISSUER_NAME",
        "",
        "Name of the platform as an issuer of credentials. If empty, the host of PUBLIC_URL.",
    ),
    ("ISSUER_URL", "", "Website of the platform as an issuer. If empty, PUBLIC_URL."),
    (
        "ISSUER_EMAIL",
        "",
        "E-mail address for questions about credentials. If empty, none is published.",
    ),
    (
        "FETCH_FOREIGN_BADGES",
        "off",
        "on to fetch keys, status lists and credentials of other issuers from their hosts when badges are verified.",
    ),
    ("TERMS_URL", "", "URL of the terms of service, which the Open Badges API names."),
    ("PRIVACY_URL", "", "URL of the privacy policy, which the Open Badges API names."),
    (
        "METRICS",
        "",
        "Who may read /metrics: a bearer token of 32 characters or more, or networks. If empty, nobody.",
    ),
    (
        "METRICS_DIR",
        "",
        "Directory in which the processes of this machine share metrics. If empty, metrics in DATA_DIR.",
    ),
    (
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "",
        "http:// or https:// URL of an OpenTelemetry collector. If empty, nothing is traced.",
    ),
    (
        "BREACHED_PASSWORDS_URL",
        "",
        "A range search of breached passwords, such as https://api.pwnedpasswords.com/range/. If empty, none is asked.",
    ),
    ("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
    ("LOG_FORMAT", "console", "console for people, json for machines."),
    ("MAX_BODY_BYTES", "1048576", "Maximum size of a request body in bytes."),
    ("ACCESS_TOKEN_SECONDS", "900", "Lifetime of an access token."),
    ("REFRESH_TOKEN_SECONDS", "1209600", "Lifetime of an unused refresh token."),
    ("SESSION_SECONDS", "7776000", "Maximum lifetime of a session, regardless of refreshes."),
    ("BROWSER_IDLE_SECONDS", "7200", "Idle time after which a browser session ends."),
    ("BROWSER_SESSION_SECONDS", "43200", "Maximum lifetime of a browser session."),
    (
        "FRESH_SIGN_IN_SECONDS",
        "300",
        "Maximum age of a sign-in for sensitive account changes and destructive admin actions.",
    ),
    (
        "SIGN_IN_DAYS",
        "90",
        "Days for which sign-ins and failed attempts are shown to staff. Then they are removed.",
    ),
    (
        "STAFF_SECOND_FACTOR",
        "off",
        "If on, staff need a second factor, and a recent sign-in for destructive actions. Always on in prod.",
    ),
    (
        "VERIFIED_EMAIL",
        "",
        "If on, users must verify their e-mail address before signing in. If empty, on in prod and off elsewhere.",
    ),
    (
        "EMAIL_URL",
        "",
        "smtp://…, smtps://… or file:///…. Required in prod; elsewhere, if empty, mail is printed.",
    ),
    ("EMAIL_FROM", "authsvc@localhost", "Sender address of mails."),
    ("LOGIN_ATTEMPTS_PER_MINUTE", "30", "Login attempts per client IP and minute."),
    ("LOGIN_FAILURES_BEFORE_BACKOFF", "5", "Failed attempts before exponential back-off starts."),
    (
        "REDIS_URL",
        "",
        "redis://… to count API requests for all processes together. If empty, each counts its own.",
    ),
    (
        "EMBEDDED_WORKER",
        "on",
        "on to run background jobs in the server processes; off if manage.py work runs beside them.",
    ),
    (
        "BROKER_URL",
        "",
        "redis://… or amqp://… to run background jobs in Celery workers, instead of both. Needs authsvc[celery].",
    ),
    ("READS_PER_MINUTE", "600", "API requests that read, per caller and minute."),
    ("WRITES_PER_MINUTE", "120", "API requests that write, per caller and minute."),
    (
        "EXPENSIVE_PER_MINUTE",
        "30",
        "Imports, exports, reports and the like over the API, per caller and minute.",
    ),
    ("REGISTRATIONS_PER_HOUR", "10", "Registrations per client IP and hour."),
    ("TOKEN_FAILURES_PER_MINUTE", "60", "Failed client authentications per client IP and minute."),
    (
        "CLIENT_DOCUMENTS_PER_MINUTE",
        "10",
        "Client ID metadata documents fetched per client IP and minute.",
    ),
    ("MAILS_PER_PERSON_AND_DAY", "200", "Messages to others that a user can cause per day."),
    ("MAILS_PER_ORGANIZATION_AND_DAY", "500", "Messages that an organization can cause per day."),
    (
        "MAILS_PER_ADDRESS_AND_DAY",
        "20",
        "Messages per recipient and day: by others, by the recipient, and notices are counted separately.",
    ),
    (
        "WEBHOOKS_PER_HOST_AND_DAY",
        "100000",
        "Messages to webhooks at a host per day, of all webhooks there together.",
    ),
    (
        "ORGANIZATION_CREATORS",
        "anyone",
        "Who can create organizations: anyone, verified (users with a verified address) or staff (platform admins).",
    ),
    (
        "ORGANIZATIONS_PER_PERSON",
        "10",
        "Organizations that a user can own and still create others.",
    ),
    (
        "REGISTRABLE_RESOURCES",
        "",
        "Comma-separated URIs of other APIs that clients may register for themselves (RFC 8707).",
    ),
    (
        "CIMD_HOSTS",
        "",
        "Comma-separated hosts of clients whose id is a URL (client ID metadata documents); * for all. If empty, none.",
    ),
    (
        "ARGON2_AT_ONCE",
        "2",
        "Concurrent password hashes per process; further requests wait briefly.",
    ),
    ("ARGON2_MEMORY_KIB", "19456", "Memory used to hash a password, in KiB."),
    ("ARGON2_PASSES", "2", "Number of Argon2 passes over that memory."),
    ("ARGON2_LANES", "1", "Number of Argon2 lanes (parallelism)."),
    (
        "TUTOR",
        "",
        "offline, anthropic, openai (any compatible server) or off. If empty, off in prod and offline elsewhere.",
    ),
    ("TUTOR_MODEL", "", "Name of the model. Required if TUTOR is anthropic or openai."),
    (
        "TUTOR_API_KEY",
        "",
        "Key of the provider. Required if TUTOR is anthropic, or openai without TUTOR_BASE_URL.",
    ),
    ("TUTOR_BASE_URL", "", "URL of the model's API. If empty, that of Anthropic or OpenAI."),
    ("TUTOR_OUTPUT_TOKENS", "1024", "Maximum length of an answer of the tutor in tokens."),
    ("TUTOR_CONNECT_SECONDS", "5", "Time to connect to the model's API."),
    (
        "TUTOR_FIRST_TEXT_SECONDS",
        "20",
        "Time until an answer of the tutor begins, further attempts included.",
    ),
    (
        "TUTOR_SILENCE_SECONDS",
        "20",
        "Silence after which an answer of the tutor counts as broken off.",
    ),
    ("TUTOR_TOTAL_SECONDS", "120", "Time until an answer of the tutor must be complete."),
    ("TUTOR_INPUT_PRICE", "0", "Price of the model's input in USD per million tokens."),
    ("TUTOR_CACHED_PRICE", "0", "Price of input that the provider's cache had."),
    ("TUTOR_OUTPUT_PRICE", "0", "Price of the model's output."),
)


class Misconfigured(Exception):
    """A variable is missing or invalid. The message names it and says what to change."""


def example() -> str:
    """Return the text of .env.example."""
    lines = [f"# {meaning}\n{name}={default}\n" for name, default, meaning in VARIABLES]
    return "\n".join(["# All environment variables of authsvc, with their defaults.\n", *lines])


class Reader:
    """Parse environment variables. An empty variable counts as not set. Methods raise Misconfigured."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        defaults = {name: default for name, default, _ in VARIABLES}
        self._values = defaults | {name: value for name, value in variables.items() if value}

    def text(self, name: str) -> str:
        return self._values[name].strip()

    def path(self, name: str) -> Path | None:
        return ROOT / self.text(name) if self.text(name) else None

    def place(self, name: str) -> str:
        """A path, or an e-mail address after `mailto:`; empty if it is not set."""
        value = self.text(name)
        if re.fullmatch(r"mailto:[^@\s]+@[^@\s]+", value):
            return value
        if value.startswith("mailto:"):
            msg = f"{name} must be a path, or mailto: and an e-mail address."
            raise Misconfigured(msg)
        return str(ROOT / value) if value else ""

    def names(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def choice(self, name: str, *choices: str) -> str:
        if self.text(name) not in choices:
            msg = f"{name} must be one of {', '.join(choices)}, not {self.text(name)!r}."
            raise Misconfigured(msg)
        return self.text(name)

    def switch(self, name: str, *, default: bool | None = None) -> bool:
        """Whether it is on; *default* if the variable has none of its own and is not set."""
        if default is not None and not self.text(name):
            return default
        return self.choice(name, "on", "off") == "on"

    def number(self, name: str, *, at_least: int) -> int:
        digits = self.text(name)
        is_number = re.fullmatch(r"[0-9]{1,9}", digits)
        if not (is_number and int(digits) >= at_least):
            msg = f"{name} must be a whole number of at least {at_least}, not {digits!r}."
            raise Misconfigured(msg)
        return int(digits)

    def amount(self, name: str) -> Decimal:
        """A decimal number, for money."""
        digits = self.text(name)
        if not re.fullmatch(r"[0-9]{1,6}([.][0-9]{1,6})?", digits):
            msg = f"{name} must be a decimal number of at least 0, like 3.75, not {digits!r}."
            raise Misconfigured(msg)
        return Decimal(digits)

    def amounts(self, name: str, *names: str) -> dict[str, Decimal]:
        """Amounts of at least 0 with six decimals or fewer, by these names, as in `a=1,b=2.50`."""
        amounts = {}
        for part in self.names(name):
            key, _, value = part.partition("=")
            if key not in names or not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", value):
                msg = f"{name} must be like {names[0]}=50, with names among {', '.join(names)}, not {part!r}."
                raise Misconfigured(msg)
            amounts[key] = Decimal(value)
        return amounts

    def span(self, name: str) -> timedelta:
        return timedelta(seconds=self.number(name, at_least=60))

    def url(self, name: str, *schemes: str) -> str:
        value = self.text(name)
        prefixes = tuple(f"{scheme}://" for scheme in schemes)
        if value and not value.startswith(prefixes):
            # The value may hold a password, so it is not repeated.
            msg = f"{name} must be a URL that starts with {' or '.join(prefixes)}."
            raise Misconfigured(msg)
        return value

    def connection(self, name: str, *schemes: str) -> str:
        """The URL of a server, database or folder. A # would end it without a word, and the rest would be lost."""
        value = self.url(name, *schemes)
        if "#" in value or not _can_be_split(value):
            msg = f"{name} must be percent-encoded: # is written as %23, [ as %5B."
            raise Misconfigured(msg)
        return value

    def base_url(self, name: str) -> str:
        """An absolute HTTP URL to which paths can be appended: no trailing slash, no query, no fragment."""
        value = self.url(name, "http", "https").rstrip("/")
        if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value):
            msg = f"{name} must be an http or https URL with a host and an optional path, like https://auth.example."
            raise Misconfigured(msg)
        return value


def _can_be_split(url: str) -> bool:
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True


SECRETS: Final = frozenset(
    {
        "DATABASE_URL",
        "SECRET_KEY",
        "METRICS",
        "EMAIL_URL",
        "REDIS_URL",
        "BROKER_URL",
        "BREACHED_PASSWORDS_URL",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "TUTOR_API_KEY",
    }
)
"""Variables that are secret, or may contain a secret: pages say only whether they are set."""
