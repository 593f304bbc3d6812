"""ORM repositories of sessions, sign-in challenges and refresh tokens."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Max

from accounts import models as rows
from accounts.domain.access import (
    OrganizationId,
    OrganizationStatus,
    OrgRole,
    RequestedClaims,
    Role,
    SessionId,
    UserId,
)
from accounts.domain.identity.entities.second_factors import SignInChallenge
from accounts.domain.identity.entities.sessions import (
    RefreshToken,
    Session,
    SessionEnd,
    SessionState,
)
from accounts.domain.identity.errors import SessionNotFound
from accounts.domain.identity.repositories.authentications import (
    authentication_in,
    authentication_values,
)
from accounts.domain.identity.repositories.protocols import SESSIONS
from authsvc.kernel.paging import Page, PageRequest
from authsvc.storage.inserts import insert, parts_of
from authsvc.storage.paging import page_of_rows
from authsvc.storage.prepared import PreparedQuery
from authsvc.storage.rows import values_of

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
        .only("user_id", "ended_at", "expires_at", "org_id", "claims")
    )
)


class OrmSessionRepository:
    def add(self, session: Session) -> None:
        insert(rows.Session, [_session_values(session)])

    def state_of(self, session_id: SessionId) -> SessionState | None:
        states: list[Any] = _STATE.all(session_id)  # with annotations, which no model has
        if not states:
            return None
        row = states[0]
        return SessionState(
            user_id=UserId(row.user_id) if row.user_id else None,
            ended_at=row.ended_at,
            expires_at=row.expires_at,
            is_user_active=row.user_id is None or row.user_is_active,
            roles=tuple(Role(role) for role in row.user_roles or ()),
            memberships={
                OrganizationId(state.member_of): OrgRole(state.member_role)
                for state in states
                if state.member_status == OrganizationStatus.ACTIVE
            },
            org_id=OrganizationId(row.org_id) if row.org_id else None,
            is_org_open=row.org_id is None or row.org_status == OrganizationStatus.ACTIVE,
            claims=RequestedClaims.of(row.claims),
        )

    def get_for_update(self, session_id: SessionId) -> Session:
        try:
            return _session(rows.Session.objects.select_for_update().get(pk=session_id))
        except rows.Session.DoesNotExist:
            raise SessionNotFound from None

    def save(self, session: Session) -> None:
        rows.Session.objects.filter(pk=session.id).update(**_session_values(session))

    def page_for_user(
        self, user_id: UserId, request: PageRequest, *, at: datetime
    ) -> Page[Session]:
        live = rows.Session.objects.filter(user_id=user_id, ended_at=None, expires_at__gt=at)
        return page_of_rows(live, request, SESSIONS, _session)

    def live_in_browser(self, browser_id: SessionId, *, at: datetime) -> list[Session]:
        live = rows.Session.objects.filter(browser_id=browser_id, ended_at=None, expires_at__gt=at)
        return [_session(row) for row in live.order_by("id")]

    def end_all_of(self, user_id: UserId, *, at: datetime, because: SessionEnd) -> int:
        live = rows.Session.objects.filter(user_id=user_id, ended_at=None, expires_at__gt=at)
        return live.update(ended_at=at, ended_because=because)

    def end_all_of_users(self, *, at: datetime, because: SessionEnd) -> dict[UserId, int]:
        live = rows.Session.objects.filter(ended_at=None, expires_at__gt=at).exclude(user=None)
        # Locked and counted first: a session that begins meanwhile is not ended uncounted.
        ending = dict(live.select_for_update().values_list("id", "user_id"))
        for part in parts_of(ending):
            rows.Session.objects.filter(pk__in=part).update(ended_at=at, ended_because=because)
        return dict(Counter(map(UserId, ending.values())))

    def last_used(self, session_ids: Collection[SessionId]) -> dict[SessionId, datetime]:
        tokens = rows.RefreshToken.objects.filter(session_id__in=session_ids)
        latest = tokens.values("session_id").annotate(at=Max("issued_at"))
        return {SessionId(id_): at for id_, at in latest.values_list("session_id", "at")}

    def end_all_between(
        self, user_id: UserId, client_id: str, *, at: datetime, because: SessionEnd
    ) -> None:
        live = rows.Session.objects.filter(user_id=user_id, client_id=client_id, ended_at=None)
        live.update(ended_at=at, ended_because=because)

    def end_all_of_client(
        self, client_id: str, *, at: datetime, because: SessionEnd, of_users: bool
    ) -> None:
        live = rows.Session.objects.filter(client_id=client_id, ended_at=None)
        ended = live if of_users else live.filter(user=None)
        ended.update(ended_at=at, ended_because=because)

    def expire_own_of_client(self, client_id: str, *, at: datetime) -> None:
        own = rows.Session.objects.filter(client_id=client_id, user=None, expires_at__gt=at)
        own.update(expires_at=at)

    def remove_expired(self, *, before: datetime) -> int:
        expired = rows.Session.objects.filter(expires_at__lt=before)
        rows.RefreshToken.objects.filter(session__in=expired).delete()
        return expired.delete()[0]


class OrmSignInChallengeRepository:
    def add(self, challenge: SignInChallenge) -> None:
        insert(rows.SignInChallenge, [values_of(rows.SignInChallenge, challenge)])

    def find(self, challenge_hash: str) -> SignInChallenge | None:
        row = rows.SignInChallenge.objects.filter(pk=challenge_hash).first()
        return _challenge(row) if row else None

    def remove(self, challenge_hash: str) -> bool:
        return rows.SignInChallenge.objects.filter(pk=challenge_hash).delete()[0] > 0

    def remove_pending(self, user_id: UserId) -> None:
        rows.SignInChallenge.objects.filter(user_id=user_id).delete()

    def remove_all_pending(self) -> None:
        rows.SignInChallenge.objects.all().delete()

    def remove_expired(self, *, before: datetime) -> int:
        return rows.SignInChallenge.objects.filter(expires_at__lt=before).delete()[0]


def _challenge(row: rows.SignInChallenge) -> SignInChallenge:
    return SignInChallenge(
        hash=row.hash,
        user_id=UserId(row.user_id),
        expires_at=row.expires_at,
        passkey_state=row.passkey_state,
    )


class OrmRefreshTokenRepository:
    def add(self, token: RefreshToken) -> None:
        insert(rows.RefreshToken, [values_of(rows.RefreshToken, token)])

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
        rows.RefreshToken.objects.filter(pk=token.hash).update(
            **values_of(rows.RefreshToken, token)
        )


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
        claims=RequestedClaims.of(row.claims),
    )


def _session_values(session: Session) -> dict[str, Any]:
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
        "claims": session.claims.members,
        **authentication_values(session.authentication),
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
