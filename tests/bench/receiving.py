"""A receiver of webhooks that is never killed: it verifies each message, and keeps the ids."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from standardwebhooks import Webhook as Verifier


@dataclass
class Inbox:
    """What has arrived. `secret` is that of the webhook, once there is one."""

    port: int
    secret: str = ""
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: Counter[str] = field(default_factory=Counter)
    out_of_order: int = 0
    _positions: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def receive(self, headers: dict[str, str], body: bytes) -> None:
        """Keep the message unless its id is known. Raises WebhookVerificationError."""
        Verifier(self.secret).verify(body, headers)
        message_id, event = headers["webhook-id"], json.loads(body)["data"]
        with self._lock:
            self.messages[message_id] += 1
            if message_id in self.events:
                return
            self.events[message_id] = event
            user_id, position = str(event["user_id"]), int(event["position"])
            self.out_of_order += event["user_id"] is not None and (
                position < self._positions[user_id]
            )
            self._positions[user_id] = max(position, self._positions[user_id])


@contextmanager
def running_inbox() -> Iterator[Inbox]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        vars(server)["inbox"] = inbox = Inbox(server.server_port)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield inbox
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        vars(self.server)["inbox"].receive(headers, body)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in the library
        """Print nothing."""
