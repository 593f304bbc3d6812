"""Deletion of expired data."""

from typing import Any

from authsvc.composition.container import services
from authsvc.http.idempotency.store import idempotency
from authsvc.management.base import OperatorCommand, counted


class Command(OperatorCommand):
    help = (
        "Delete expired sessions with their tokens, sign-in challenges, authorization codes, device codes, pushed "
        "requests, invitations, idempotency records and rate-limit counters. Run it daily."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        current = services()
        sessions = counted(current.sessions.remove_expired(), "session")
        challenges = counted(current.sign_in.remove_expired(), "sign-in challenge")
        codes = counted(current.authorizations.remove_expired(), "code")
        devices = counted(current.devices.remove_expired(), "device")
        requests = counted(current.pushed_requests.remove_expired(), "pushed request")
        invitations = counted(current.invitations.remove_expired(), "invitation")
        records = counted(idempotency().remove_expired(), "idempotency record")
        counters = counted(current.limits.remove_expired(), "rate-limit counter")
        self.stdout.write(
            f"Removed: {sessions}, {challenges}, {codes}, {devices}, {requests}, {invitations}, {records} "
            f"and {counters}."
        )
