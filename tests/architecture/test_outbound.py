"""Outbound HTTP: one module opens connections to other servers."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.support.sources import SHIPPED, Source, sources

ADAPTER: Final = "authsvc/composition/outbound_http.py"
MODELS: Final = {
    f"authsvc/composition/tutor_models/{name}.py"
    for name in ("anthropic_model", "http_client", "openai_model")
}
"""The SDKs of language models bring their own HTTP client, and stream.

Their host is the operator's choice and may be in a private network; no user can name it. They follow no redirect,
ignore the environment, and are bounded in time and size as the adapter is.
"""
CLIENTS: Final = (
    "aiohttp",
    "anthropic",
    "h11",
    "http.client",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "openai",
    "requests",
    "urllib.request",
    "urllib3",
    "websockets",
)
CALLS: Final = {"create_connection", "getaddrinfo", "gethostbyname", "urlopen"}
"""Functions that resolve a name or open a connection. Parsers, such as `inet_aton`, do neither."""


def opens_connections(source: Source) -> Iterator[str]:
    clients = tuple(f"{client}." for client in CLIENTS)
    yield from (name for name in imports_of(source) if f"{name}.".startswith(clients))
    yield from CALLS.intersection(source.names())
    for node in source.nodes(ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name == "socket" and ast.unparse(node.func) in {"socket", "socket.socket"}:
            yield "socket"


def imports_of(source: Source) -> Iterator[str]:
    yield from (alias.name for node in source.nodes(ast.Import) for alias in node.names)
    for node in source.nodes(ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_one_module_opens_connections() -> None:
    modules = {source.name for source in sources(*SHIPPED) if any(opens_connections(source))}

    assert modules == {ADAPTER, *MODELS}
