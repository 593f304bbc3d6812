"""Codes and pushed requests in the database."""

from datetime import datetime
from typing import Any

from accounts import models as rows
from accounts.domain.entities import (
    AuthorizationCode,
    ClientPk,
    DeviceCode,
    DeviceStatus,
    Permission,
    PushedRequest,
    SessionId,
    UserId,
)
from accounts.domain.repositories.orm.sessions import authentication_in, authentication_values
from authsvc.storage.inserts import insert

Values = dict[str, Any]


class OrmAuthorizationCodeRepository:
    def add(self, code: AuthorizationCode) -> None:
        insert(rows.AuthorizationCode, [_code_values(code)])

    def find_for_update(self, code_hash: str) -> AuthorizationCode | None:
        row = rows.AuthorizationCode.objects.select_for_update().filter(pk=code_hash).first()
        return _code(row) if row else None

    def save(self, code: AuthorizationCode) -> None:
        rows.AuthorizationCode.objects.filter(pk=code.hash).update(used_at=code.used_at)

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

    def remove_expired(self, *, before: datetime) -> int:
        return rows.DeviceCode.objects.filter(expires_at__lt=before).delete()[0]


class OrmPushedRequestRepository:
    def add(self, request: PushedRequest) -> None:
        insert(rows.PushedRequest, [_request_values(request)])

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


def _code(row: rows.AuthorizationCode) -> AuthorizationCode:
    return AuthorizationCode(
        hash=row.hash,
        client_pk=ClientPk(row.client_id),
        permission=Permission(
            user_id=UserId(row.user_id),
            scopes=frozenset(row.scopes),
            resource=row.resource,
            nonce=row.nonce,
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
    return {
        "hash": code.hash,
        "user_code_hash": code.user_code_hash,
        "client_id": code.client_pk,
        "user_id": code.user_id,
        "scopes": sorted(code.scopes),
        "status": code.status,
        "interval_seconds": code.interval_seconds,
        "polled_at": code.polled_at,
        "session_id": code.session_id,
        "expires_at": code.expires_at,
        **authentication_values(code.authentication),
    }


def _request(row: rows.PushedRequest) -> PushedRequest:
    return PushedRequest(
        hash=row.hash,
        client_pk=ClientPk(row.client_id),
        parameters=row.parameters,
        expires_at=row.expires_at,
        is_opened=row.is_opened,
    )


def _request_values(request: PushedRequest) -> Values:
    return {
        "hash": request.hash,
        "client_id": request.client_pk,
        "parameters": dict(request.parameters),
        "expires_at": request.expires_at,
        "is_opened": request.is_opened,
    }
