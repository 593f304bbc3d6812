"""Sessions and their refresh tokens in the database."""

from datetime import datetime
from typing import Any, Final

from django.db.models import F

from accounts import models as rows
from accounts.domain.entities import (
    Authentication,
    OrganizationId,
    OrganizationStatus,
    OrgRole,
    RefreshToken,
    Role,
    Session,
    SessionEnd,
    SessionId,
    SessionState,
    UserId,
)
from accounts.domain.errors import SessionNotFound
from authsvc.storage.inserts import insert
from authsvc.storage.prepared import PreparedQuery

Values = dict[str, Any]

_STATE: Final = PreparedQuery(
    lambda session_id: (
        rows.Session.objects.filter(pk=session_id)
        .annotate(
            user_is_active=F("user__is_active"),
            user_roles=F("user__roles"),
            org_status=F("org__status"),
            member_of=F("user__memberships__org_id"),
            member_role=F("user__memberships__role"),
            member_status=F("user__memberships__org__status"),
        )
        .only("user_id", "ended_at", "expires_at", "org_id")
    )
)


class OrmSessionRepository:
    def add(self, session: Session) -> None:
        insert(rows.Session, [_session_values(session)])

    def state_of(self, session_id: SessionId) -> SessionState | None:
        found: list[Any] = _STATE.all(session_id)  # with annotations, which no model has
        if not found:
            return None
        row = found[0]
        return SessionState(
            user_id=UserId(row.user_id) if row.user_id else None,
            ended_at=row.ended_at,
            expires_at=row.expires_at,
            is_user_active=row.user_id is None or row.user_is_active,
            roles=tuple(Role(role) for role in row.user_roles or ()),
            memberships={
                OrganizationId(each.member_of): OrgRole(each.member_role)
                for each in found
                if each.member_status == OrganizationStatus.ACTIVE
            },
            org_id=OrganizationId(row.org_id) if row.org_id else None,
            is_org_open=row.org_id is None or row.org_status == OrganizationStatus.ACTIVE,
        )

    def get_for_update(self, session_id: SessionId) -> Session:
        try:
            return _session(rows.Session.objects.select_for_update().get(pk=session_id))
        except rows.Session.DoesNotExist:
            raise SessionNotFound from None

    def save(self, session: Session) -> None:
        rows.Session.objects.filter(pk=session.id).update(**_session_values(session))

    def live_of(self, user_id: UserId, *, at: datetime) -> list[Session]:
        live = rows.Session.objects.filter(user_id=user_id, ended_at=None, expires_at__gt=at)
        return [_session(row) for row in live.order_by("-started_at", "id")]

    def live_in_browser(self, browser_id: SessionId, *, at: datetime) -> list[Session]:
        live = rows.Session.objects.filter(browser_id=browser_id, ended_at=None, expires_at__gt=at)
        return [_session(row) for row in live.order_by("id")]

    def end_all_of(self, user_id: UserId, *, at: datetime, because: SessionEnd) -> None:
        live = rows.Session.objects.filter(user_id=user_id, ended_at=None)
        live.update(ended_at=at, ended_because=because)

    def end_all_between(
        self, user_id: UserId, client_id: str, *, at: datetime, because: SessionEnd
    ) -> None:
        live = rows.Session.objects.filter(user_id=user_id, client_id=client_id, ended_at=None)
        live.update(ended_at=at, ended_because=because)

    def end_all_of_client(self, client_id: str, *, at: datetime, because: SessionEnd) -> None:
        live = rows.Session.objects.filter(client_id=client_id, ended_at=None)
        live.update(ended_at=at, ended_because=because)

    def remove_expired(self, *, before: datetime) -> int:
        expired = rows.Session.objects.filter(expires_at__lt=before)
        rows.RefreshToken.objects.filter(session__in=expired).delete()
        return expired.delete()[0]


class OrmRefreshTokenRepository:
    def add(self, token: RefreshToken) -> None:
        insert(rows.RefreshToken, [_refresh_token_values(token)])

    def find(self, token_hash: str) -> RefreshToken | None:
        row = rows.RefreshToken.objects.filter(pk=token_hash).first()
        return _refresh_token(row) if row else None

    def find_with_session(self, token_hash: str) -> tuple[RefreshToken, Session] | None:
        row = rows.RefreshToken.objects.select_related("session").filter(pk=token_hash).first()
        return (_refresh_token(row), _session(row.session)) if row else None

    def find_for_update(self, token_hash: str) -> RefreshToken | None:
        row = rows.RefreshToken.objects.select_for_update().filter(pk=token_hash).first()
        return _refresh_token(row) if row else None

    def save(self, token: RefreshToken) -> None:
        rows.RefreshToken.objects.filter(pk=token.hash).update(**_refresh_token_values(token))


def _session(row: rows.Session) -> Session:
    return Session(
        id=SessionId(row.id),
        user_id=UserId(row.user_id) if row.user_id else None,
        client_id=row.client_id,
        scopes=frozenset(row.scopes),
        started_at=row.started_at,
        expires_at=row.expires_at,
        resource=row.resource,
        authentication=authentication_in(row),
        ended_at=row.ended_at,
        ended_because=SessionEnd(row.ended_because) if row.ended_because else None,
        org_id=OrganizationId(row.org_id) if row.org_id else None,
    )


def _session_values(session: Session) -> Values:
    return {
        "id": session.id,
        "user_id": session.user_id,
        "client_id": session.client_id,
        "scopes": sorted(session.scopes),
        "started_at": session.started_at,
        "expires_at": session.expires_at,
        "ended_at": session.ended_at,
        "ended_because": session.ended_because or "",
        "resource": session.resource,
        "org_id": session.org_id,
        **authentication_values(session.authentication),
    }


def authentication_in(row: Any) -> Authentication | None:
    """How the person had shown who he is, in the columns that several rows have for that."""
    if row.authenticated_at is None:
        return None
    return Authentication(
        at=row.authenticated_at,
        methods=tuple(row.methods),
        browser_id=SessionId(row.browser_id),
    )


def authentication_values(authentication: Authentication | None) -> Values:
    if authentication is None:
        return {"authenticated_at": None, "methods": None, "browser_id": None}
    return {
        "authenticated_at": authentication.at,
        "methods": list(authentication.methods),
        "browser_id": authentication.browser_id,
    }


def _refresh_token(row: rows.RefreshToken) -> RefreshToken:
    return RefreshToken(
        hash=row.hash,
        session_id=SessionId(row.session_id),
        number=row.number,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )


def _refresh_token_values(token: RefreshToken) -> Values:
    return {
        "hash": token.hash,
        "session_id": token.session_id,
        "number": token.number,
        "issued_at": token.issued_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
    }
