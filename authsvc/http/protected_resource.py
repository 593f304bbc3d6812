"""The API as a protected resource: its metadata (RFC 9728) and its challenges (RFC 6750 §3)."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from accounts.public import Scope

METADATA_PATH: Final = "/.well-known/oauth-protected-resource"
API_PATH: Final = "/v1"


def challenge(**parameters: str) -> str:
    """The challenge of a 401 or 403, which leads clients to the metadata (RFC 9728 §5.1)."""
    metadata_url = f"{settings.ENVIRONMENT.public_url}{METADATA_PATH}{API_PATH}"
    members = {"realm": "authsvc", "resource_metadata": metadata_url} | parameters
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in members.items())


@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    """`GET /.well-known/oauth-protected-resource/v1`, and the same without the path of the resource.

    It names an authorization server only where the OAuth endpoints exist: they need a database.
    """
    environment = settings.ENVIRONMENT
    members: dict[str, Any] = {
        "resource": f"{environment.public_url}{API_PATH}",
        "resource_name": "authsvc",
        "scopes_supported": list(Scope),
        "bearer_methods_supported": ["header"],
    }
    if environment.has_database:
        members["authorization_servers"] = [environment.public_url]
    return JsonResponse(members, headers={"Cache-Control": "public, max-age=3600"})
