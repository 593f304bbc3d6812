"""Environment variables: valid and invalid values."""

from pathlib import Path

import pytest

from authsvc.config.environment import AppEnv, read_environment
from authsvc.config.variables import ROOT, VARIABLES, Misconfigured

NAMES = [name for name, _, _ in VARIABLES]
KEY = "k" * 50
PASSWORD = "open-sesame"
PRODUCTION = {
    "APP_ENV": "prod",
    "DATABASE_URL": f"postgres://authsvc:{PASSWORD}@db.example/authsvc",
    "SECRET_KEY": KEY,
    "SIGNING_KEYS_FILE": "/etc/authsvc/keys.json",
    "ALLOWED_HOSTS": "auth.example",
    "PUBLIC_URL": "https://auth.example",
    "EMAIL_URL": f"smtp://authsvc:{PASSWORD}@mail.example",
}
ANOTHER_VALUE = {
    "APP_ENV": "test",
    "ENVIRONMENT_NAME": "Staging",
    "DATABASE_URL": "sqlite:///var/school.sqlite3",
    "DATABASE_POOL": "8",
    "SECRET_KEY": KEY,
    "SIGNING_KEYS_FILE": "var/keys.json",
    "ANCHOR_EXPORT": "mailto:anchors@school.example",
    "ALLOWED_HOSTS": "auth.example",
    "PUBLIC_URL": "https://auth.example",
    "BEHIND_PROXY": "on",
    "DATA_DIR": "/srv/authsvc",
    "AI_TEXTS": "talks",
    "AI_TOKEN_LIMITS": "session=50000",
    "AI_COST_LIMITS": "learner=2.50,platform=1000",
    "AI_RETENTION_DAYS": "30",
    "SECURITY_CONTACT": "https://school.example/security",
    "ISSUER_NAME": "School of Knots",
    "ISSUER_URL": "https://school.example/badges?from=1#top",
    "ISSUER_EMAIL": "badges@school.example",
    "FETCH_FOREIGN_BADGES": "on",
    "TERMS_URL": "https://school.example/terms",
    "PRIVACY_URL": "http://localhost:8000/privacy",
    "DEMO": "off",
    "DOCS": "off",
    "METRICS": "10.0.0.0/8, ::1",
    "METRICS_DIR": "/run/authsvc/metrics",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
    "BREACHED_PASSWORDS_URL": "https://passwords.example/range/",
    "LOG_LEVEL": "DEBUG",
    "LOG_FORMAT": "json",
    "MAX_BODY_BYTES": "2048",
    "ACCESS_TOKEN_SECONDS": "60",
    "REFRESH_TOKEN_SECONDS": "60",
    "SESSION_SECONDS": "60",
    "BROWSER_IDLE_SECONDS": "60",
    "BROWSER_SESSION_SECONDS": "60",
    "FRESH_SIGN_IN_SECONDS": "60",
    "SIGN_IN_DAYS": "30",
    "STAFF_SECOND_FACTOR": "on",
    "VERIFIED_EMAIL": "on",
    "EMAIL_URL": "smtp://mail.example",
    "EMAIL_FROM": "school@mail.example",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMBEDDED_WORKER": "off",
    "BROKER_URL": "amqp://127.0.0.1//",
    "READS_PER_MINUTE": "1",
    "WRITES_PER_MINUTE": "1",
    "EXPENSIVE_PER_MINUTE": "1",
    "MAILS_PER_PERSON_AND_DAY": "1",
    "MAILS_PER_ORGANIZATION_AND_DAY": "1",
    "MAILS_PER_ADDRESS_AND_DAY": "1",
    "WEBHOOKS_PER_HOST_AND_DAY": "1",
    "ORGANIZATION_CREATORS": "verified",
    "ORGANIZATIONS_PER_PERSON": "1",
    "REGISTRABLE_RESOURCES": "https://notes.example/api",
    "CIMD_HOSTS": "agent.example",
    "CLIENT_DOCUMENTS_PER_MINUTE": "7",
    "LOGIN_ATTEMPTS_PER_MINUTE": "1",
    "LOGIN_FAILURES_BEFORE_BACKOFF": "1",
    "REGISTRATIONS_PER_HOUR": "1",
    "TOKEN_FAILURES_PER_MINUTE": "1",
    "ARGON2_AT_ONCE": "1",
    "ARGON2_MEMORY_KIB": "8",
    "ARGON2_PASSES": "1",
    "ARGON2_LANES": "2",
    "TUTOR": "off",
    "TUTOR_MODEL": "knots-1",
    "TUTOR_API_KEY": PASSWORD,
    "TUTOR_BASE_URL": "https://models.school.example/v1",
    "TUTOR_OUTPUT_TOKENS": "16",
    "TUTOR_CONNECT_SECONDS": "1",
    "TUTOR_FIRST_TEXT_SECONDS": "1",
    "TUTOR_SILENCE_SECONDS": "1",
    "TUTOR_TOTAL_SECONDS": "1",
    "TUTOR_INPUT_PRICE": "3",
    "TUTOR_CACHED_PRICE": "0.3",
    "TUTOR_OUTPUT_PRICE": "15.75",
}


