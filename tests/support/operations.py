"""Operations of the API, read from the URL patterns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver

from authsvc.api.operations import Operation

METHODS: Final = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class Route:
    """A method and path, as OpenAPI writes it, and its operation."""

    method: str
    path: str
    scope: str
    operation: Operation

    @property
    def name(self) -> str:
        return self.operation.name

    @property
    def parameters(self) -> list[str]:
        """The names of its path parameters."""
        return re.findall(r"\{(\w+)\}", self.path)


@cache
def routes() -> dict[str, Route]:
    """All routes by operation name, in the order of their paths."""
    patterns = get_resolver().url_patterns
    ordered = sorted(_routes(patterns), key=lambda route: (route.path, route.method))
    return {route.name: route for route in ordered}


def _routes(patterns: list[Any], before: str = "/") -> Iterator[Route]:
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield from _methods(getattr(pattern.callback, "view_class", None), address)


def _methods(view: Any, address: str) -> Iterator[Route]:
    path = re.sub(r"<\w+:(\w+)>", r"{\1}", address)
    for method in METHODS:
        operation = getattr(getattr(view, method, None), "operation", None)
        if operation is not None:
            scope = view.required_scopes.get(method.upper(), "")
            yield Route(method=method.upper(), path=path, scope=scope, operation=operation)
