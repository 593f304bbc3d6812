"""Forget what is past its time."""

from typing import Any

from authsvc.composition.container import services
from authsvc.http.idempotency.store import idempotency
from authsvc.management.base import OperatorCommand, counted


class Command(OperatorCommand):
    help = (
        "Forget sessions that are past their end, with their tokens; codes, devices and requests of clients that "
        "nobody can use any more; invitations that nobody has answered in time; answers to requests with an "
        "Idempotency-Key that are no longer repeated; and attempts that no limit counts any more. Nobody notices; "
        "run it daily."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        here = services()
        sessions = counted(here.sessions.remove_expired(), "session")
        codes = counted(here.authorizations.remove_expired(), "code")
        devices = counted(here.devices.remove_expired(), "device")
        requests = counted(here.pushed_requests.remove_expired(), "pushed request")
        invitations = counted(here.invitations.remove_expired(), "invitation")
        answers = counted(idempotency().remove_expired(), "kept answer")
        traces = counted(here.limits.remove_expired(), "trace")
        self.stdout.write(
            f"Forgotten: {sessions}, {codes}, {devices}, {requests}, {invitations}, {answers} "
            f"and {traces} of attempts."
        )
