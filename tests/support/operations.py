"""Every operation of the API, found through the URLconf."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver

from authsvc.http.operations import Operation, operations_of
from authsvc.http.views import ApiView

PUBLIC_FILES: Final = frozenset(
    {
        "/v1/openapi.json",
        "/.well-known/security.txt",
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/v1",
        "/.well-known/oauth-protected-resource/mcp",
    }
)
"""Documents below the prefixes of the API, which are no operations."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """An HTTP method of a URL and its operation; `url` is spelled as in Django and `path` as in OpenAPI."""

    method: str
    url: str
    operation: Operation[Any, Any]
    view: type[ApiView]

    @property
    def name(self) -> str:
        return self.operation.name

    @property
    def path(self) -> str:
        return re.sub(r"<\w+:(\w+)>", r"{\1}", self.url)

    @property
    def parameters(self) -> list[str]:
        """The names of the variable parts of the path."""
        return re.findall(r"\{(\w+)\}", self.path)


@cache
def routes() -> dict[str, Route]:
    """All routes by name, in the order of their URLs."""
    unordered = [
        Route(method=method, url=url, operation=operation, view=view)
        for url, view in urls()
        if isinstance(view, type) and issubclass(view, ApiView)
        for method, operation in operations_of(view).items()
    ]
    ordered = sorted(unordered, key=lambda route: (route.path, route.method))
    return {route.name: route for route in ordered}


def urls() -> Iterator[tuple[str, Any]]:
    """Every URL of the application, in Django's spelling, with its view class or function."""
    yield from _urls(get_resolver().url_patterns)


def _urls(patterns: list[Any], before: str = "/") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        url = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _urls(pattern.url_patterns, url)
        elif isinstance(pattern, URLPattern):
            yield url, getattr(pattern.callback, "view_class", pattern.callback)


def one_for_each_body(chosen: Callable[[Route], bool]) -> Callable[[Route], bool]:
    """The first of the chosen routes that takes a body of some kind: the kind alone decides how it is read."""
    first: dict[object, Route] = {}
    for route in filter(chosen, routes().values()):
        first.setdefault(_kind_of_body(route), route)
    return lambda route: first.get(_kind_of_body(route)) is route


def _kind_of_body(route: Route) -> object:
    """The media types of documents; of what else it takes, whether it takes anything."""
    body = route.operation.body
    return frozenset(body) if isinstance(body, Mapping) else body is not None
