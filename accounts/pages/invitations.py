"""Invitation page: who invites whom to what, before and after signing in; accepting and declining."""

from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.domain.identity.errors import VerifiedEmailNeeded
from accounts.domain.organizations.entities import InvitationStanding, OfferedInvitation
from accounts.domain.organizations.errors import AlreadyMember
from accounts.pages.organizations import PERMITS, with_article
from accounts.pages.views import INVITED_EMAIL
from authsvc.composition.container import services
from authsvc.http.actors import visitor_of
from authsvc.kernel.errors import NotFound

STATUS: Final = {
    InvitationStanding.UNVERIFIED: HTTPStatus.FORBIDDEN,
    InvitationStanding.MEMBER: HTTPStatus.CONFLICT,
    InvitationStanding.SUSPENDED: HTTPStatus.CONFLICT,
    InvitationStanding.EXPIRED: HTTPStatus.GONE,
}
"""The status of the page where nobody can join now."""


@method_decorator(never_cache, name="dispatch")
class InvitationView(View):
    """The target of the link in an invitation mail. Asks first, because some mail programs follow every link."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Join. Where the caller cannot, the page says why."""
        by = visitor_of(request)
        if by.user_id is None:
            return _page(request, token)
        try:
            joined = services().invitations.accept(token, by=by)
        except (NotFound, VerifiedEmailNeeded, AlreadyMember):
            return _page(request, token)
        messages.success(request, f"You joined {joined.organization.name}.")
        return redirect("account")


@method_decorator(never_cache, name="dispatch")
class DeclineInvitationView(View):
    """Deletes the invitation, signed in or not: whoever opened the link reads the mail of its address."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            organization = services().invitations.decline(token, by=visitor_of(request))
        except NotFound:
            return _unknown(request)
        return render(request, "account/invitation_declined.html", {"organization": organization})


def _page(request: HttpRequest, token: str) -> HttpResponse:
    try:
        offered = services().invitations.offered(token, by=visitor_of(request))
    except NotFound:
        return _unknown(request)
    if offered.standing is InvitationStanding.SIGNED_OUT:
        request.session[INVITED_EMAIL] = offered.invitation.email
    status = STATUS.get(offered.standing, HTTPStatus.OK)
    return render(request, "account/invitation.html", _facts(offered), status=status)


def _facts(offered: OfferedInvitation) -> dict[str, object]:
    role = offered.invitation.role
    inviter_role = with_article(offered.inviter_role) if offered.inviter_role else ""
    return {
        "offered": offered,
        "standing": offered.standing.value,
        "role": with_article(role),
        "permits": PERMITS[role],
        "inviter_role": inviter_role,
    }


def _unknown(request: HttpRequest) -> HttpResponse:
    return render(request, "account/invitation_unknown.html", status=HTTPStatus.NOT_FOUND)
