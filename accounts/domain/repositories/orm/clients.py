"""Clients and consents in the database."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts import models as rows
from accounts.domain.entities import (
    ClientPk,
    ClientTerms,
    Consent,
    GrantType,
    IdTokenAlgorithm,
    OAuthClient,
    OrganizationId,
    OrganizationStatus,
    UserId,
)
from accounts.domain.errors import ClientNotFound
from accounts.domain.repositories.protocols.clients import CLIENTS, SERVICE_CLIENTS
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.reach import Reach
from authsvc.storage.inserts import insert
from authsvc.storage.paging import page_of_rows
from authsvc.storage.prepared import PreparedQuery
from authsvc.storage.reach import owned_within

Values = dict[str, Any]

_CLIENT: Final = PreparedQuery(
    lambda client_id: rows.OAuthClient.objects.filter(
        Q(org=None) | Q(org__status=OrganizationStatus.ACTIVE), client_id=client_id, is_active=True
    )
)


class OrmClientRepository:
    def add(self, client: OAuthClient, *, within: Reach) -> None:
        within.require(client.org_id)
        insert(rows.OAuthClient, [_client_values(client)])

    def find(self, client_id: str) -> OAuthClient | None:
        row = _CLIENT.first(client_id)
        return _client(row) if row else None

    def get(self, client_pk: ClientPk, *, within: Reach) -> OAuthClient:
        return self._one(rows.OAuthClient.objects.all(), client_pk, within)

    def get_for_update(self, client_pk: ClientPk, *, within: Reach) -> OAuthClient:
        return self._one(rows.OAuthClient.objects.select_for_update(), client_pk, within)

    def save(self, client: OAuthClient, *, within: Reach) -> None:
        within.require(client.org_id)
        rows.OAuthClient.objects.filter(pk=client.id).update(**_client_values(client))

    def note_use(self, client_pk: ClientPk, *, at: datetime, within: Reach) -> None:
        found = rows.OAuthClient.objects.filter(owned_within(within), pk=client_pk)
        found.update(last_used_at=at)

    def names_of(self, client_ids: Collection[str]) -> Mapping[str, str]:
        found = rows.OAuthClient.objects.filter(client_id__in=client_ids)
        return dict(found.values_list("client_id", "name"))

    def page_of(self, request: PageRequest, *, within: Reach) -> Page[OAuthClient]:
        clients = rows.OAuthClient.objects.filter(owned_within(within))
        return page_of_rows(clients, request, CLIENTS, _client)

    def page_for_organization(
        self, org_id: OrganizationId, request: PageRequest, *, within: Reach
    ) -> Page[OAuthClient]:
        clients = rows.OAuthClient.objects.filter(owned_within(within), org_id=org_id)
        return page_of_rows(clients.filter(is_active=True), request, SERVICE_CLIENTS, _client)

    def _one(
        self, found: QuerySet[rows.OAuthClient], client_pk: ClientPk, within: Reach
    ) -> OAuthClient:
        try:
            return _client(found.get(owned_within(within), pk=client_pk))
        except rows.OAuthClient.DoesNotExist:
            raise ClientNotFound from None


class OrmConsentRepository:
    def find(self, user_id: UserId, client_pk: ClientPk) -> Consent | None:
        row = rows.Consent.objects.filter(user_id=user_id, client_id=client_pk).first()
        return _consent(row) if row else None

    def keep(self, consent: Consent) -> None:
        values = _consent_values(consent)
        if not insert(rows.Consent, [values], unless_taken=("user_id", "client_id")):
            kept = rows.Consent.objects.filter(user_id=consent.user_id, client_id=consent.client_pk)
            kept.update(**values)

    def for_user(self, user_id: UserId) -> list[tuple[Consent, OAuthClient]]:
        found = rows.Consent.objects.filter(user_id=user_id).select_related("client")
        return [
            (_consent(row), _client(row.client)) for row in found.order_by("given_at", "client_id")
        ]

    def remove(self, user_id: UserId, client_pk: ClientPk) -> bool:
        found = rows.Consent.objects.filter(user_id=user_id, client_id=client_pk)
        return bool(found.delete()[0])


def _client(row: rows.OAuthClient) -> OAuthClient:
    return OAuthClient(
        id=ClientPk(row.id),
        client_id=row.client_id,
        secret_hash=row.secret_hash,
        terms=ClientTerms(
            name=row.name,
            is_public=row.is_public,
            redirect_uris=tuple(row.redirect_uris),
            post_logout_redirect_uris=tuple(row.post_logout_redirect_uris),
            backchannel_logout_uri=row.backchannel_logout_uri,
            allowed_origins=tuple(row.allowed_origins),
            allowed_scopes=frozenset(row.allowed_scopes),
            grant_types=frozenset(GrantType(name) for name in row.grant_types),
            resources=tuple(row.resources),
            id_token_algorithm=IdTokenAlgorithm(row.id_token_algorithm),
            is_trusted=row.is_trusted,
            must_push=row.must_push,
        ),
        is_active=row.is_active,
        created_at=row.created_at,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


def _client_values(client: OAuthClient) -> Values:
    terms = client.terms
    return {
        "id": client.id,
        "client_id": client.client_id,
        "secret_hash": client.secret_hash,
        "name": terms.name,
        "is_public": terms.is_public,
        "redirect_uris": list(terms.redirect_uris),
        "post_logout_redirect_uris": list(terms.post_logout_redirect_uris),
        "backchannel_logout_uri": terms.backchannel_logout_uri,
        "allowed_origins": list(terms.allowed_origins),
        "allowed_scopes": sorted(terms.allowed_scopes),
        "grant_types": sorted(terms.grant_types),
        "resources": list(terms.resources),
        "id_token_algorithm": terms.id_token_algorithm,
        "is_trusted": terms.is_trusted,
        "must_push": terms.must_push,
        "is_active": client.is_active,
        "created_at": client.created_at,
        "org_id": client.org_id,
        "expires_at": client.expires_at,
        "last_used_at": client.last_used_at,
    }


def _consent(row: rows.Consent) -> Consent:
    return Consent(
        user_id=UserId(row.user_id),
        client_pk=ClientPk(row.client_id),
        scopes=frozenset(row.scopes),
        given_at=row.given_at,
    )


def _consent_values(consent: Consent) -> Values:
    return {
        "user_id": consent.user_id,
        "client_id": consent.client_pk,
        "scopes": sorted(consent.scopes),
        "given_at": consent.given_at,
    }
