"""OAuth clients and consents in the database."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts import models as rows
from accounts.domain.access import (
    ClientPk,
    GrantType,
    OrganizationId,
    OrganizationStatus,
    UserId,
)
from accounts.domain.oauth.entities.authorizations import Consent
from accounts.domain.oauth.entities.clients import (
    ClientTerms,
    FormerSecret,
    IdTokenAlgorithm,
    OAuthClient,
)
from accounts.domain.oauth.errors import ClientNotFound
from accounts.domain.oauth.repositories.protocols import CLIENTS, CONSENTS, SERVICE_CLIENTS
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.inserts import ANY_VALUES, insert
from authsvc.storage.paging import page_of_rows
from authsvc.storage.prepared import PreparedQuery
from authsvc.storage.rows import first_of, values_of
from authsvc.storage.tenancy import owned_within

Values = dict[str, Any]

_OF_OPEN: Final = Q(org=None) | Q(org__status=OrganizationStatus.ACTIVE)
_CLIENT: Final = PreparedQuery(
    lambda client_id: rows.OAuthClient.objects.filter(_OF_OPEN, client_id=client_id, is_active=True)
)


class OrmClientRepository:
    def add(self, client: OAuthClient, *, scope: TenantScope) -> None:
        scope.require(client.org_id)
        insert(rows.OAuthClient, [_client_values(client)])

    def find(self, client_id: str) -> OAuthClient | None:
        row = _CLIENT.first(client_id)
        return _client(row) if row else None

    def get(self, client_pk: ClientPk, *, scope: TenantScope) -> OAuthClient:
        return self._get(rows.OAuthClient.objects.all(), client_pk, scope)

    def get_for_update(self, client_pk: ClientPk, *, scope: TenantScope) -> OAuthClient:
        return self._get(rows.OAuthClient.objects.select_for_update(), client_pk, scope)

    def save(self, client: OAuthClient, *, scope: TenantScope) -> None:
        scope.require(client.org_id)
        rows.OAuthClient.objects.filter(pk=client.id).update(**_client_values(client))

    def save_described(self, client: OAuthClient, *, scope: TenantScope) -> bool:
        scope.require(client.org_id)
        values = _client_values(client)
        if insert(rows.OAuthClient, [values], unless_taken=ANY_VALUES):
            return True
        same = ("id", "client_id", "is_active", "created_at")
        changed = {name: value for name, value in values.items() if name not in same}
        rows.OAuthClient.objects.filter(pk=client.id).update(**changed)
        return False

    def note_use(self, client_pk: ClientPk, *, at: datetime, scope: TenantScope) -> None:
        clients = rows.OAuthClient.objects.filter(owned_within(scope), pk=client_pk)
        clients.update(last_used_at=at)

    def allowed_origins(self, *, at: datetime) -> frozenset[str]:
        unexpired = Q(expires_at=None) | Q(expires_at__gt=at)
        clients = rows.OAuthClient.objects.filter(_OF_OPEN, unexpired, is_active=True)
        by_client = clients.exclude(allowed_origins=[]).values_list("allowed_origins", flat=True)
        return frozenset(origin for origins in by_client for origin in origins)

    def names_of(self, client_ids: Collection[str]) -> Mapping[str, str]:
        clients = rows.OAuthClient.objects.filter(client_id__in=client_ids)
        return dict(clients.values_list("client_id", "name"))

    def page_of(self, request: PageRequest, *, scope: TenantScope) -> Page[OAuthClient]:
        clients = rows.OAuthClient.objects.filter(owned_within(scope))
        return page_of_rows(clients, request, CLIENTS, _client)

    def page_for_organization(
        self, org_id: OrganizationId, request: PageRequest, *, scope: TenantScope
    ) -> Page[OAuthClient]:
        clients = rows.OAuthClient.objects.filter(owned_within(scope), org_id=org_id)
        return page_of_rows(clients.filter(is_active=True), request, SERVICE_CLIENTS, _client)

    def _get(
        self, clients: QuerySet[rows.OAuthClient], client_pk: ClientPk, scope: TenantScope
    ) -> OAuthClient:
        clients = clients.filter(owned_within(scope), pk=client_pk)
        return _client(first_of(clients, missing=ClientNotFound))


class OrmConsentRepository:
    def find(self, user_id: UserId, client_pk: ClientPk) -> Consent | None:
        row = rows.Consent.objects.filter(user_id=user_id, client_id=client_pk).first()
        return _consent(row) if row else None

    def save(self, consent: Consent) -> None:
        values = values_of(
            rows.Consent, consent, client_id=consent.client_pk, scopes=sorted(consent.scopes)
        )
        if not insert(rows.Consent, [values], unless_taken=("user_id", "client_id")):
            rows.Consent.objects.filter(
                user_id=consent.user_id, client_id=consent.client_pk
            ).update(**values)

    def page_for_user(
        self, user_id: UserId, request: PageRequest
    ) -> Page[tuple[Consent, OAuthClient]]:
        consents = rows.Consent.objects.filter(user_id=user_id).select_related("client")
        return page_of_rows(consents, request, CONSENTS, _grant)

    def remove(self, user_id: UserId, client_pk: ClientPk) -> bool:
        consents = rows.Consent.objects.filter(user_id=user_id, client_id=client_pk)
        return bool(consents.delete()[0])


def _client(row: rows.OAuthClient) -> OAuthClient:
    return OAuthClient(
        id=ClientPk(row.id),
        client_id=row.client_id,
        secret_hash=row.secret_hash,
        secret_hint=row.secret_hint,
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
            claims_in_id_token=row.claims_in_id_token,
        ),
        is_active=row.is_active,
        created_at=row.created_at,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        former_secret=(
            FormerSecret(hash=row.former_secret_hash, expires_at=row.former_secret_expires_at)
            if row.former_secret_expires_at
            else None
        ),
        registration_hash=row.registration_hash,
        pkce_waived_because=row.pkce_waived_because,
    )


def _client_values(client: OAuthClient) -> Values:
    terms, former_secret = client.terms, client.former_secret
    return {
        "id": client.id,
        "client_id": client.client_id,
        "secret_hash": client.secret_hash,
        "secret_hint": client.secret_hint,
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
        "claims_in_id_token": terms.claims_in_id_token,
        "is_active": client.is_active,
        "created_at": client.created_at,
        "org_id": client.org_id,
        "expires_at": client.expires_at,
        "last_used_at": client.last_used_at,
        "former_secret_hash": former_secret.hash if former_secret else "",
        "former_secret_expires_at": former_secret.expires_at if former_secret else None,
        "registration_hash": client.registration_hash,
        "pkce_waived_because": client.pkce_waived_because,
    }


def _grant(row: rows.Consent) -> tuple[Consent, OAuthClient]:
    return _consent(row), _client(row.client)


def _consent(row: rows.Consent) -> Consent:
    return Consent(
        user_id=UserId(row.user_id),
        client_pk=ClientPk(row.client_id),
        scopes=frozenset(row.scopes),
        given_at=row.given_at,
    )
