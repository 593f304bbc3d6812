"""Make a desk ready to work at."""

import json
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from authsvc import samples
from authsvc.container import services
from authsvc.desk import kept


class Command(BaseCommand):
    help = "Bring the database up to date, load the samples, and say where everything is. Not for production."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT.is_prod:
            msg = "prepare_desk makes accounts whose passwords it prints; it has no place in production."
            raise CommandError(msg)
        call_command("migrate", verbosity=0)
        path = settings.ENVIRONMENT.data_dir / "developer-logins.json"
        passwords = json.loads(kept(path, lambda: json.dumps(samples.new_passwords())))
        logins = samples.developer_logins(passwords)
        samples.load(services(), logins)
        self.stdout.write(samples.welcome(settings.ENVIRONMENT.public_url, logins, has_pages=True))