def error_of(**given: str) -> str:
    """What is said against these variables."""
    with pytest.raises(Misconfigured) as error:
        read_environment(given)
    return str(error.value)


def is_a_sentence(text: str) -> bool:
    return text.endswith(".") and not text.endswith("..") and "\n" not in text


@pytest.mark.parametrize(("name", "default", "meaning"), VARIABLES)
def test_a_variable_has_a_default_that_may_be_given_too(
    name: str, default: str, meaning: str
) -> None:
    assert read_environment({name: default}) == read_environment({})
    assert is_a_sentence(meaning)


@pytest.mark.parametrize("name", NAMES)
def test_a_variable_makes_a_difference(name: str) -> None:
    assert read_environment({name: ANOTHER_VALUE[name]}) != read_environment({})


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_variable_counts_as_not_set(name: str) -> None:
    assert read_environment({name: ""}) == read_environment({})


@pytest.mark.parametrize("name", NAMES)
def test_spaces_around_a_value_do_not_count(name: str) -> None:
    value = ANOTHER_VALUE[name]

    assert read_environment({name: f" {value}\t"}) == read_environment({name: value})


def test_other_variables_are_nobodys_business() -> None:
    assert read_environment({"PATH": "/usr/bin", "app_env": "prod"}) == read_environment({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_ENV", "production"),
        ("APP_ENV", "PROD"),
        ("BEHIND_PROXY", "true"),
        ("DOCS", "1"),
        ("SECURITY_CONTACT", "security@school.example"),
        ("SECURITY_CONTACT", "http://school.example/security"),
        ("SECURITY_CONTACT", "mailto:a\nInjected: yes"),
        ("ISSUER_URL", "school.example"),
        ("ISSUER_URL", "https://"),
        ("ISSUER_EMAIL", "School of Knots"),
        ("ISSUER_EMAIL", "mailto:badges@school@example"),
        ("TERMS_URL", "https://school.example/our terms"),
        ("PRIVACY_URL", "https://anna@school.example/"),
        ("METRICS", "10.0.0.1/8"),
        ("METRICS", "everybody"),
        ("METRICS", "two words that are long enough for a token"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://127.0.0.1:4317"),
        ("BREACHED_PASSWORDS_URL", "passwords.txt"),
        ("LOG_LEVEL", "loud"),
        ("LOG_LEVEL", "info"),
        ("LOG_FORMAT", "xml"),
        ("MAX_BODY_BYTES", "1023"),
        ("MAX_BODY_BYTES", "1 MB"),
        ("ACCESS_TOKEN_SECONDS", "59"),
        ("ACCESS_TOKEN_SECONDS", "-900"),
        ("ACCESS_TOKEN_SECONDS", "15m"),
        ("REFRESH_TOKEN_SECONDS", "0"),
        ("SESSION_SECONDS", "1e9"),
        ("SESSION_SECONDS", "9999999999"),
        ("SESSION_SECONDS", "٩٠٠"),
        ("READS_PER_MINUTE", "0"),
        ("WRITES_PER_MINUTE", "0"),
        ("EXPENSIVE_PER_MINUTE", "0"),
        ("LOGIN_ATTEMPTS_PER_MINUTE", "0"),
        ("LOGIN_FAILURES_BEFORE_BACKOFF", "0"),
        ("REGISTRATIONS_PER_HOUR", "0"),
        ("TOKEN_FAILURES_PER_MINUTE", "0"),
        ("ARGON2_AT_ONCE", "0"),
        ("ARGON2_MEMORY_KIB", "7"),
        ("ARGON2_PASSES", "0"),
        ("ARGON2_LANES", "0"),
        ("DATABASE_POOL", "-1"),
        ("DATABASE_URL", "school.sqlite3"),
        ("DATABASE_URL", "mysql://db.example/authsvc"),
        ("DATABASE_URL", "sqlite:/school.sqlite3"),
        ("DATABASE_URL", "sqlite:////srv/school #1/school.sqlite3"),
        ("DATABASE_URL", "postgres://authsvc:pass#word@db.example/authsvc"),
        ("REDIS_URL", "redis://:pass#word@cache.example"),
        ("BROKER_URL", "redis://:pass#word@broker.example"),
        ("REDIS_URL", "redis://:pass[word@cache.example"),
        ("EMAIL_URL", "smtp://authsvc:pass[word@mail.example"),
        ("EMAIL_URL", "file:///srv/mail #1"),
        ("EMAIL_URL", "mail.example"),
        ("EMAIL_URL", "http://mail.example"),
        ("STAFF_SECOND_FACTOR", "yes"),
        ("PUBLIC_URL", "auth.example"),
        ("PUBLIC_URL", "ftp://auth.example"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https:///v1"),
        ("PUBLIC_URL", "https://auth.example?tenant=1"),
        ("PUBLIC_URL", "https://auth.example/#top"),
        ("PUBLIC_URL", "https://auth example"),
        ("TUTOR", "claude"),
        ("TUTOR_BASE_URL", "models.example"),
        ("TUTOR_OUTPUT_TOKENS", "15"),
        ("TUTOR_CONNECT_SECONDS", "0"),
        ("TUTOR_FIRST_TEXT_SECONDS", "0"),
        ("TUTOR_SILENCE_SECONDS", "0"),
        ("TUTOR_TOTAL_SECONDS", "0.5"),
        ("TUTOR_INPUT_PRICE", "-1"),
        ("TUTOR_CACHED_PRICE", "1e3"),
        ("TUTOR_OUTPUT_PRICE", "3,75"),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence_about_its_variable(name: str, value: str) -> None:
    error = error_of(**{name: value})

    assert error.startswith(f"{name} must ")
    assert is_a_sentence(error)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"mysql://authsvc:{PASSWORD}@db.example/authsvc"),
        ("DATABASE_URL", PASSWORD),
        ("DATABASE_URL", f"postgres://authsvc:#{PASSWORD}@db.example/authsvc"),
        ("EMAIL_URL", f"http://authsvc:{PASSWORD}@mail.example"),
        ("PUBLIC_URL", f"ftp://root:{PASSWORD}@auth.example"),
        ("PUBLIC_URL", f"https://root:{PASSWORD}@auth.example"),
    ],
)
def test_a_refusal_never_repeats_a_password(name: str, value: str) -> None:
    assert PASSWORD not in error_of(**{name: value})


def test_a_lane_of_argon2_needs_memory() -> None:
    error = error_of(ARGON2_MEMORY_KIB="31", ARGON2_LANES="4")

    assert error == "ARGON2_MEMORY_KIB must be at least 8 times ARGON2_LANES."
    assert read_environment({"ARGON2_MEMORY_KIB": "32", "ARGON2_LANES": "4"}).argon2_lanes == 4


@pytest.mark.parametrize(
    ("variables", "is_needed"),
    [
        ({}, False),
        ({"VERIFIED_EMAIL": "on"}, True),
        (PRODUCTION, True),
        (PRODUCTION | {"VERIFIED_EMAIL": ""}, True),
        (PRODUCTION | {"VERIFIED_EMAIL": "off"}, False),
    ],
)
def test_production_needs_verified_addresses_unless_it_says_otherwise(
    *, variables: dict[str, str], is_needed: bool
) -> None:
    assert read_environment(variables).needs_verified_email is is_needed


def test_production_starts_when_all_that_it_needs_is_given() -> None:
    assert read_environment(PRODUCTION).is_prod


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "SECRET_KEY", "SIGNING_KEYS_FILE", "ALLOWED_HOSTS", "EMAIL_URL"]
)
@pytest.mark.parametrize("value", ["", "  "])
def test_production_makes_up_nothing(name: str, value: str) -> None:
    error = error_of(**PRODUCTION | {name: value})

    assert error == f"APP_ENV=prod needs {name}, see .env.example."


