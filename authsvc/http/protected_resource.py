"""Protected resources: their metadata (RFC 9728) and their challenges (RFC 6750 §3)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from accounts.public import Scope

METADATA_PATH: Final = "/.well-known/oauth-protected-resource"
API_PATH: Final = "/v1"
AGENTS_PATH: Final = "/mcp"
OPEN_BADGES_PATH: Final = "/ims/ob/v3p0"
"""The API of Open Badges 3.0 (§6), which is part of the resource `/v1`: its clients know no other audience."""
PREFIXES: Final = (f"{API_PATH}/", AGENTS_PATH, f"{OPEN_BADGES_PATH}/")
"""What the paths of both resources begin with."""
AGENT_READ_SCOPES: Final = (Scope.COURSES_READ, Scope.PROGRESS_READ, Scope.CREDENTIALS_READ)
AGENT_SCOPES: Final = (*AGENT_READ_SCOPES, Scope.PROGRESS_WRITE, Scope.AI_WRITE)
"""The scopes that tools need. Agents are asked for those that read first, and for the others when they need them."""
_RESOURCES: Final[Mapping[str, tuple[str, tuple[Scope, ...]]]] = {
    API_PATH: ("authsvc", tuple(Scope)),
    AGENTS_PATH: ("authsvc for agents", AGENT_SCOPES),
}
"""The name and the scopes of each resource, by its path."""
_FIRST_SCOPES: Final[Mapping[str, Mapping[str, str]]] = {
    AGENTS_PATH: {"scope": " ".join(AGENT_READ_SCOPES)}
}
"""The parameter of challenges that names the scopes to begin with. Clients of the API know what they need."""


def resource_url(path: str) -> str:
    """The resource identifier, which is the audience of its tokens (RFC 8707)."""
    return f"{settings.ENVIRONMENT.public_url}{path}"


def resource_of(view: Any) -> str:
    """The path of the resource that a view belongs to."""
    return str(getattr(view, "resource", API_PATH))


def challenge(resource: str = API_PATH, /, **parameters: str) -> str:
    """The challenge of a 401 or 403, which leads clients to the metadata (RFC 9728 §5.1)."""
    metadata_url = f"{settings.ENVIRONMENT.public_url}{METADATA_PATH}{resource}"
    members = {"realm": "authsvc", "resource_metadata": metadata_url}
    members |= {**_FIRST_SCOPES.get(resource, {}), **parameters}
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in members.items())


def metadata_of(resource: str) -> Callable[[HttpRequest], HttpResponse]:
    """The view of the metadata of a resource: its well-known path, and then its own (RFC 9728 §3.1).

    It names an authorization server only where the OAuth endpoints exist: they need a database.
    """
    name, scopes = _RESOURCES[resource]

    @require_safe
    def metadata(request: HttpRequest) -> HttpResponse:
        members: dict[str, Any] = {
            "resource": resource_url(resource),
            "resource_name": name,
            "scopes_supported": list(scopes),
            "bearer_methods_supported": ["header"],
        }
        if settings.ENVIRONMENT.has_database:
            members["authorization_servers"] = [settings.ENVIRONMENT.public_url]
        return JsonResponse(members, headers={"Cache-Control": "public, max-age=3600"})

    return metadata
