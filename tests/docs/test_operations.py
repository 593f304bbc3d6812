"""docs/operations.md describes all variables, commands and limits, and its first start works."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from django.core.management import get_commands

from accounts.domain.identity.services.login_attempts import KNOWN_FOR, LimitName
from authsvc.composition.ports import ports
from authsvc.config.environment import read_environment
from authsvc.config.variables import VARIABLES
from authsvc.http.client_ip import IPV6_PREFIX
from authsvc.kernel.rate_limits import Limit
from authsvc.kernel.request_budgets import Cost
from tests.accounts.limiting import POLICY
from tests.support.databases import FILE, database_with_tables
from tests.support.documents import ROOT, fences, page, table_under
from tests.support.limits import bounded_part_of
from tests.support.patience import PATIENCE

PAGE: Final = page("docs/operations.md")
SHIPPED_APPS: Final = ("authsvc", "accounts", "courses", "progress", "credentials")


def test_every_variable_is_described_as_the_code_describes_it() -> None:
    described = table_under("## Configuration", PAGE)

    assert described == [
        [f"`{name}`", f"`{default}`" if default else "", meaning]
        for name, default, meaning in VARIABLES
    ]


def test_every_command_is_described() -> None:
    described = [row[0].strip("`").split()[0] for row in table_under("## Commands", PAGE)]

    assert sorted(described) == sorted(
        name for name, app in get_commands().items() if app in SHIPPED_APPS
    )


def test_the_limits_are_the_default_ones() -> None:
    described = [row[:1] + row[2:5] for row in table_under("## Limits", PAGE)]

    assert described == [_described(POLICY.limit(name)) for name in LimitName]


def test_each_limit_follows_the_variable_that_is_named() -> None:
    for name, *_, variable in table_under("## Limits", PAGE):
        environment = read_environment({variable.strip("`"): "7"})
        limit = ports(environment, secret_key="test").limit_policy.limit(LimitName(name.strip("`")))

        assert limit.most == 7, name


def test_the_request_budgets_are_the_default_ones() -> None:
    described = {row[0].strip("`"): row[2:] for row in table_under("## Request budgets", PAGE)}
    limits = ports(read_environment({}), secret_key="test").request_policy.limits()

    assert {name: row[0] for name, row in described.items()} == {
        cost.value: str(limit.most) for cost, limit in limits.items()
    }
    for name, (_, variable) in described.items():
        environment = read_environment({variable.strip("`"): "7"})
        policy = ports(environment, secret_key="test").request_policy
        assert policy.limits()[Cost(name)].most == 7


def test_what_is_said_of_limits_besides_is_so() -> None:
    hasher = ports(read_environment({}), secret_key="test").password_hasher
    hasher = bounded_part_of(hasher)
    text = " ".join(PAGE.partition("## Limits")[2].split())

    assert f"{hasher.patience.total_seconds() * 1000:.0f} ms" in text
    assert f"the last {KNOWN_FOR.days} days" in text
    assert f"the /{IPV6_PREFIX} counts" in text


@pytest.mark.long
@pytest.mark.nightly
@pytest.mark.any_database
def test_the_first_start_succeeds_as_it_is_described(tmp_path: Path) -> None:
    steps = "\n".join(fence.text for fence in fences(PAGE) if fence.language == "sh")

    # The database has its tables: other tests migrate an empty one, and that takes longer than all the rest.
    with database_with_tables(tmp_path):
        started = subprocess.run(
            ["bash", "-eu", "-c", steps.replace(".venv/bin/python", sys.executable)],  # noqa: S607  # its place differs between systems
            cwd=ROOT,
            env=_production(tmp_path),
            input="a long walk home\n",
            start_new_session=True,  # so that there is no terminal to ask for a password
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    assert started.returncode == 0, started.stdout + started.stderr
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert _users(tmp_path / FILE) == [("root@school.example", 1)]


def _described(limit: Limit) -> list[str]:
    most, seconds = str(limit.most), f"{limit.period.total_seconds():.0f}"
    then = "wait until the period ends"
    if limit.backs_off:
        first, *_, last = (f"{wait.total_seconds():.0f} s" for wait in limit.waits)
        then = f"wait {first}, then twice as long each time, up to {last}"
    return [f"`{limit.name}`", most, seconds, then]


def _production(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "APP_ENV": "prod",
        "DATABASE_URL": f"sqlite:///{folder / FILE}",
        "DATA_DIR": str(folder),
        "SECRET_KEY": "a secret of fifty characters and more, for this test alone",
        "SIGNING_KEYS_FILE": str(folder / "keys.json"),
        "ALLOWED_HOSTS": "auth.example",
        "PUBLIC_URL": "https://auth.example",
        "EMAIL_URL": "smtp://mail.example",
    }


def _users(database: Path) -> list[tuple[str, int]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute("SELECT email, is_superuser FROM accounts_user").fetchall()
    finally:
        connection.close()