def test_all_that_is_missing_is_said_at_once() -> None:
    error = error_of(APP_ENV="prod")

    assert error == (
        "APP_ENV=prod needs SECRET_KEY and SIGNING_KEYS_FILE and ALLOWED_HOSTS and DATABASE_URL "
        "and EMAIL_URL, see .env.example."
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", PASSWORD),
        ("SECRET_KEY", KEY[1:]),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "auth.example, *"),
        ("PUBLIC_URL", "http://auth.example"),
        ("PUBLIC_URL", ""),
    ],
)
def test_production_refuses_what_is_unsafe(name: str, value: str) -> None:
    error = error_of(**PRODUCTION | {name: value})

    assert error.startswith(f"{name} must ")
    assert is_a_sentence(error)
    assert PASSWORD not in error


@pytest.mark.parametrize("app_env", ["dev", "test"])
@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY", "short"), ("ALLOWED_HOSTS", "*"), ("PUBLIC_URL", "http://auth.example")],
)
def test_elsewhere_it_is_allowed(app_env: str, name: str, value: str) -> None:
    assert read_environment({"APP_ENV": app_env, name: value}).app_env is AppEnv(app_env)


@pytest.mark.parametrize(
    ("app_env", "database_url", "keeps_secrets"),
    [
        ("dev", "sqlite:///var/school.sqlite3", True),
        ("dev", "", False),
        ("test", "sqlite:///var/school.sqlite3", False),
        ("test", "", False),
    ],
)
def test_secrets_are_stored_in_development_with_a_database(
    app_env: str,
    database_url: str,
    keeps_secrets: bool,  # noqa: FBT001  # pytest passes what a table holds
) -> None:
    environment = read_environment({"APP_ENV": app_env, "DATABASE_URL": database_url})

    assert environment.keeps_secrets is keeps_secrets
    assert environment.has_database is bool(database_url)


