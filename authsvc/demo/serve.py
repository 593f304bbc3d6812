"""The development server, started by `make run` and `make memory`."""

import argparse
import os
import re
import socket
import sys
from pathlib import Path
from typing import Final

import django
from django.core.management import call_command
from django.core.management.base import CommandError

from authsvc.config.development import development_environment, record
from authsvc.config.mail import mail
from authsvc.config.variables import Misconfigured

HOST: Final = "127.0.0.1"
PORTS: Final = range(1, 1 << 16)


def main() -> None:
    """Prepare the database and replace this process with the server.

    Exits with 1 if the port is none or in use, a folder for data or mail cannot be written, or the database cannot be
    prepared.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", default="8000")
    parser.add_argument("--memory", action="store_true", help="serve without a database")
    options = parser.parse_args()
    port = _port(options.port)
    reserved = _reserved(port)
    environment = development_environment(port)
    if options.memory:
        os.environ |= environment | {"DATABASE_URL": ""}
    else:
        os.environ |= environment
        _prepare(environment)
    _make_mail_folder(environment["EMAIL_URL"])
    sys.stdout.write(f"  mail     {_without_password(environment['EMAIL_URL'])}\n")
    sys.stdout.write(f"Serving on {environment['PUBLIC_URL']} (press Ctrl-C to stop)\n")
    sys.stdout.flush()
    granian = str(Path(sys.executable).with_name("granian"))
    reserved.close()
    os.execv(granian, [granian, *_arguments(port)])  # noqa: S606  # no shell is wanted


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) not in PORTS:
        msg = f"PORT must be a number from {PORTS[0]} to {PORTS[-1]}."
        raise SystemExit(msg)
    return int(text)


def _reserved(port: int) -> socket.socket:
    """Return a socket that listens at the port, so that no other server starts there."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        msg = f"Port {port} cannot be used: {os.strerror(error.errno or 0)}. Set PORT to choose another one."
        raise SystemExit(msg) from None


def _prepare(environment: dict[str, str]) -> None:
    sys.stdout.write(f"Preparing the database {_without_password(environment['DATABASE_URL'])}\n")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authsvc.settings")
    django.setup()
    try:
        record(environment)
        call_command("prepare_development")
    except OSError as error:
        msg = f"DATA_DIR must be a writable directory: {error.strerror}."
        raise SystemExit(msg) from None
    except CommandError as error:
        raise SystemExit(str(error)) from None


def _make_mail_folder(url: str) -> None:
    """Make the folder for mail, if mail is stored in one, so that it can be opened before the first mail."""
    try:
        if folder := mail(url).folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
    except Misconfigured as error:
        raise SystemExit(str(error)) from None
    except OSError as error:
        msg = f"EMAIL_URL must name a folder that can be written: {error.strerror}."
        raise SystemExit(msg) from None


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _arguments(port: int) -> list[str]:
    options = {"interface": "wsgi", "host": HOST, "port": port, "blocking-threads": 2}
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [*flags, "--no-ws", "--respawn-failed-workers", "authsvc.wsgi:application"]


if __name__ == "__main__":
    main()
