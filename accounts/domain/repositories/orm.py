"""Accounts in the database: the only module here that knows the rows."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q

from accounts import models as rows
from accounts.domain.entities import (
    Answer,
    LedgerEntry,
    RefreshToken,
    Role,
    Session,
    SessionEnd,
    SessionId,
    SessionState,
    User,
    UserId,
)
from accounts.domain.errors import (
    EmailTaken,
    RequestStillRunning,
    SessionNotFound,
    UserNotFound,
)
from authsvc.kernel.pages import Page, PageRequest, moment_and_id_in, page_of
from authsvc.storage.inserts import insert
from authsvc.storage.locks import locks_at_once
from authsvc.storage.prepared import PreparedQuery

Values = dict[str, Any]

_USER: Final = PreparedQuery(lambda user_id: rows.User.objects.filter(pk=user_id), UUID)
_STATE: Final = PreparedQuery(
    lambda session_id: (
        rows.Session.objects.filter(pk=session_id)
        .annotate(user_is_active=F("user__is_active"), user_roles=F("user__roles"))
        .only("user_id", "ended_at", "expires_at")
    ),
    UUID,
)


class OrmUserRepository:
    def add(self, user: User) -> None:
        values = _user_values(user) | {"last_login": None}
        if not insert(rows.User, [values], unless_taken=("email",)):
            raise EmailTaken

    def get(self, user_id: UserId) -> User:
        row = _USER.first(user_id)
        if row is None:
            raise UserNotFound
        return _user(row)

    def find_by_email(self, email: str) -> User | None:
        row = rows.User.objects.filter(email=email).first()
        return _user(row) if row else None

    def get_for_update(self, user_id: UserId) -> User:
        try:
            return _user(rows.User.objects.select_for_update().get(pk=user_id))
        except rows.User.DoesNotExist:
            raise UserNotFound from None

    def save(self, user: User) -> None:
        rows.User.objects.filter(pk=user.id).update(**_user_values(user))

    def page_of(self, request: PageRequest) -> Page[User]:
        found = rows.User.objects.order_by("created_at", "id")
        if request.cursor is not None:
            at, user_id = moment_and_id_in(request.cursor)
            found = found.filter(Q(created_at__gt=at) | Q(created_at=at, id__gt=user_id))
        users = [_user(row) for row in found[: request.limit + 1]]
        return page_of(users, request, key=lambda user: (user.created_at, user.id))


class OrmSessionRepository:
    def add(self, session: Session) -> None:
        insert(rows.Session, [_session_values(session)])

    def state_of(self, session_id: SessionId) -> SessionState | None:
        row: Any = _STATE.first(session_id)  # with annotations, which no model has
        if row is None:
            return None
        return SessionState(
            user_id=UserId(row.user_id) if row.user_id else None,
            ended_at=row.ended_at,
            expires_at=row.expires_at,
            is_user_active=row.user_id is None or row.user_is_active,
            roles=tuple(Role(role) for role in row.user_roles or ()),
        )

    def get_for_update(self, session_id: SessionId) -> Session:
        try:
            return _session(rows.Session.objects.select_for_update().get(pk=session_id))
        except rows.Session.DoesNotExist:
            raise SessionNotFound from None

    def save(self, session: Session) -> None:
        rows.Session.objects.filter(pk=session.id).update(**_session_values(session))

    def end_all_of(self, user_id: UserId, *, at: datetime, because: SessionEnd) -> None:
        live = rows.Session.objects.filter(user_id=user_id, ended_at=None)
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

    def find_for_update(self, token_hash: str) -> RefreshToken | None:
        row = rows.RefreshToken.objects.select_for_update().filter(pk=token_hash).first()
        return _refresh_token(row) if row else None

    def save(self, token: RefreshToken) -> None:
        rows.RefreshToken.objects.filter(pk=token.hash).update(**_refresh_token_values(token))


class OrmLedgerRepository:
    def claim(self, entry_id: str, *, since: datetime) -> LedgerEntry | None:
        if not locks_at_once(int(entry_id[:16], 16)):
            raise RequestStillRunning(retry_after=1)
        row = rows.LedgerEntry.objects.filter(pk=entry_id, kept_at__gte=since).first()
        return _entry(row) if row else None

    def keep(self, entry: LedgerEntry) -> None:
        values = _entry_values(entry)
        if not insert(rows.LedgerEntry, [values], unless_taken=("id",)):
            rows.LedgerEntry.objects.filter(pk=entry.id).update(**values)

    def remove(self, *, before: datetime) -> int:
        return rows.LedgerEntry.objects.filter(kept_at__lt=before).delete()[0]


def _user(row: rows.User) -> User:
    return User(
        id=UserId(row.id),
        email=row.email,
        name=row.name,
        password_hash=row.password,
        roles=tuple(Role(role) for role in row.roles),
        is_active=row.is_active,
        is_staff=row.is_staff,
        created_at=row.created_at,
    )


def _user_values(user: User) -> Values:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "password": user.password_hash,
        "roles": list(user.roles),
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "is_superuser": Role.ADMIN in user.roles,
        "created_at": user.created_at,
    }


def _session(row: rows.Session) -> Session:
    return Session(
        id=SessionId(row.id),
        user_id=UserId(row.user_id) if row.user_id else None,
        client_id=row.client_id,
        scopes=frozenset(row.scopes),
        started_at=row.started_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        ended_because=SessionEnd(row.ended_because) if row.ended_because else None,
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


def _entry(row: rows.LedgerEntry) -> LedgerEntry:
    answer = Answer(status=row.status, body=row.body, content_type=row.content_type)
    return LedgerEntry(id=row.id, fingerprint=row.fingerprint, answer=answer, kept_at=row.kept_at)


def _entry_values(entry: LedgerEntry) -> Values:
    return {
        "id": entry.id,
        "fingerprint": entry.fingerprint,
        "status": entry.answer.status,
        "body": entry.answer.body,
        "content_type": entry.answer.content_type,
        "kept_at": entry.kept_at,
    }
