"""ORM repositories of identity."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from allauth.account import app_settings
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.db import IntegrityError, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.urls import reverse

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
from accounts.domain.identity.entities.profiles import Profile
from accounts.domain.identity.entities.second_factors import SignInChallenge
from accounts.domain.identity.entities.sessions import (
    RefreshToken,
    Session,
    SessionEnd,
    SessionState,
)
from accounts.domain.identity.entities.users import EVERYONE, PersonSearch, User
from accounts.domain.identity.errors import EmailTaken, SessionNotFound, UserNotFound
from accounts.domain.identity.repositories.authentications import (
    authentication_in,
    authentication_values,
)
from accounts.domain.identity.repositories.protocols import SESSIONS, USERS
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.rate_limits import Limit, LimitState
from authsvc.kernel.text import folded
from authsvc.storage.changes import since
from authsvc.storage.inserts import insert, parts_of
from authsvc.storage.paging import page_of_rows
from authsvc.storage.prepared import PreparedQuery
from authsvc.storage.rate_limits import count_attempt, count_attempts
from authsvc.storage.rows import values_of
from authsvc.storage.upserts import upsert

Values = dict[str, Any]

_USER: Final = PreparedQuery(lambda user_id: rows.User.objects.filter(pk=user_id))


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

    def with_emails(self, emails: Collection[str]) -> list[User]:
        return [
            _user(row)
            for part in parts_of(emails)
            for row in rows.User.objects.filter(email__in=part)
        ]

    def get_for_update(self, user_id: UserId) -> User:
        try:
            return _user(rows.User.objects.select_for_update().get(pk=user_id))
        except rows.User.DoesNotExist:
            raise UserNotFound from None

    def admins_for_update(self) -> frozenset[UserId]:
        admins = rows.User.objects.select_for_update().filter(is_superuser=True, is_active=True)
        # Everyone locks them in the same order, so nobody waits for each other.
        return frozenset(UserId(pk) for pk in admins.order_by("id").values_list("id", flat=True))

    def save(self, user: User) -> None:
        rows.User.objects.filter(pk=user.id).update(**_user_values(user))

    def change_email(self, user_id: UserId, *, email: str, at: datetime) -> None:
        try:
            with transaction.atomic():
                rows.User.objects.filter(pk=user_id).update(email=email, changed_at=at)
        except IntegrityError:
            if rows.User.objects.filter(email=email).exclude(pk=user_id).exists():
                raise EmailTaken from None
            raise

    def page_of(
        self,
        request: PageRequest,
        *,
        search: PersonSearch = EVERYONE,
        changed_since: datetime | None = None,
    ) -> Page[User]:
        changed = since(changed_since, "changed_at", "created_at")
        return page_of_rows(
            rows.User.objects.filter(found_by(search), changed), request, USERS, _user
        )


class OrmVerifiedEmailRepository:
    """Uses the table of django-allauth, which sends the links that verify an address."""

    def find(self, user_id: UserId) -> str | None:
        row = EmailAddress.objects.filter(user_id=user_id, verified=True).first()
        return row.email if row else None

    def of_users(self, user_ids: Collection[UserId]) -> dict[UserId, str]:
        verified = EmailAddress.objects.filter(verified=True)
        return {
            UserId(user_id): email
            for part in parts_of(user_ids)
            for user_id, email in verified.filter(user_id__in=part).values_list("user_id", "email")
        }

    def save(self, user_id: UserId, *, email: str) -> None:
        EmailAddress.objects.filter(user_id=user_id).exclude(email=email).delete()
        EmailAddress.objects.update_or_create(
            user_id=user_id, email=email, defaults={"verified": True, "primary": True}
        )


class OrmPasswordLinks:
    """Uses the tokens of django-allauth, which has the page that they lead to."""

    def path_for(self, user_id: UserId) -> str:
        user = rows.User.objects.get(pk=user_id)
        key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
        place = {"uidb36": user_pk_to_url_str(user), "key": key}
        return reverse("account_reset_password_from_key", kwargs=place)


def found_by(search: PersonSearch, *, user: str = "") -> Q:
    """Condition: the search finds the user. *user* is the path to their row, such as `user__`.

    It is one LIKE for each column, which no B-tree serves: rows are read in the order of the list until a page is full.
    """
    if search.is_empty:
        return Q()
    name, email = f"{user}folded_name__contains", f"{user}email__contains"
    return Q(**{name: search.name_part}) | Q(**{email: search.email_part})


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
        profile=Profile(**row.profile_members),
        updated_at=row.updated_at,
        changed_at=row.changed_at,
    )


def _user_values(user: User) -> Values:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "folded_name": folded(user.name),
        "password": user.password_hash,
        "roles": list(user.roles),
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "is_superuser": Role.ADMIN in user.roles,
        "created_at": user.created_at,
        "profile_members": user.profile.members,
        "updated_at": user.updated_at,
        "changed_at": user.changed_at,
    }


class OrmRateLimitRepository:
    def count(self, key: str, limit: Limit, *, at: datetime, amount: int = 1) -> LimitState:
        return count_attempt(rows.LimitState, key, limit, at=at, amount=amount)

    def count_each(
        self, keys: Collection[str], limit: Limit, *, at: datetime
    ) -> dict[str, LimitState]:
        return count_attempts(rows.LimitState, list(keys), limit, at=at)

    def refund(self, key: str) -> None:
        state = rows.LimitState.objects.filter(pk=key)
        state.update(count=Greatest(F("count") - 1, 0), waits_until=None)

    def reset(self, key: str) -> None:
        rows.LimitState.objects.filter(pk=key).delete()

    def remove_expired(self, *, before: datetime) -> int:
        return rows.LimitState.objects.filter(forgotten_at__lte=before).delete()[0]


class OrmKnownAddressRepository:
    def save(self, key: str, *, seen_at: datetime) -> None:
        values = {"key": key, "seen_at": seen_at}
        upsert(rows.KnownAddress, values, changes={"seen_at": Value(seen_at)})

    def last_seen(self, key: str) -> datetime | None:
        return rows.KnownAddress.objects.filter(pk=key).values_list("seen_at", flat=True).first()

    def remove_expired(self, *, before: datetime) -> int:
        return rows.KnownAddress.objects.filter(seen_at__lt=before).delete()[0]


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

    def end_all_of(self, user_id: UserId, *, at: datetime, because: SessionEnd) -> None:
        live = rows.Session.objects.filter(user_id=user_id, ended_at=None)
        live.update(ended_at=at, ended_because=because)

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
