"""The Open Badges API (Open Badges 3.0 §6), by which clients collect the credentials of their users."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from accounts.public import SCOPE_DESCRIPTIONS, IdentityScope, Principal, Scope
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.protected_resource import OPEN_BADGES_PATH
from authsvc.http.reading import Members
from authsvc.http.rendering import JSON, Encoded
from authsvc.http.views import ApiView
from authsvc.kernel.canonical import utc_text
from authsvc.kernel.paging import MOST_ON_A_PAGE
from credentials.domain.errors import IssuerKeyUnreadable
from credentials.openbadges.documents import Profile, holder_document
from credentials.openbadges.service_description import (
    AuthorizationServer,
    Service,
    service_description,
)

OBJECT: Final = {"type": "object"}
CREDENTIALS: Final = {
    "type": "object",
    "description": "A GetOpenBadgeCredentialsResponse (Open Badges 3.0).",
    "properties": {
        "credential": {"type": "array", "items": OBJECT},
        "compactJwsString": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["credential", "compactJwsString"],
}
PROFILE: Final = {"type": "object", "description": "A Profile (Open Badges 3.0)."}
CLAIMS: Final = ("name", "given_name", "family_name", "website", "email")
"""What a profile tells of a person, as claims; the e-mail address only if it is verified."""
SCOPES: Final = (Scope.BADGES_READ, Scope.BADGE_PROFILE_READ, IdentityScope.OFFLINE_ACCESS)
_MOST: Final = 2**31 - 1


class OpenBadgeQuerySerializer(serializers.Serializer[Any]):
    limit = serializers.IntegerField(
        min_value=1,
        max_value=_MOST,
        default=20,
        help_text=f"The number of credentials on a page, of which there are at most {MOST_ON_A_PAGE}.",
    )
    offset = serializers.IntegerField(
        min_value=0, max_value=_MOST, default=0, help_text="The place of the first one, from 0 on."
    )
    since = serializers.DateTimeField(default=None, help_text="Only those issued after this time.")


class ServiceDescriptionView(ApiView):
    @operation(
        name="getServiceDescription",
        summary="Get the description of the Open Badges API, with the URLs of authorization",
        access=Access(Whose.ANYBODY),
        answer={JSON: OBJECT},
        has_etag=True,
        cache_control="public, max-age=3600",
    )
    def get(self) -> Mapping[str, Any]:
        platform = services().ports.platform
        return service_description(
            Service(
                title=platform.name,
                url=f"{settings.ENVIRONMENT.public_url}{OPEN_BADGES_PATH}",
                credentials_scope=Scope.BADGES_READ,
                profile_scope=Scope.BADGE_PROFILE_READ,
                terms_url=platform.terms_url,
                privacy_url=platform.privacy_url,
                authorization=_authorization_server(),
            )
        )


class OpenBadgeListView(ApiView):
    @operation(
        name="getOpenBadgeCredentials",
        summary="List the caller's credentials as Open Badges, without revoked ones, oldest first",
        access=Access(Whose.ONESELF),
        scope=Scope.BADGES_READ,
        query=OpenBadgeQuerySerializer,
        answer={JSON: CREDENTIALS},
        errors=(IssuerKeyUnreadable,),
    )
    def get(self, *, query: Members, by: Principal) -> Encoded:
        limit, offset = min(query["limit"], MOST_ON_A_PAGE), query["offset"]
        documents, total = services().signing.held_by(
            by, after=query["since"], offset=offset, limit=limit
        )
        # What was signed is sent byte for byte.
        content = '{"credential":[' + ",".join(documents) + '],"compactJwsString":[]}'
        links = _links(query, limit=limit, offset=offset, total=total)
        return Encoded(
            content.encode(), headers={"X-Total-Count": str(total), "Link": ", ".join(links)}
        )


class HolderProfileView(ApiView):
    @operation(
        name="getOpenBadgeProfile",
        summary="Get the caller's profile as the holder of Open Badges",
        access=Access(Whose.ONESELF),
        scope=Scope.BADGE_PROFILE_READ,
        answer={JSON: PROFILE},
    )
    def get(self, *, by: Principal) -> Mapping[str, Any]:
        claims = services().claims.about(by, CLAIMS)
        return holder_document(
            Profile(
                id=f"urn:uuid:{by.person}",
                name=claims.get("name", ""),
                url=claims.get("website", ""),
                email=claims.get("email", ""),
                given_name=claims.get("given_name", ""),
                family_name=claims.get("family_name", ""),
            )
        )


def _authorization_server() -> AuthorizationServer | None:
    """The OAuth endpoints, which need a database."""
    home = settings.ENVIRONMENT.public_url
    if not settings.ENVIRONMENT.has_database:
        return None
    return AuthorizationServer(
        authorization_url=f"{home}{reverse('oauth_authorize')}",
        token_url=f"{home}{reverse('oauth_token')}",
        registration_url=f"{home}{reverse('oauth_register')}",
        scopes={scope.value: SCOPE_DESCRIPTIONS[scope] for scope in SCOPES},
    )


def _links(query: Members, *, limit: int, offset: int, total: int) -> list[str]:
    """The links to other pages (Open Badges 3.0 §6.4)."""
    last = max(total - 1, 0) // limit * limit
    offsets = {"first": 0, "last": last}
    if offset + limit < total:
        offsets["next"] = offset + limit
    if offset > 0:
        offsets["prev"] = min(max(offset - limit, 0), last)
    since = {} if query["since"] is None else {"since": utc_text(query["since"])}
    base = f"{settings.ENVIRONMENT.public_url}{OPEN_BADGES_PATH}/credentials"
    return [
        f'<{base}?{urlencode({"limit": limit, "offset": place, **since})}>; rel="{name}"'
        for name, place in offsets.items()
    ]
