"""Every variable that authsvc reads: its name, default and meaning, and the form that it must have."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

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
        "on if a proxy of yours stands in front, which sets X-Forwarded-Proto and adds to X-Forwarded-For.",
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
    (
        "BROWSER_IDLE_SECONDS",
        "7200",
        "How long somebody stays signed in to the pages without a request.",
    ),
    (
        "BROWSER_SESSION_SECONDS",
        "43200",
        "How long somebody stays signed in to the pages, whatever he does.",
    ),
    (
        "FRESH_SIGN_IN_SECONDS",
        "300",
        "How long ago somebody may have signed in who changes his account or takes something away.",
    ),
    (
        "STAFF_SECOND_FACTOR",
        "off",
        "on to ask of staff what prod always asks: a second factor, and a fresh sign-in to take something away.",
    ),
    (
        "VERIFIED_EMAIL",
        "off",
        "on if nobody gets into the pages before he has followed the link that is mailed to him.",
    ),
    (
        "EMAIL_URL",
        "",
        "smtp://…, smtps://… or file:///…; needed in prod. Elsewhere, without it, mail is printed.",
    ),
    ("EMAIL_FROM", "authsvc@localhost", "The address that mail comes from."),
    ("LOGIN_ATTEMPTS_PER_MINUTE", "30", "How often one address may try to log in."),
    ("LOGIN_GUESSES_IN_A_ROW", "5", "After how many wrong passwords an account makes one wait."),
    ("REGISTRATIONS_PER_HOUR", "10", "How often one address may try to register."),
    (
        "TOKEN_FAILURES_PER_MINUTE",
        "60",
        "How often clients at one address may fail to show who they are.",
    ),
    ("ARGON2_AT_ONCE", "2", "How many passwords a process hashes at once; others wait a moment."),
    ("ARGON2_MEMORY_KIB", "19456", "The memory that hashing a password takes."),
    ("ARGON2_PASSES", "2", "How often hashing a password goes over that memory."),
    ("ARGON2_LANES", "1", "In how many lanes it does."),
)


class Misconfigured(Exception):
    """The environment makes no sense; says in one sentence what to change."""


def example() -> str:
    """The text of .env.example."""
    lines = [f"# {meaning}\n{name}={default}\n" for name, default, meaning in VARIABLES]
    return "\n".join(["# Every variable that authsvc reads, with its default.\n", *lines])


class Reader:
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

    def span(self, name: str) -> timedelta:
        return timedelta(seconds=self.number(name, at_least=60))

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