def test_production_generates_no_secrets() -> None:
    assert not read_environment(PRODUCTION).keeps_secrets


@pytest.mark.parametrize(
    ("given", "path"),
    [("keys.json", ROOT / "keys.json"), ("/etc/keys.json", Path("/etc/keys.json"))],
)
def test_a_path_starts_at_the_project(given: str, path: Path) -> None:
    environment = read_environment({"SIGNING_KEYS_FILE": given, "DATA_DIR": given})

    assert environment.signing_keys_file == environment.data_dir == path


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("", ""),
        ("anchors", str(ROOT / "anchors")),
        ("/mnt/anchors.jsonl", "/mnt/anchors.jsonl"),
        ("mailto:anchors@school.example", "mailto:anchors@school.example"),
    ],
)
def test_anchors_are_exported_to_a_path_or_an_address(given: str, place: str) -> None:
    assert read_environment({"ANCHOR_EXPORT": given}).anchor_export == place


@pytest.mark.parametrize("given", ["mailto:", "mailto:anchors", "mailto:a@b@c"])
def test_an_invalid_address_for_anchors_is_rejected(given: str) -> None:
    assert "ANCHOR_EXPORT must be a path" in error_of(ANCHOR_EXPORT=given)


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        ("auth.example", ("auth.example",)),
        ("auth.example,www.example", ("auth.example", "www.example")),
        (" auth.example , ,www.example,", ("auth.example", "www.example")),
    ],
)
def test_hosts_are_listed_with_commas(given: str, hosts: tuple[str, ...]) -> None:
    assert read_environment({"ALLOWED_HOSTS": given}).allowed_hosts == hosts


@pytest.mark.parametrize(
    ("given", "public_url"),
    [
        ("https://auth.example", "https://auth.example"),
        ("https://auth.example/", "https://auth.example"),
        ("https://school.example:8443/auth/", "https://school.example:8443/auth"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_public_address_ends_without_a_slash(given: str, public_url: str) -> None:
    assert read_environment({"PUBLIC_URL": given}).public_url == public_url


def test_an_environment_can_be_printed_without_its_secrets() -> None:
    printed = repr(read_environment(PRODUCTION))

    assert "auth.example" in printed
    assert KEY not in printed
    assert PASSWORD not in printed
