"""Actors: the principal of a request, of an account page or of the admin site."""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from accounts.public import Principal, Right, Scope, UserId

RIGHT_OF_PERMISSION: Final[Mapping[str, Right]] = {
    "accounts.change_user": Right.MANAGE_USERS,
    "accounts.change_organization": Right.MANAGE_ORGANIZATIONS,
    "accounts.change_oauthclient": Right.MANAGE_CLIENTS,
    "courses.change_course": Right.AUTHOR_COURSES,
    "credentials.change_credential": Right.AWARD_CREDENTIALS,
    "progress.change_assessmentattempt": Right.GRADE_ATTEMPTS,
    "progress.view_courseprogress": Right.SEE_PROGRESS,
}


def principal_of(request: Request) -> Principal:
    """The principal that authentication verified. Raises NotAuthenticated without one."""
    if not isinstance(request.user, Principal):
        raise NotAuthenticated
    return request.user


def person_of(request: HttpRequest) -> Principal:
    """The user who is signed in on the account pages, acting on their own data. Raises NotAuthenticated."""
    if request.user.pk is None:
        raise NotAuthenticated
    return Principal(
        user_id=UserId(request.user.pk),
        roles=(),
        rights=frozenset(),
        scopes=frozenset(Scope),
        client_id="pages",
    )


def staff_of(request: HttpRequest) -> Principal:
    """The user of the admin site, with the rights of their groups; a superuser has all. Raises NotAuthenticated."""
    user = request.user
    if user.pk is None:
        raise NotAuthenticated
    rights = {right for name, right in RIGHT_OF_PERMISSION.items() if user.has_perm(name)}
    return Principal(
        user_id=UserId(user.pk),
        roles=(),
        rights=frozenset(Right) if user.is_superuser else frozenset(rights),
        scopes=frozenset(Scope),
        client_id="back-office",
    )
