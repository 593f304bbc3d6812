"""Clients and consents in the database."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from django.db.models import Q

from accounts import models as rows
from accounts.domain.entities import (
    ClientPk,
    ClientTerms,
    Consent,
    GrantType,
    IdTokenAlgorithm,
    OAuthClient,
    UserId,
)
from accounts.domain.errors import ClientNotFound
from authsvc.kernel.pages import Page, PageRequest, moment_and_id_in, page_of
from authsvc.storage.inserts import insert
from authsvc.storage.prepared import PreparedQuery

Values = dict[str, Any]

_CLIENT: Final = PreparedQuery(
    lambda client_id: rows.OAuthClient.objects.filter(client_id=client_id, is_active=True), str
)


class OrmClientRepository:
    def add(self, client: OAuthClient) -> None:
        insert(rows.OAuthClient, [_client_values(client)])

    def find(self, client_id: str) -> OAuthClient | None:
        row = _CLIENT.first(client_id)
        return _client(row) if row else None

    def get(self, client_pk: ClientPk) -> OAuthClient:
        try:
            return _client(rows.OAuthClient.objects.get(pk=client_pk))
        except rows.OAuthClient.DoesNotExist:
            raise ClientNotFound from None

    def get_for_update(self, client_pk: ClientPk) -> OAuthClient:
        try:
            return _client(rows.OAuthClient.objects.select_for_update().get(pk=client_pk))
        except rows.OAuthClient.DoesNotExist:
            raise ClientNotFound from None

    def save(self, client: OAuthClient) -> None:
        rows.OAuthClient.objects.filter(pk=client.id).update(**_client_values(client))

    def names_of(self, client_ids: Collection[str]) -> Mapping[str, str]:
        found = rows.OAuthClient.objects.filter(client_id__in=client_ids)
        return dict(found.values_list("client_id", "name"))

    def page_of(self, request: PageRequest) -> Page[OAuthClient]:
        found = rows.OAuthClient.objects.order_by("created_at", "id")
        if request.cursor is not None:
            at, last_id = moment_and_id_in(request.cursor)
            found = found.filter(Q(created_at__gt=at) | Q(created_at=at, id__gt=last_id))
        clients = [_client(row) for row in found[: request.limit + 1]]
        return page_of(clients, request, key=lambda client: (client.created_at, client.id))


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
