"""The environment of the development server, which commands in other terminals share."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from dotenv import dotenv_values

from authsvc.config.environment import AppEnv
from authsvc.config.secret_files import replace_secret
from authsvc.config.variables import ROOT

FILE: Final = "development.json"
SHARED: Final = ("DATABASE_URL", "PUBLIC_URL", "EMAIL_URL")


def variables_of_file(file: Path) -> dict[str, str]:
    """Return the variables that a file sets and does not leave empty; none without the file."""
    return {name: value for name, value in dotenv_values(file).items() if value}


def development_environment(port: int) -> dict[str, str]:
    """Return the variables of this process and of .env, and a database, a URL and a mail folder in DATA_DIR."""
    variables = variables_of_file(ROOT / ".env") | os.environ
    folder = _data_dir(variables)
    defaults = {
        "DATABASE_URL": f"sqlite:///{quote(str(folder / 'authsvc.sqlite3'))}",
        "EMAIL_URL": (folder / "mail").as_uri(),
    }
    set_variables = {name: value for name, value in variables.items() if value}
    # Browsers accept passkeys at localhost, but not at an IP address.
    return defaults | set_variables | {"PUBLIC_URL": f"http://localhost:{port}"}


def record(environment: Mapping[str, str]) -> None:
    """Store what commands share with the server, readable only by the owner. Raises OSError."""
    file = _data_dir(environment) / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_secret(file, json.dumps({name: environment[name] for name in SHARED}))


def join_development_server() -> None:
    """Set what this process shares with the last development server, unless it has a DATABASE_URL of its own.

    DATABASE_URL can be set to nothing, which means memory. Other environments than development are left alone.
    """
    variables = variables_of_file(ROOT / ".env") | os.environ
    is_development = variables.get("APP_ENV") in (None, "", AppEnv.DEV)
    if is_development and "DATABASE_URL" not in variables:
        os.environ.update(_recorded(_data_dir(variables) / FILE) | os.environ)


def _recorded(file: Path) -> dict[str, str]:
    try:
        recorded: dict[str, str] = json.loads(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return recorded


def _data_dir(variables: Mapping[str, str]) -> Path:
    return ROOT / (variables.get("DATA_DIR") or "var")
