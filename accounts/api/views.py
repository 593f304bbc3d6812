"""Accounts over HTTP."""

from uuid import UUID

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import (
    ChangeMeRequestSerializer,
    ChangePasswordRequestSerializer,
    ChangeUserRequestSerializer,
    CreateUserRequestSerializer,
    KeySetSerializer,
    LogInRequestSerializer,
    RefreshRequestSerializer,
    RegisterRequestSerializer,
    SignedInSerializer,
    UserSerializer,
)
from accounts.domain.entities import Right, Role, Scope, UserChanges, UserId
from accounts.domain.errors import (
    EmailTaken,
    InvalidCredentials,
    InvalidRefreshToken,
    NotPermitted,
    PasswordsBusy,
    RefreshTokenReused,
    UnsuitablePassword,
    UserNotFound,
    WrongPassword,
)
from accounts.domain.services import LimitName
from authsvc.actors import principal_of
from authsvc.addresses import address_of
from authsvc.api.idempotency import idempotent
from authsvc.api.limits import asker_of, limited
from authsvc.api.operations import Access, Operation, Whose, describes
from authsvc.api.views import (
    ApiView,
    PublicApiView,
    body_of,
    json_of,
    page_request_of,
    page_response,
)
from authsvc.container import services


class RegisterView(PublicApiView):
    @describes(
        Operation(
            name="register",
            access=Access(Whose.ANYBODY),
            summary="Make an account and sign in",
            body=RegisterRequestSerializer,
            status=status.HTTP_201_CREATED,
            answer=SignedInSerializer,
            refusals=(EmailTaken, UnsuitablePassword, PasswordsBusy),
        )
    )
    @limited(LimitName.REGISTER)
    def post(self, request: Request) -> Response:
        body = body_of(request, RegisterRequestSerializer)
        signed_in = services().sessions.register(
            email=body["email"],
            name=body["name"],
            password=body["password"],
            address=address_of(request),
        )
        return Response(json_of(signed_in, SignedInSerializer), status=status.HTTP_201_CREATED)


class LogInView(PublicApiView):
    @describes(
        Operation(
            name="logIn",
            access=Access(Whose.ANYBODY),
            summary="Sign in with an e-mail address and a password",
            body=LogInRequestSerializer,
            answer=SignedInSerializer,
            refusals=(InvalidCredentials, PasswordsBusy),
        )
    )
    @limited(LimitName.LOG_IN)
    def post(self, request: Request) -> Response:
        body = body_of(request, LogInRequestSerializer)
        signed_in = services().sessions.log_in(
            email=body["email"], password=body["password"], address=address_of(request)
        )
        return Response(json_of(signed_in, SignedInSerializer))


class RefreshView(PublicApiView):
    @describes(
        Operation(
            name="refresh",
            access=Access(Whose.ANYBODY),
            summary="Take a refresh token, which works once, for a new pair of tokens",
            body=RefreshRequestSerializer,
            answer=SignedInSerializer,
            refusals=(InvalidRefreshToken, RefreshTokenReused),
        )
    )
    def post(self, request: Request) -> Response:
        body = body_of(request, RefreshRequestSerializer)
        signed_in = services().sessions.refresh(body["refresh_token"])
        return Response(json_of(signed_in, SignedInSerializer))


