"""Users: the caller's own account, and user administration."""

from http import HTTPStatus

from accounts.api.serializers import (
    ChangeMeRequestSerializer,
    ChangePasswordRequestSerializer,
    ChangeUserRequestSerializer,
    CreateUserRequestSerializer,
    MeSerializer,
    PersonListQuerySerializer,
    UserSerializer,
    VerifyEmailRequestSerializer,
)
from accounts.domain.access import NotPermitted, PersonNeeded, Principal, Right, Role, Scope, UserId
from accounts.domain.identity.entities.profiles import PROFILE_MEMBERS
from accounts.domain.identity.entities.users import User, UserChanges
from accounts.domain.identity.errors import (
    EmailTaken,
    InvalidEmailToken,
    LastAdmin,
    MailBudgetSpent,
    OwnAccount,
    PasswordsBusy,
    UnsuitablePassword,
    UnsuitableProfile,
    UserNotFound,
    VerifiedEmailNeeded,
    WrongPassword,
)
from accounts.domain.identity.services.login_attempts import LimitName
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.reading import Members
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import Precondition


class MeView(ApiView):
    @operation(
        name="getMe",
        summary="Get the current user",
        access=Access(Whose.ONESELF),
        scope=Scope.ACCOUNTS_READ,
        answer=MeSerializer,
        has_etag=True,
    )
    def get(self, *, by: Principal) -> User:
        return services().accounts.get(by=by)

    @operation(
        name="changeMe",
        summary="Change the name and the profile of the current user",
        access=Access(Whose.ONESELF),
        scope=Scope.ACCOUNTS_WRITE,
        body=ChangeMeRequestSerializer,
        answer=MeSerializer,
        errors=(UnsuitableProfile,),
        is_idempotent=True,
        has_etag=True,
    )
    def patch(self, *, body: Members, if_match: Precondition, by: Principal) -> User:
        profile = {member: body[member] for member in PROFILE_MEMBERS if member in body}
        return services().accounts.describe(
            name=body["name"], profile=profile, if_match=if_match, by=by
        )


class MyPasswordView(ApiView):
    @operation(
        name="changeMyPassword",
        summary="Change the current user's password and end all their sessions, including this one",
        access=Access(Whose.ONESELF),
        scope=Scope.ACCOUNTS_WRITE,
        limit=LimitName.CHANGE_PASSWORD,
        body=ChangePasswordRequestSerializer,
        status=HTTPStatus.NO_CONTENT,
        errors=(WrongPassword, UnsuitablePassword, PasswordsBusy),
        is_idempotent=True,
    )
    def post(self, *, body: Members, by: Principal) -> None:
        services().accounts.change_password(
            current=body["current_password"], new=body["new_password"], by=by
        )


class EmailVerificationView(ApiView):
    @operation(
        name="sendEmailToken",
        summary="Mail the current user a token that verifies their e-mail address within an hour",
        access=Access(Whose.ONESELF),
        scope=Scope.ACCOUNTS_WRITE,
        status=HTTPStatus.NO_CONTENT,
        errors=(PersonNeeded, MailBudgetSpent),
        is_idempotent=True,
    )
    def post(self, *, by: Principal) -> None:
        services().emails.send_token(by=by)


class VerifyEmailView(ApiView):
    @operation(
        name="verifyMyEmail",
        summary="Verify the e-mail address of the current user with the token that was mailed to it",
        access=Access(Whose.ONESELF),
        scope=Scope.ACCOUNTS_WRITE,
        body=VerifyEmailRequestSerializer,
        answer=UserSerializer,
        errors=(PersonNeeded, InvalidEmailToken),
        is_idempotent=True,
    )
    def post(self, *, body: Members, by: Principal) -> User:
        return services().emails.redeem_token(body["token"], by=by)


class UserListView(ApiView):
    @operation(
        name="listUsers",
        summary="List all users, or those with a part of a name or e-mail address, oldest first",
        access=Access(Whose.PLATFORM, Right.MANAGE_USERS),
        scope=Scope.ACCOUNTS_READ,
        query=PersonListQuerySerializer,
        page_of=UserSerializer,
    )
    def get(self, *, query: Members, page: PageRequest, by: Principal) -> Page[User]:
        return services().users.page_of(
            page, search=query["q"], changed_since=query["changed_since"], by=by
        )

    @operation(
        name="createUser",
        summary="Create an account for another person, who is mailed a link to choose a password",
        access=Access(Whose.PLATFORM, Right.MANAGE_USERS),
        scope=Scope.ACCOUNTS_WRITE,
        body=CreateUserRequestSerializer,
        status=HTTPStatus.CREATED,
        answer=UserSerializer,
        errors=(
            VerifiedEmailNeeded,
            MailBudgetSpent,
            EmailTaken,
            UnsuitablePassword,
            PasswordsBusy,
        ),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(self, *, body: Members, by: Principal) -> User:
        return services().users.create(
            email=body["email"],
            name=body["name"],
            password=body["password"],
            roles=[Role(role) for role in body["roles"]],
            by=by,
        )


class UserView(ApiView):
    @operation(
        name="getUser",
        summary="Get a user: the caller themselves or, for admins, anyone",
        access=Access(Whose.PERSON, Right.MANAGE_USERS),
        scope=Scope.ACCOUNTS_READ,
        answer=UserSerializer,
        errors=(UserNotFound,),
        has_etag=True,
    )
    def get(self, user_id: UserId, *, by: Principal) -> User:
        return services().users.get(user_id, by=by)

    @operation(
        name="changeUser",
        summary="Change a user: the caller's own name or, for admins, any field of anyone",
        access=Access(Whose.PERSON, Right.MANAGE_USERS),
        scope=Scope.ACCOUNTS_WRITE,
        body=ChangeUserRequestSerializer,
        answer=UserSerializer,
        errors=(NotPermitted, UserNotFound, OwnAccount, LastAdmin),
        is_idempotent=True,
        has_etag=True,
        needs_recent_sign_in=True,
    )
    def patch(
        self, user_id: UserId, *, body: Members, if_match: Precondition, by: Principal
    ) -> User:
        roles = body["roles"]
        changes = UserChanges(
            name=body["name"],
            roles=None if roles is None else [Role(role) for role in roles],
            is_active=body["is_active"],
        )
        return services().users.edit(user_id, changes, if_match=if_match, by=by)
