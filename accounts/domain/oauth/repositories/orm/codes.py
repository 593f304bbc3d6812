"""Authorization codes, device codes, pushed requests and pre-authorized codes in the database."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from accounts import models as rows
from accounts.domain.access import ClientPk, RequestedClaims, SessionId, UserId
from accounts.domain.identity.repositories.authentications import (
    authentication_in,
    authentication_values,
)
from accounts.domain.oauth.entities.authorizations import (
    AuthorizationCode,
    DeviceCode,
    DeviceStatus,
    Permission,
    PreAuthorizedCode,
    PushedRequest,
)
from authsvc.storage.inserts import insert
from authsvc.storage.rows import values_of

Values = dict[str, Any]
Code = TypeVar("Code", rows.AuthorizationCode, rows.DeviceCode)


class OrmAuthorizationCodeRepository:
    def add(self, code: AuthorizationCode) -> None:
        insert(rows.AuthorizationCode, [_code_values(code)])

    def find_for_update(self, code_hash: str) -> AuthorizationCode | None:
        row = rows.AuthorizationCode.objects.select_for_update().filter(pk=code_hash).first()
        return _code(row) if row else None

    def save(self, code: AuthorizationCode) -> None:
        rows.AuthorizationCode.objects.filter(pk=code.hash).update(used_at=code.used_at)

    def remove_pending(self, user_id: UserId, client_pk: ClientPk | None = None) -> None:
        codes = rows.AuthorizationCode.objects.filter(user_id=user_id, used_at=None)
        _of_client(codes, client_pk).delete()

    def remove_all_pending(self) -> None:
        rows.AuthorizationCode.objects.filter(used_at=None).delete()

    def remove_pending_in(self, browser_id: SessionId) -> None:
        rows.AuthorizationCode.objects.filter(browser_id=browser_id, used_at=None).delete()

    def remove_expired(self, *, before: datetime) -> int:
        return rows.AuthorizationCode.objects.filter(expires_at__lt=before).delete()[0]


class OrmDeviceCodeRepository:
    def add(self, code: DeviceCode) -> None:
        insert(rows.DeviceCode, [_device_values(code)])

    def find_for_update(self, code_hash: str) -> DeviceCode | None:
        row = rows.DeviceCode.objects.select_for_update().filter(pk=code_hash).first()
        return _device(row) if row else None

    def find_by_user_code(self, user_code_hash: str) -> DeviceCode | None:
        row = rows.DeviceCode.objects.filter(user_code_hash=user_code_hash).first()
        return _device(row) if row else None

    def save(self, code: DeviceCode) -> None:
        rows.DeviceCode.objects.filter(pk=code.hash).update(**_device_values(code))

    def remove(self, code_hash: str) -> None:
        rows.DeviceCode.objects.filter(pk=code_hash).delete()

    def remove_pending(self, user_id: UserId, client_pk: ClientPk | None = None) -> None:
        _of_client(rows.DeviceCode.objects.filter(user_id=user_id), client_pk).delete()

    def remove_all_pending(self) -> None:
        rows.DeviceCode.objects.exclude(user=None).delete()

    def remove_pending_in(self, browser_id: SessionId) -> None:
        rows.DeviceCode.objects.filter(browser_id=browser_id).delete()

    def remove_expired(self, *, before: datetime) -> int:
        return rows.DeviceCode.objects.filter(expires_at__lt=before).delete()[0]


class OrmPushedRequestRepository:
    def add(self, request: PushedRequest) -> None:
        parameters = dict(request.parameters)
        values = values_of(
            rows.PushedRequest, request, client_id=request.client_pk, parameters=parameters
        )
        insert(rows.PushedRequest, [values])

    def find(self, request_hash: str, client_pk: ClientPk) -> PushedRequest | None:
        row = rows.PushedRequest.objects.filter(pk=request_hash, client_id=client_pk).first()
        return _request(row) if row else None

    def save(self, request: PushedRequest) -> None:
        rows.PushedRequest.objects.filter(pk=request.hash).update(
            expires_at=request.expires_at, is_opened=request.is_opened
        )

    def remove(self, request_hash: str) -> bool:
        return bool(rows.PushedRequest.objects.filter(pk=request_hash).delete()[0])

    def remove_expired(self, *, before: datetime) -> int:
        return rows.PushedRequest.objects.filter(expires_at__lt=before).delete()[0]


def _of_client(codes: QuerySet[Code], client_pk: ClientPk | None) -> QuerySet[Code]:
    """Those of this client, or all."""
    return codes if client_pk is None else codes.filter(client_id=client_pk)


def _code(row: rows.AuthorizationCode) -> AuthorizationCode:
    return AuthorizationCode(
        hash=row.hash,
        client_pk=ClientPk(row.client_id),
        permission=Permission(
            user_id=UserId(row.user_id),
            scopes=frozenset(row.scopes),
            resource=row.resource,
            nonce=row.nonce,
            claims=RequestedClaims.of(row.claims),
        ),
        authentication=authentication_in(row),
        redirect_uri=row.redirect_uri,
        code_challenge=row.code_challenge,
        session_id=SessionId(row.session_id),
        expires_at=row.expires_at,
        used_at=row.used_at,
    )


def _code_values(code: AuthorizationCode) -> Values:
    return {
        "hash": code.hash,
        "client_id": code.client_pk,
        "user_id": code.permission.user_id,
        "scopes": sorted(code.permission.scopes),
        "resource": code.permission.resource,
        "nonce": code.permission.nonce,
        "claims": code.permission.claims.members,
        "redirect_uri": code.redirect_uri,
        "code_challenge": code.code_challenge,
        "session_id": code.session_id,
        "expires_at": code.expires_at,
        "used_at": code.used_at,
        **authentication_values(code.authentication),
    }


def _device(row: rows.DeviceCode) -> DeviceCode:
    return DeviceCode(
        hash=row.hash,
        user_code_hash=row.user_code_hash,
        client_pk=ClientPk(row.client_id),
        scopes=frozenset(row.scopes),
        expires_at=row.expires_at,
        session_id=SessionId(row.session_id),
        status=DeviceStatus(row.status),
        user_id=UserId(row.user_id) if row.user_id else None,
        authentication=authentication_in(row),
        interval_seconds=row.interval_seconds,
        polled_at=row.polled_at,
    )


def _device_values(code: DeviceCode) -> Values:
    return values_of(
        rows.DeviceCode,
        code,
        client_id=code.client_pk,
        scopes=sorted(code.scopes),
        **authentication_values(code.authentication),
    )


def _request(row: rows.PushedRequest) -> PushedRequest:
    return PushedRequest(
        hash=row.hash,
        client_pk=ClientPk(row.client_id),
        parameters=row.parameters,
        expires_at=row.expires_at,
        is_opened=row.is_opened,
    )


class OrmPreAuthorizedCodeRepository:
    def add(self, code: PreAuthorizedCode) -> None:
        insert(rows.PreAuthorizedCode, [values_of(rows.PreAuthorizedCode, code)])

    def find(self, code_hash: str) -> PreAuthorizedCode | None:
        row = rows.PreAuthorizedCode.objects.filter(pk=code_hash).first()
        return _pre_authorized(row) if row else None

    def find_for_update(self, code_hash: str) -> PreAuthorizedCode | None:
        row = rows.PreAuthorizedCode.objects.select_for_update().filter(pk=code_hash).first()
        return _pre_authorized(row) if row else None

    def save(self, code: PreAuthorizedCode) -> None:
        rows.PreAuthorizedCode.objects.filter(pk=code.hash).update(
            wrong_pins=code.wrong_pins, used_at=code.used_at
        )

    def remove_pending(self, user_id: UserId, credential_id: UUID | None = None) -> None:
        codes = rows.PreAuthorizedCode.objects.filter(user_id=user_id, used_at=None)
        if credential_id is not None:
            codes = codes.filter(credential_id=credential_id)
        codes.delete()

    def remove_all_pending(self) -> None:
        rows.PreAuthorizedCode.objects.filter(used_at=None).delete()

    def remove_expired(self, *, before: datetime) -> int:
        return rows.PreAuthorizedCode.objects.filter(expires_at__lt=before).delete()[0]


def _pre_authorized(row: rows.PreAuthorizedCode) -> PreAuthorizedCode:
    return PreAuthorizedCode(
        hash=row.hash,
        pin_hash=row.pin_hash,
        user_id=UserId(row.user_id),
        credential_id=row.credential_id,
        configuration_id=row.configuration_id,
        session_id=SessionId(row.session_id),
        expires_at=row.expires_at,
        wrong_pins=row.wrong_pins,
        used_at=row.used_at,
    )