class LogOutView(ApiView):
    required_scopes = {"POST": Scope.ACCOUNTS_WRITE}

    @describes(
        Operation(
            name="logOut",
            access=Access(Whose.ONESELF),
            summary="End the session of this token",
            status=status.HTTP_204_NO_CONTENT,
        )
    )
    @idempotent
    def post(self, request: Request) -> Response:
        services().sessions.log_out(by=principal_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(ApiView):
    required_scopes = {"GET": Scope.ACCOUNTS_READ, "PATCH": Scope.ACCOUNTS_WRITE}

    @describes(
        Operation(
            name="getMe", access=Access(Whose.ONESELF), summary="Who I am", answer=UserSerializer
        )
    )
    def get(self, request: Request) -> Response:
        user = services().accounts.get(by=principal_of(request))
        return Response(json_of(user, UserSerializer))

    @describes(
        Operation(
            name="changeMe",
            access=Access(Whose.ONESELF),
            summary="Change my name",
            body=ChangeMeRequestSerializer,
            answer=UserSerializer,
        )
    )
    def patch(self, request: Request) -> Response:
        body = body_of(request, ChangeMeRequestSerializer)
        user = services().accounts.rename(name=body["name"], by=principal_of(request))
        return Response(json_of(user, UserSerializer))


class MyPasswordView(ApiView):
    required_scopes = {"POST": Scope.ACCOUNTS_WRITE}

    @describes(
        Operation(
            name="changeMyPassword",
            access=Access(Whose.ONESELF),
            summary="Change my password and end all my sessions, this one too",
            body=ChangePasswordRequestSerializer,
            status=status.HTTP_204_NO_CONTENT,
            refusals=(WrongPassword, UnsuitablePassword, PasswordsBusy),
        )
    )
    @limited(LimitName.CHANGE_PASSWORD, by=asker_of)
    @idempotent
    def post(self, request: Request) -> Response:
        body = body_of(request, ChangePasswordRequestSerializer)
        services().accounts.change_password(
            current=body["current_password"],
            new=body["new_password"],
            by=principal_of(request),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class UserListView(ApiView):
    required_scopes = {"GET": Scope.ACCOUNTS_READ, "POST": Scope.ACCOUNTS_WRITE}

    @describes(
        Operation(
            name="listUsers",
            access=Access(Whose.PLATFORM, Right.MANAGE_USERS),
            summary="All users, oldest first",
            page_of=UserSerializer,
            refusals=(NotPermitted,),
        )
    )
    def get(self, request: Request) -> Response:
        page = services().users.page_of(page_request_of(request), by=principal_of(request))
        return page_response(page, UserSerializer)

    @describes(
        Operation(
            name="createUser",
            access=Access(Whose.PLATFORM, Right.MANAGE_USERS),
            summary="Make an account for somebody",
            body=CreateUserRequestSerializer,
            status=status.HTTP_201_CREATED,
            answer=UserSerializer,
            refusals=(NotPermitted, EmailTaken, UnsuitablePassword, PasswordsBusy),
        )
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = body_of(request, CreateUserRequestSerializer)
        user = services().users.create(
            email=body["email"],
            name=body["name"],
            password=body["password"],
            roles=[Role(role) for role in body["roles"]],
            by=principal_of(request),
        )
        return Response(json_of(user, UserSerializer), status=status.HTTP_201_CREATED)


class UserView(ApiView):
    required_scopes = {"GET": Scope.ACCOUNTS_READ, "PATCH": Scope.ACCOUNTS_WRITE}

    @describes(
        Operation(
            name="getUser",
            access=Access(Whose.PERSON, Right.MANAGE_USERS),
            summary="A user: oneself, or anybody for an admin",
            answer=UserSerializer,
            refusals=(UserNotFound,),
        )
    )
    def get(self, request: Request, user_id: UUID) -> Response:
        user = services().users.get(UserId(user_id), by=principal_of(request))
        return Response(json_of(user, UserSerializer))

    @describes(
        Operation(
            name="changeUser",
            access=Access(Whose.PERSON, Right.MANAGE_USERS),
            summary="Change a user: one's own name, or anything for an admin",
            body=ChangeUserRequestSerializer,
            answer=UserSerializer,
            refusals=(NotPermitted, UserNotFound),
        )
    )
    def patch(self, request: Request, user_id: UUID) -> Response:
        body = body_of(request, ChangeUserRequestSerializer)
        roles = body["roles"]
        changes = UserChanges(
            name=body["name"],
            roles=None if roles is None else [Role(role) for role in roles],
            is_active=body["is_active"],
        )
        user = services().users.edit(UserId(user_id), changes, by=principal_of(request))
        return Response(json_of(user, UserSerializer))


class KeySetView(PublicApiView):
    @describes(
        Operation(
            name="getKeySet",
            access=Access(Whose.ANYBODY),
            summary="The keys that verify our access tokens (RFC 7517)",
            answer=KeySetSerializer,
        )
    )
    def get(self, request: Request) -> Response:
        headers = {"Cache-Control": "public, max-age=300"}
        return Response(services().access.public_keys(), headers=headers)
