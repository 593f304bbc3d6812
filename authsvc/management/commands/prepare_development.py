"""Preparation of a development database."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from authsvc.composition.container import services
from authsvc.config.secret_files import read_or_create_secret
from authsvc.demo import samples
from authsvc.demo.clients import DEMO_CLIENT_FILE, DemoClient, find_or_register
from authsvc.demo.school import load_school
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = "Migrate the database, load sample data, and print URLs and logins. Not for production."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT.is_prod:
            msg = "prepare_development creates accounts with printed passwords. It does not run in production."
            raise CommandError(msg)
        call_command("migrate", verbosity=0)
        folder, url = settings.ENVIRONMENT.data_dir, settings.ENVIRONMENT.public_url
        logins = _read_or_create_logins(folder / samples.LOGINS)
        if settings.ENVIRONMENT.has_demo:
            load_school(services(), logins)
        samples.load(services(), logins)
        client_id = find_or_register(services()).client_id
        DemoClient(url=url, client_id=client_id).write(folder / DEMO_CLIENT_FILE)
        self.stdout.write(samples.welcome(url, logins, has_pages=True))
        self.stdout.write(f"  client   {client_id}  .venv/bin/python manage.py try_client")


def _read_or_create_logins(path: Path) -> tuple[samples.Login, ...]:
    try:
        text = read_or_create_secret(path, lambda: json.dumps(samples.new_passwords()))
        return samples.developer_logins(json.loads(text))
    except OSError as error:
        raise CommandError(f"{path} cannot be read or created: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        msg = f"{path} does not contain the passwords of the logins. Delete it to create new ones."
        raise CommandError(msg) from None
