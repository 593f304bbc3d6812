"""A host of client ID metadata documents: HTTPS on this machine, with a certificate that the application trusts."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Final

from tests.support.raw_server import RawServer, raw_server, server_context
from tests.support.relying import CALLBACK

HEAD: Final = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@dataclass
class DocumentHost:
    """Serves one document; tests change what it answers with."""

    server: RawServer
    certificate: Path
    head: str = HEAD
    body: bytes = b""

    @property
    def name(self) -> str:
        return f"localhost:{self.server.port}"

    @property
    def url(self) -> str:
        return f"https://{self.name}/agent.json"

    @property
    def fetches(self) -> int:
        return len(self.server.requests)

    def reset(self) -> None:
        """Serve a suitable document, as if nothing had been fetched."""
        self.head = HEAD
        self.describe()
        self.server.requests.clear()

    def describe(self, **members: Any) -> None:
        """Serve a document with these members, beside those that every one needs."""
        document = {
            "client_id": self.url,
            "client_name": "Helpful Agent",
            "redirect_uris": [CALLBACK, "http://127.0.0.1/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
        } | members
        self.body = json.dumps(document).encode()


@contextmanager
def document_host(folder: Path) -> Iterator[DocumentHost]:
    """The host; *folder* is for its certificate."""
    hosts: list[DocumentHost] = []

    def respond(connection: socket.socket, _: Event) -> None:
        host = hosts[0]
        length = f"Content-Length: {len(host.body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(host.head.encode() + length.encode() + host.body)

    with raw_server(respond, tls=server_context(folder, "localhost")) as server:
        host = DocumentHost(server, folder / "cert.pem")
        hosts.append(host)
        host.describe()
        yield host
