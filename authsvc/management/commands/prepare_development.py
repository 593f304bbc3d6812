"""Make a desk ready to work at."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from authsvc.composition.container import services
from authsvc.config.secret_files import kept
from authsvc.demo import samples
from authsvc.demo.clients import NOTE, Note, demo_client
from authsvc.management.base import OperatorCommand


class Command(OperatorCommand):
    help = "Bring the database up to date, load the samples, and say where everything is. Not for production."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT.is_prod:
            msg = "prepare_development makes accounts whose passwords it prints; it has no place in production."
            raise CommandError(msg)
        call_command("migrate", verbosity=0)
        folder, url = settings.ENVIRONMENT.data_dir, settings.ENVIRONMENT.public_url
        logins = _logins_kept_at(folder / samples.LOGINS)
        samples.load(services(), logins)
        client_id = demo_client(services()).client_id
        Note(url=url, client_id=client_id).keep(folder / NOTE)
        self.stdout.write(samples.welcome(url, logins, has_pages=True))
        self.stdout.write(f"  client   {client_id}  .venv/bin/python manage.py try_client")


def _logins_kept_at(path: Path) -> tuple[samples.Login, ...]:
    try:
        text = kept(path, lambda: json.dumps(samples.new_passwords()))
        return samples.developer_logins(json.loads(text))
    except OSError as error:
        raise CommandError(f"{path} cannot be read or made: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        msg = f"{path} does not hold the passwords of the logins. Remove it, and new ones are made."
        raise CommandError(msg) from None
