"""Service description document of the Open Badges API (Open Badges 3.0 §6.3), an OpenAPI 3.0 description."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from credentials.openbadges.schemas import ACHIEVEMENT_CREDENTIAL

VERSION: Final = "3.0"
SECURITY: Final = "OAuth2ACG"
"""The name that the specification gives the authorization code grant."""
_TEXT: Final = {"type": "string"}
_DOCUMENT: Final = {"type": "object"}
_SCHEMAS: Final = {
    "GetOpenBadgeCredentialsResponse": {
        "type": "object",
        "properties": {
            "credential": {"type": "array", "items": {"$ref": ACHIEVEMENT_CREDENTIAL}},
            "compactJwsString": {"type": "array", "items": _TEXT},
        },
    },
    "Profile": {
        "type": "object",
        "properties": {
            "id": _TEXT,
            "type": {"type": "array", "items": _TEXT},
            "name": _TEXT,
            "givenName": _TEXT,
            "familyName": _TEXT,
            "url": _TEXT,
            "email": _TEXT,
        },
        "required": ["id", "type"],
    },
    "Imsx_StatusInfo": {
        "type": "object",
        "properties": {
            "imsx_codeMajor": _TEXT,
            "imsx_severity": _TEXT,
            "imsx_description": _TEXT,
            "imsx_codeMinor": _DOCUMENT,
        },
        "required": ["imsx_codeMajor", "imsx_severity"],
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationServer:
    """The URLs of an authorization server, and the scopes of the API with their descriptions."""

    authorization_url: str
    token_url: str
    registration_url: str
    scopes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the description tells of a server. `url` is the base of its paths; empty members are left out."""

    title: str
    url: str
    credentials_scope: str
    profile_scope: str
    terms_url: str = ""
    privacy_url: str = ""
    authorization: AuthorizationServer | None = None


def service_description(service: Service) -> dict[str, Any]:
    """The document. It describes what the server supports, and nothing else of the specification."""
    info = {
        "title": service.title,
        "version": VERSION,
        "termsOfService": service.terms_url,
        "x-imssf-privacyPolicyUrl": service.privacy_url,
    }
    return {
        "openapi": "3.0.1",
        "info": _without_empty(info),
        "servers": [{"url": service.url}],
        "paths": _paths(service),
        "components": {
            "securitySchemes": _schemes(service),
            "schemas": _SCHEMAS,
        },
    }


def _schemes(service: Service) -> dict[str, Any]:
    server = service.authorization
    if server is None:
        return {}
    scheme = {
        "type": "oauth2",
        "description": "OAuth 2.0 authorization code grant with PKCE (S256)",
        "x-imssf-name": service.title,
        "x-imssf-privacyPolicyUrl": service.privacy_url,
        "x-imssf-termsOfServiceUrl": service.terms_url,
        "x-imssf-registrationUrl": server.registration_url,
        "flows": {
            "authorizationCode": {
                "authorizationUrl": server.authorization_url,
                "tokenUrl": server.token_url,
                "refreshUrl": server.token_url,
                "scopes": dict(server.scopes),
            }
        },
    }
    return {SECURITY: _without_empty(scheme)}


def _paths(service: Service) -> dict[str, Any]:
    return {
        "/discovery": {
            "get": _operation(
                "getServiceDescription", "The service description document", _DOCUMENT
            )
        },
        "/credentials": {
            "get": _operation(
                "getCredentials",
                "The credentials of the user, by time of issue",
                _reference("GetOpenBadgeCredentialsResponse"),
                security=_security(service, service.credentials_scope),
                parameters=[
                    _parameter("limit", {"type": "integer", "minimum": 1}),
                    _parameter("offset", {"type": "integer", "minimum": 0}),
                    _parameter("since", {"type": "string", "format": "date-time"}),
                ],
            )
        },
        "/profile": {
            "get": _operation(
                "getProfile",
                "The profile of the user",
                _reference("Profile"),
                security=_security(service, service.profile_scope),
            )
        },
    }


def _security(service: Service, scope: str) -> list[dict[str, list[str]]]:
    """The scheme that the operation needs, if there is an authorization server."""
    return [{SECURITY: [scope]}] if service.authorization else []


def _operation(
    name: str,
    summary: str,
    answer: Mapping[str, Any],
    *,
    security: list[dict[str, list[str]]] | None = None,
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    operation = {
        "operationId": name,
        "summary": summary,
        "parameters": parameters or [],
        "security": security or [],
        "responses": {
            "200": {"description": summary, **_content(answer)},
            "default": {"description": "What is wrong", **_content(_reference("Imsx_StatusInfo"))},
        },
    }
    return _without_empty(operation)


def _parameter(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": dict(schema)}


def _content(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": dict(schema)}}}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _without_empty(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in ("", [])}
