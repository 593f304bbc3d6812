"""Servers that send raw bytes, well-formed or hostile, over TCP or TLS."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from threading import Event, Thread
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LENGTH: Final = b"content-length:"
Respond = Callable[[socket.socket, Event], None]
"""Writes a response to the connection; the event is set when the test is over."""


@dataclass
class RawServer:
    """Records the head of each request, and the server name that the client asked for in the TLS handshake."""

    port: int
    requests: list[str] = field(default_factory=list)
    server_names: list[str | None] = field(default_factory=list)
    is_over: Event = field(default_factory=Event)


def sending(*parts: bytes) -> Respond:
    def respond(connection: socket.socket, _: Event) -> None:
        for part in parts:
            connection.sendall(part)

    return respond


def endlessly(head: bytes, part: bytes, *, pause: float = 0) -> Respond:
    """The head, and then the part over and over, with a pause between."""

    def respond(connection: socket.socket, is_over: Event) -> None:
        connection.sendall(head)
        while not is_over.wait(pause):
            connection.sendall(part)

    return respond


@contextmanager
def raw_server(respond: Respond, *, tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = RawServer(listener.getsockname()[1])
        if tls is not None:
            tls.sni_callback = lambda _, name, __: server.server_names.append(name)
        thread = Thread(target=_serve, args=(listener, server, respond, tls))
        thread.start()
        try:
            yield server
        finally:
            server.is_over.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(
    listener: socket.socket, server: RawServer, respond: Respond, tls: ssl.SSLContext | None
) -> None:
    while not server.is_over.is_set():
        # The client may leave at any time, and the end of the test closes the listener.
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(10)
                stream = tls.wrap_socket(connection, server_side=True) if tls else connection
                with stream:
                    server.requests.append(_head_in(stream))
                    respond(stream, server.is_over)


def _head_in(stream: socket.socket) -> str:
    """The head of the request, whose body is read too: to close a connection with unread bytes resets it."""
    with stream.makefile("rb") as request:
        lines = list(takewhile(bytes.strip, request))
        lengths = [line.split(b":")[1] for line in lines if line.lower().startswith(LENGTH)]
        request.read(sum(map(int, lengths)))
    return b"".join(lines).decode()


def server_context(folder: Path, host: str) -> ssl.SSLContext:
    """A server with a self-signed certificate for this host, written to `cert.pem` in the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "cert.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path = folder / "key.pem"
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key_path)
    return context
