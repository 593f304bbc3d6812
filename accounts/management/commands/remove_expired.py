"""Forget what is past its time."""

from typing import Any

from authsvc.commands import OperatorCommand, counted
from authsvc.container import services


class Command(OperatorCommand):
    help = (
        "Forget sessions that are past their end, with their tokens, answers to requests with an Idempotency-Key "
        "that are no longer repeated, and attempts that no limit counts any more. Nobody notices; run it daily."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        sessions = counted(services().sessions.remove_expired(), "session")
        answers = counted(services().ledger.remove_expired(), "kept answer")
        traces = counted(services().limits.remove_expired(), "trace")
        self.stdout.write(f"Forgotten: {sessions}, {answers} and {traces} of attempts.")
