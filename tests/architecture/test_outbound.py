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
    for node in source.nodes:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from (
            name for name in names if f"{name}.".startswith(tuple(f"{c}." for c in CLIENTS))
        )
        used = getattr(node, "attr", getattr(node, "id", getattr(node, "name", "")))
        if isinstance(node, ast.Attribute | ast.Name | ast.alias) and used in CALLS:
            yield used
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"socket", "socket.socket"}:
            yield "socket"


def test_one_module_opens_connections() -> None:
    modules = {source.name for source in sources(*SHIPPED) if any(opens_connections(source))}

    assert modules == {ADAPTER, *MODELS}
