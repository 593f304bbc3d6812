"""Sessions: signing in and out, the caller's own sessions and grants, and the keys that verify access tokens."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from rest_framework.authentication import BaseAuthentication

from accounts.api.serializers import (
    GrantSerializer,
    KeySetSerializer,
    LogInRequestSerializer,
    OwnSessionSerializer,
    RefreshRequestSerializer,
    RegisteredSerializer,
    RegisterRequestSerializer,
    SignedInSerializer,
    VerifyLogInRequestSerializer,
)
from accounts.domain.access import ClientPk, Principal, Scope, SessionId
from accounts.domain.identity.entities.sessions import OwnSession
from accounts.domain.identity.entities.tokens import SignedIn
from accounts.domain.identity.errors import (
    ActionRequired,
    EmailTaken,
    InvalidChallenge,
    InvalidCredentials,
    InvalidRefreshToken,
    PasswordsBusy,
    RefreshTokenReused,
    SecondFactorMissing,
    SecondFactorRequired,
    SessionNotFound,
    UnsuitablePassword,
    UnverifiedEmail,
    WrongSecondFactor,
)
from accounts.domain.identity.services.login_attempts import LimitName
from accounts.domain.oauth.entities.authorizations import Consent
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.errors import GrantNotFound
from authsvc.composition.container import services
from authsvc.http.authentication import BearerAuthentication
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.pacing import at_least
from authsvc.http.paging import LongPageQuerySerializer
from authsvc.http.reading import Members
from authsvc.http.rendering import Accepted
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.rate_limits import LimitState


class RegisterView(ApiView):
    @operation(
        name="register",
        summary="Create an account and sign in; where addresses must be verified, mail a link instead",
        access=Access(Whose.ANYBODY),
        limit=LimitName.REGISTER,
        body=RegisterRequestSerializer,
        status=HTTPStatus.CREATED,
        answer=SignedInSerializer,
        accepted=RegisteredSerializer,
        errors=(EmailTaken, UnsuitablePassword, PasswordsBusy),
    )
    def post(self, *, body: Members, client_ip: str) -> SignedIn | Accepted:
        """Where addresses must be verified, nobody is signed in before: 202."""
        sign_in, account = services().sign_in, {**body, "client_ip": client_ip}
        if sign_in.policy.needs_verified_email:
            with at_least(settings.ENVIRONMENT.paced_answer):
                return Accepted({"email": sign_in.register_unverified(**account)})
        return sign_in.register(**account)


class LogInView(ApiView):
    @operation(
        name="logIn",
        summary="Sign in with an e-mail address and a password",
        access=Access(Whose.ANYBODY),
        limit=LimitName.LOG_IN,
        is_limit_deferred=True,
        body=LogInRequestSerializer,
        answer=SignedInSerializer,
        errors=(
            InvalidCredentials,
            UnverifiedEmail,
            SecondFactorRequired,
            SecondFactorMissing,
            ActionRequired,
            PasswordsBusy,
        ),
    )
    def post(self, *, body: Members, client_ip: str, limit_state: LimitState) -> SignedIn:
        return services().sign_in.log_in(
            email=body["email"],
            password=body["password"],
            client_ip=client_ip,
            address_limit=limit_state,
        )


class VerifyLogInView(ApiView):
    @operation(
        name="verifyLogIn",
        summary="Finish signing in with a second factor: a code, or the assertion of a passkey",
        access=Access(Whose.ANYBODY),
        limit=LimitName.LOG_IN,
        is_limit_deferred=True,
        body=VerifyLogInRequestSerializer,
        answer=SignedInSerializer,
        errors=(InvalidChallenge, WrongSecondFactor, ActionRequired),
    )
    def post(self, *, body: Members, client_ip: str, limit_state: LimitState) -> SignedIn:
        return services().sign_in.verify(
            body["challenge"],
            code=body["code"],
            assertion=body["assertion"],
            client_ip=client_ip,
            address_limit=limit_state,
        )


class RefreshView(ApiView):
    @operation(
        name="refresh",
        summary="Exchange a refresh token, which works once, for a new pair of tokens",
        access=Access(Whose.ANYBODY),
        body=RefreshRequestSerializer,
        answer=SignedInSerializer,
        errors=(InvalidRefreshToken, RefreshTokenReused),
    )
    def post(self, *, body: Members) -> SignedIn:
        return services().sessions.refresh(body["refresh_token"])


class LogOutView(ApiView):
    def get_authenticators(self) -> list[BaseAuthentication]:
        """Accept the tokens of ended sessions, so that logging out twice succeeds."""
        return [BearerAuthentication(accepts_ended_sessions=True)]

    @operation(
        name="logOut",
        summary="End the session of this token",
        access=Access(Whose.ONESELF),
        scope=Scope.ACCOUNTS_WRITE,
        status=HTTPStatus.NO_CONTENT,
        is_idempotent=True,
    )
    def post(self, *, by: Principal) -> None:
        services().sessions.log_out(by=by)


class MySessionListView(ApiView):
    @operation(
        name="listMySessions",
        summary="List the current user's sessions, most recent first",
        access=Access(Whose.ONESELF),
        scope=Scope.ACCOUNTS_READ,
        page_query=LongPageQuerySerializer,
        page_of=OwnSessionSerializer,
    )
    def get(self, *, page: PageRequest, by: Principal) -> Page[OwnSession]:
        return services().sessions.page_of(page, by=by)


class MySessionView(ApiView):
    @operation(
        name="endMySession",
        summary="End a session of the current user, which can be this one",
        access=Access(Whose.ONESELF),
        scope=Scope.ACCOUNTS_WRITE,
        status=HTTPStatus.NO_CONTENT,
        errors=(SessionNotFound,),
        is_idempotent=True,
    )
    def delete(self, session_id: SessionId, *, by: Principal) -> None:
        services().sessions.end(session_id, by=by)


class MyGrantListView(ApiView):
    @operation(
        name="listMyGrants",
        summary="List the clients the current user has granted access, oldest grant first",
        access=Access(Whose.ONESELF),
        scope=Scope.ACCOUNTS_READ,
        page_query=LongPageQuerySerializer,
        page_of=GrantSerializer,
    )
    def get(self, *, page: PageRequest, by: Principal) -> Page[tuple[Consent, OAuthClient]]:
        return services().authorizations.page_of_grants(page, by=by)


class MyGrantView(ApiView):
    @operation(
        name="takeMyGrantBack",
        summary="Revoke a client's access and end the current user's sessions with it",
        access=Access(Whose.ONESELF),
        scope=Scope.ACCOUNTS_WRITE,
        status=HTTPStatus.NO_CONTENT,
        errors=(GrantNotFound,),
        is_idempotent=True,
    )
    def delete(self, grant_id: ClientPk, *, by: Principal) -> None:
        services().authorizations.revoke(grant_id, by=by)


class KeySetView(ApiView):
    @operation(
        name="getKeySet",
        summary="Get the public keys that verify access tokens (RFC 7517)",
        access=Access(Whose.ANYBODY),
        answer=KeySetSerializer,
        cache_control="public, max-age=300",
    )
    def get(self) -> Mapping[str, Any]:
        return services().access.public_keys()
