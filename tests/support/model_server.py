"""A server that speaks the APIs of language models: the Messages API and Chat Completions, as scripted."""

import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Final

from authsvc.composition.tutor_models.answering import Provider

KEY: Final = "sk-a-key-that-stays-here"
LONG_ENOUGH: Final = 20.0


@dataclass(frozen=True, kw_only=True)
class Scripted:
    """A response: its status, and parts of its body; a number is a pause in seconds."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})
    parts: Sequence[bytes | float] = ()
    is_cut_off: bool = False


@dataclass
class ModelServer:
    """Answers requests with the responses in their order, and the last of them from then on."""

    port: int
    responses: list[Scripted] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    is_over: Event = field(default_factory=Event)
    client_left: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self, *responses: Scripted) -> None:
        self.responses[:] = responses


@contextmanager
def model_server() -> Iterator[ModelServer]:
    with _Server(("127.0.0.1", 0), _Model) as server:
        vars(server)["model"] = model = ModelServer(server.server_port)
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield model
        finally:
            model.is_over.set()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Clients that leave are expected."""


class _Model(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        model: ModelServer = vars(self.server)["model"]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        model.requests.append(json.loads(body))
        model.headers.append({name.lower(): value for name, value in self.headers.items()})
        model.paths.append(self.path)
        number = min(len(model.requests), len(model.responses)) - 1
        self._respond(model, model.responses[number])

    def _respond(self, model: ModelServer, scripted: Scripted) -> None:
        parts = list(scripted.parts)
        while parts and isinstance(parts[0], float):
            model.is_over.wait(parts.pop(0))  # type: ignore[arg-type]  # a number, as the line above says
        self.send_response(scripted.status)
        for name, value in scripted.headers.items():
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for part in parts:
                self._send(model, part)
            if scripted.is_cut_off:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            else:
                self.wfile.write(b"0\r\n\r\n")
        except OSError:
            model.client_left.set()
            self.close_connection = True

    def _send(self, model: ModelServer, part: bytes | float) -> None:
        """Raises OSError when the client has left."""
        if isinstance(part, bytes):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.flush()
            return
        self.connection.settimeout(part)
        with suppress(TimeoutError):
            if not self.connection.recv(1):
                raise ConnectionResetError
        self.connection.settimeout(LONG_ENOUGH)

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


def event(name: str, **data: Any) -> bytes:
    """An event of the Messages API."""
    return f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()


def message_start(**usage: int) -> bytes:
    message: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "knots-1-20261101",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 12, "output_tokens": 1, **usage},
    }
    block = {"type": "text", "text": ""}
    return event("message_start", message=message) + event(
        "content_block_start", index=0, content_block=block
    )


def text_delta(text: str) -> bytes:
    return event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


def message_end(reason: str = "end_turn", **usage: int) -> bytes:
    delta = {"stop_reason": reason, "stop_sequence": None}
    return (
        event("content_block_stop", index=0)
        + event("message_delta", delta=delta, usage={"output_tokens": 7, **usage})
        + event("message_stop")
    )


def a_message(*texts: str, reason: str = "end_turn", **usage: int) -> Scripted:
    """An answer of the Messages API."""
    parts = [message_start(**usage), *map(text_delta, texts), message_end(reason)]
    return Scripted(parts=parts)


def chunk(**members: Any) -> bytes:
    """A chunk of Chat Completions."""
    data = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "knots-1-20261101",
        "choices": [],
        **members,
    }
    return f"data: {json.dumps(data)}\n\n".encode()


def content_chunk(text: str) -> bytes:
    delta = {"role": "assistant", "content": text}
    return chunk(choices=[{"index": 0, "delta": delta, "finish_reason": None}])


def last_chunks(reason: str = "stop", *, is_counted: bool = True, cached: int = 0) -> bytes:
    end = chunk(choices=[{"index": 0, "delta": {}, "finish_reason": reason}])
    usage = {
        "prompt_tokens": 12,
        "completion_tokens": 7,
        "total_tokens": 19,
        "prompt_tokens_details": {"cached_tokens": cached},
    }
    return end + (chunk(usage=usage) if is_counted else b"") + b"data: [DONE]\n\n"


def a_completion(*texts: str, reason: str = "stop", **options: Any) -> Scripted:
    """An answer of Chat Completions."""
    return Scripted(parts=[*map(content_chunk, texts), last_chunks(reason, **options)])


def an_error(status: int, **headers: str) -> Scripted:
    """An error as both APIs report it, with a text that must not get out."""
    body = {"type": "error", "error": {"type": "some_error", "message": "PROVIDER SECRET"}}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Scripted(
        status=status,
        headers={"Content-Type": "application/json", **names},
        parts=[json.dumps(body).encode()],
    )


def anthropic(url: str) -> Provider:
    """The Messages API of a server. Its SDK takes a second to import, in each process that collects tests."""
    from authsvc.composition.tutor_models.anthropic_model import (  # noqa: PLC0415  # as said above
        AnthropicProvider,
    )

    return AnthropicProvider(model_id="knots-1", api_key=KEY, base_url=url)


def openai(url: str, **parts: str) -> Provider:
    """Chat Completions of a server."""
    from authsvc.composition.tutor_models.openai_model import (  # noqa: PLC0415  # likewise
        OpenAIProvider,
    )

    return OpenAIProvider(model_id="knots-1", base_url=f"{url}/v1", **parts)
