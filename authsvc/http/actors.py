"""Actors: the principal of a request, of an account page or of the admin site."""

from django.http import HttpRequest
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from accounts.adapters.staff_rights import rights_of_staff
from accounts.public import STAFF_SITE, Principal, Scope, UserId
from authsvc.http.impersonation import impersonation_of


def principal_of(request: Request) -> Principal:
    """The principal that authentication verified. Raises NotAuthenticated without one."""
    if not isinstance(request.user, Principal):
        raise NotAuthenticated
    return request.user


def person_of(request: HttpRequest) -> Principal:
    """The user who is signed in on the account pages, acting on their own data. Raises NotAuthenticated.

    If staff are signed in as the user, the principal names both.
    """
    if request.user.pk is None:
        raise NotAuthenticated
    active = impersonation_of(request)
    return Principal(
        user_id=UserId(request.user.pk),
        roles=(),
        rights=frozenset(),
        scopes=frozenset(Scope),
        client_id=STAFF_SITE if active else "pages",
        impersonator=active.terms.impersonator_id if active else None,
    )


def visitor_of(request: HttpRequest) -> Principal:
    """Like person_of; whoever is not signed in is nobody, without any right."""
    if request.user.pk is not None:
        return person_of(request)
    return Principal(
        user_id=None, roles=(), rights=frozenset(), scopes=frozenset(), client_id="pages"
    )


def staff_of(request: HttpRequest) -> Principal:
    """The user of the admin site, with the rights of their groups; a superuser has all. Raises NotAuthenticated."""
    user = request.user
    if user.pk is None:
        raise NotAuthenticated
    return Principal(
        user_id=UserId(user.pk),
        roles=(),
        rights=rights_of_staff(user),
        scopes=frozenset(Scope),
        client_id=STAFF_SITE,
    )
