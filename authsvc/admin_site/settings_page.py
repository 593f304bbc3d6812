"""Settings that are in force, where they come from, and the versions of what runs. Secrets are never shown."""

import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.db import connection

from authsvc.config.development import variables_of_file
from authsvc.config.environment import AppEnv
from authsvc.config.variables import ROOT, SECRETS, VARIABLES

SET: Final = "set"
"""What is shown of a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    name: str
    value: str
    origin: str
    about: str


def settings_in_force() -> list[Setting]:
    """All settings of this process, by the names of their environment variables."""
    is_test = os.environ.get("APP_ENV") == AppEnv.TEST
    return list(described(os.environ, {} if is_test else variables_of_file(ROOT / ".env")))


def described(process: Mapping[str, str], file: Mapping[str, str]) -> Iterator[Setting]:
    """Each setting; a variable of the process takes precedence over one of the file .env, and that over the default."""
    for name, default, about in VARIABLES:
        if process.get(name):
            value, origin = process[name], "Environment"
        elif name not in process and file.get(name):
            value, origin = file[name], "File .env"
        else:
            value, origin = default, "Default"
        yield Setting(name=name, value=_shown(name, value), origin=origin, about=about)


def versions() -> list[tuple[str, str]]:
    """What runs, and where data is stored."""
    environment = settings.ENVIRONMENT
    return [
        ("Database", f"{connection.vendor} {_database_version()}".strip()),
        ("Data directory", str(environment.data_dir)),
        ("Texts of AI sessions", _without_user(environment.ai_texts)),
        ("Background jobs", "Celery" if environment.has_broker else "Workers of the servers"),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
    ]


def _database_version() -> str:
    version: tuple[Any, ...] = connection.get_database_version()
    return ".".join(map(str, version))


def _shown(name: str, value: str) -> str:
    """The value; of secrets only whether there is one."""
    if not value:
        return "not set"
    return SET if name in SECRETS else _without_user(value)


def _without_user(value: str) -> str:
    """The value, or "set" if it is a URL with a user or a password."""
    parts = urlsplit(value) if "://" in value else None
    return SET if parts is not None and "@" in parts.netloc else value
