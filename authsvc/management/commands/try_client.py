"""Sign in at a running desk as a client of it does."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from authsvc.demo import samples
from authsvc.demo.clients import NOTE, Note
from authsvc.demo.walkthrough import CannotTry, try_code_flow


class Command(BaseCommand):
    help = (
        "Go through the code flow at the desk that `make run` has started, with its demo client and its learner, and "
        "print what the client learns."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        note, login = _note_and_login()
        try:
            tried = try_code_flow(note, login)
        except CannotTry as reason:
            raise CommandError(str(reason)) from None
        except OSError:
            raise CommandError(
                f"Nobody answers at {note.url}: `make run` starts the desk."
            ) from None
        self.stdout.write(f"{login.email} has signed in at {note.url}.")
        for what, members in (("ID token", tried.id_token), ("userinfo", tried.userinfo)):
            self.stdout.write(f"{what}: {json.dumps(members, indent=2)}")


def _note_and_login() -> tuple[Note, samples.Login]:
    """What prepare_development has left. Raises CommandError."""
    folder = settings.ENVIRONMENT.data_dir
    try:
        passwords = json.loads((folder / samples.LOGINS).read_text())
        return Note.at(folder / NOTE), samples.developer_logins(passwords)[1]
    except (OSError, ValueError, KeyError, TypeError):
        raise CommandError(f"There is no desk in {folder}: `make run` prepares one.") from None
