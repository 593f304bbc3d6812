"""Issuers of credentials: what they publish for those who verify, to anybody."""

from collections.abc import Mapping
from typing import Any, Final

from rest_framework.renderers import JSONRenderer

from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.renderers import (
    CredentialRenderer,
    LinkedDataRenderer,
    SecuredCredentialRenderer,
)
from authsvc.http.rendering import JSON, Encoded
from authsvc.http.views import ApiView
from credentials.domain.entities.issuers import IssuerKeyId, PublishedIssuer, issuer_named
from credentials.domain.errors import (
    IssuerKeyNotFound,
    IssuerKeyUnreadable,
    IssuerNotFound,
    StatusListNotFound,
)
from credentials.openbadges.documents import Profile
from credentials.openbadges.keys import did_document, profile_document

MAX_AGE: Final = "public, max-age=60"
"""How long others may hold what an issuer publishes: then they learn of revocations and of compromised keys."""
OBJECT: Final = {"type": "object"}
PROFILE_FORMS: Final = {JSON: OBJECT, LinkedDataRenderer.media_type: OBJECT}
LIST_FORMS: Final = {
    **PROFILE_FORMS,
    CredentialRenderer.media_type: OBJECT,
    SecuredCredentialRenderer.media_type: OBJECT,
}


class IssuerView(ApiView):
    renderer_classes = (JSONRenderer, LinkedDataRenderer)

    @operation(
        name="getIssuer",
        summary="Get the profile of an issuer of credentials, with its keys (Open Badges 3.0)",
        access=Access(Whose.ANYBODY),
        answer=PROFILE_FORMS,
        errors=(IssuerNotFound,),
        has_etag=True,
        cache_control=MAX_AGE,
    )
    def get(self, issuer: str) -> Mapping[str, Any]:
        published = _issuer(issuer)
        addresses = services().addresses
        profile = _profile(published, did=False)
        keys = [key.public(addresses) for key in published.keys]
        return profile_document(profile, keys)


class DidDocumentView(ApiView):
    renderer_classes = (JSONRenderer, LinkedDataRenderer)

    @operation(
        name="getIssuerDidDocument",
        summary="Get the DID document of an issuer of credentials (did:web)",
        access=Access(Whose.ANYBODY),
        answer=PROFILE_FORMS,
        errors=(IssuerNotFound,),
        has_etag=True,
        cache_control=MAX_AGE,
    )
    def get(self, issuer: str) -> Mapping[str, Any]:
        published, addresses = _issuer(issuer), services().addresses
        did = addresses.did(published.org_id)
        keys = [key.public(addresses, controller=did) for key in published.keys]
        return did_document(_profile(published, did=True), keys)


class IssuerKeyView(ApiView):
    @operation(
        name="getIssuerKey",
        summary="Get a public key of an issuer of credentials: a verification method that is a JSON Web Key, too",
        access=Access(Whose.ANYBODY),
        answer={JSON: OBJECT},
        errors=(IssuerKeyNotFound,),
        has_etag=True,
        cache_control=MAX_AGE,
    )
    def get(self, issuer: str, key_id: IssuerKeyId) -> Mapping[str, Any]:
        return services().issuer_keys.key(issuer_named(issuer), key_id).dereferenced


class StatusListView(ApiView):
    renderer_classes = (
        JSONRenderer,
        CredentialRenderer,
        SecuredCredentialRenderer,
        LinkedDataRenderer,
    )

    @operation(
        name="getStatusList",
        summary="Get a signed list of revoked and suspended credentials (Bitstring Status List 1.0)",
        access=Access(Whose.ANYBODY),
        answer=LIST_FORMS,
        errors=(StatusListNotFound, IssuerKeyUnreadable),
        has_etag=True,
        cache_control=MAX_AGE,
    )
    def get(self, issuer: str, number: int) -> Encoded:
        return Encoded(services().status_lists.credential(issuer_named(issuer), number).encode())


class RevocationListView(ApiView):
    @operation(
        name="getRevocationList",
        summary="Get a list of the ids of revoked credentials (1EdTech Revocation List Status Method 1.0)",
        access=Access(Whose.ANYBODY),
        answer={JSON: OBJECT},
        errors=(StatusListNotFound,),
        has_etag=True,
        cache_control=MAX_AGE,
    )
    def get(self, issuer: str, number: int) -> Encoded:
        return Encoded(services().revocation_lists.text(issuer_named(issuer), number).encode())


def _issuer(name: str) -> PublishedIssuer:
    """Raises IssuerNotFound."""
    return services().issuer_keys.issuer(issuer_named(name))


def _profile(issuer: PublishedIssuer, *, did: bool) -> Profile:
    """The profile, identified by its address or by its did:web identifier, which name each other."""
    addresses = services().addresses
    ids = addresses.issuer(issuer.org_id), addresses.did(issuer.org_id)
    own, other = reversed(ids) if did else ids
    return Profile(
        id=own,
        name=issuer.name,
        url=issuer.url,
        description=issuer.description,
        email=issuer.email,
        image_url=issuer.image_url,
        also_known_as=(other,),
    )
