"""What the environment says: every variable, read once, checked, and never looked up again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
SHORTEST_SECRET_KEY: Final = 50
LEAST_KIB_PER_LANE: Final = 8  # RFC 9106 §3.1

# Name, default and meaning of each variable: .env.example is made of these.
VARIABLES: Final = (
    ("APP_ENV", "dev", "dev, test or prod. prod refuses to start with what is unsafe there."),
    (
        "DATABASE_URL",
        "",
        "postgres://… or sqlite:///…; without it everything is kept in memory and lost at the end.",
    ),
    (
        "SECRET_KEY",
        "",
        "At least 50 random characters; needed in prod. Elsewhere one is made and kept in DATA_DIR.",
    ),
    (
        "SIGNING_KEYS_FILE",
        "",
        "A private JSON Web Key Set; needed in prod. Elsewhere one is made and kept in DATA_DIR.",
    ),
    (
        "ALLOWED_HOSTS",
        "",
        "The host names of this service, with commas between; needed in prod. Elsewhere this machine's.",
    ),
    (
        "PUBLIC_URL",
        "http://127.0.0.1:8000",
        "The address under which clients reach this service, and the issuer of its tokens.",
    ),
    (
        "BEHIND_PROXY",
        "off",
        "on if a proxy of yours stands in front, which sets X-Forwarded-Proto on every request.",
    ),
    (
        "DATA_DIR",
        "var",
        "Where a desk keeps its database and its secrets, and prod its static files.",
    ),
    ("DOCS", "on", "on or off: whether /docs and /v1/openapi.json are served."),
    ("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
    ("LOG_FORMAT", "console", "console for people or json for machines."),
    ("MAX_BODY_BYTES", "1048576", "The longest request body that is read."),
    ("ACCESS_TOKEN_SECONDS", "900", "How long an access token lives."),
    ("REFRESH_TOKEN_SECONDS", "1209600", "How long a refresh token waits to be used."),
    ("SESSION_SECONDS", "7776000", "How long a session lasts, however often it is refreshed."),
    ("ARGON2_MEMORY_KIB", "19456", "The memory that hashing a password takes."),
    ("ARGON2_PASSES", "2", "How often hashing a password goes over that memory."),
    ("ARGON2_LANES", "1", "In how many lanes it does."),
)


class Misconfigured(Exception):
    """The environment makes no sense; says in one sentence what to change."""


class AppEnv(StrEnum):
    DEV = "dev"
    TEST = "test"
    PROD = "prod"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    app_env: AppEnv
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    signing_keys_file: Path | None
    allowed_hosts: tuple[str, ...]
    public_url: str
    is_behind_proxy: bool
    data_dir: Path
    shows_docs: bool
    log_level: str
    log_format: str
    max_body_bytes: int
    access_token: timedelta
    refresh_token: timedelta
    session: timedelta
    argon2_memory_kib: int
    argon2_passes: int
    argon2_lanes: int

    def __post_init__(self) -> None:
        if self.argon2_memory_kib < LEAST_KIB_PER_LANE * self.argon2_lanes:
            msg = f"ARGON2_MEMORY_KIB must be at least {LEAST_KIB_PER_LANE} times ARGON2_LANES."
            raise Misconfigured(msg)

    @property
    def has_database(self) -> bool:
        return bool(self.database_url)

    @property
    def keeps_secrets(self) -> bool:
        """Whether what was not given is made once and kept; otherwise it lasts as long as the process."""
        return self.app_env is AppEnv.DEV and self.has_database

    @property
    def signing_keys_path(self) -> Path | None:
        """Where the signing keys are kept, if they are."""
        if self.signing_keys_file is None and self.keeps_secrets:
            return self.data_dir / "signing-keys.json"
        return self.signing_keys_file

    @property
    def is_prod(self) -> bool:
        return self.app_env is AppEnv.PROD


def read_environment(given: Mapping[str, str]) -> Environment:
    """The environment that these variables describe. Raises Misconfigured."""
    reader = _Reader(given)
    environment = Environment(
        app_env=AppEnv(reader.choice("APP_ENV", *AppEnv)),
        database_url=reader.url("DATABASE_URL", "postgres", "postgresql", "sqlite"),
        secret_key=reader.text("SECRET_KEY"),
        signing_keys_file=reader.path("SIGNING_KEYS_FILE"),
        allowed_hosts=reader.names("ALLOWED_HOSTS"),
        public_url=reader.address("PUBLIC_URL"),
        is_behind_proxy=reader.switch("BEHIND_PROXY"),
        data_dir=ROOT / reader.text("DATA_DIR"),
        shows_docs=reader.switch("DOCS"),
        log_level=reader.choice("LOG_LEVEL", "DEBUG", "INFO", "WARNING", "ERROR"),
        log_format=reader.choice("LOG_FORMAT", "console", "json"),
        max_body_bytes=reader.number("MAX_BODY_BYTES", at_least=1024),
        access_token=timedelta(seconds=reader.number("ACCESS_TOKEN_SECONDS", at_least=60)),
        refresh_token=timedelta(seconds=reader.number("REFRESH_TOKEN_SECONDS", at_least=60)),
        session=timedelta(seconds=reader.number("SESSION_SECONDS", at_least=60)),
        argon2_memory_kib=reader.number("ARGON2_MEMORY_KIB", at_least=LEAST_KIB_PER_LANE),
        argon2_passes=reader.number("ARGON2_PASSES", at_least=1),
        argon2_lanes=reader.number("ARGON2_LANES", at_least=1),
    )
    if environment.is_prod:
        _require_safety(environment)
    return environment


def example() -> str:
    """The text of .env.example."""
    lines = [f"# {meaning}\n{name}={default}\n" for name, default, meaning in VARIABLES]
    return "\n".join(["# Every variable that authsvc reads, with its default.\n", *lines])


def _require_safety(environment: Environment) -> None:
    """Raise Misconfigured if production would run on something made up or thrown away."""
    needed = {
        "SECRET_KEY": environment.secret_key,
        "SIGNING_KEYS_FILE": environment.signing_keys_file,
        "ALLOWED_HOSTS": environment.allowed_hosts,
        "DATABASE_URL": environment.database_url,
    }
    missing = [name for name, value in needed.items() if not value]
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


class _Reader:
    """Takes each variable in the form that it must have; an empty one counts as not set."""

    def __init__(self, given: Mapping[str, str]) -> None:
        defaults = {name: default for name, default, _ in VARIABLES}
        self._values = defaults | {name: value for name, value in given.items() if value}

    def text(self, name: str) -> str:
        return self._values[name].strip()

    def path(self, name: str) -> Path | None:
        return ROOT / self.text(name) if self.text(name) else None

    def names(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def choice(self, name: str, *choices: str) -> str:
        if self.text(name) not in choices:
            msg = f"{name} must be one of {', '.join(choices)}, not {self.text(name)!r}."
            raise Misconfigured(msg)
        return self.text(name)

    def switch(self, name: str) -> bool:
        return self.choice(name, "on", "off") == "on"

    def number(self, name: str, *, at_least: int) -> int:
        digits = self.text(name)
        is_number = re.fullmatch(r"[0-9]{1,9}", digits)
        if not (is_number and int(digits) >= at_least):
            msg = f"{name} must be a whole number of at least {at_least}, not {digits!r}."
            raise Misconfigured(msg)
        return int(digits)

    def url(self, name: str, *schemes: str) -> str:
        value = self.text(name)
        beginnings = tuple(f"{scheme}://" for scheme in schemes)
        if value and not value.startswith(beginnings):
            # The value may hold a password, so it is not repeated.
            msg = f"{name} must be a URL that begins with {' or '.join(beginnings)}."
            raise Misconfigured(msg)
        return value

    def address(self, name: str) -> str:
        """An absolute HTTP URL that paths can be put behind: no slash at its end, no query, no fragment."""
        value = self.url(name, "http", "https").rstrip("/")
        if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value):
            msg = f"{name} must name a host and may go on with a path, like https://auth.example."
            raise Misconfigured(msg)
        return value
