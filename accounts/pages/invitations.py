"""Invitation page: the target of the link in an invitation mail."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.domain.organizations.errors import AlreadyMember
from authsvc.composition.container import services
from authsvc.http.actors import person_of
from authsvc.kernel.errors import NotFound


@method_decorator(never_cache, name="dispatch")
class InvitationView(LoginRequiredMixin, View):
    """Asks before it accepts, because some mail programs follow every link in a mail."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            offered = services().invitations.offered(token, by=person_of(request))
        except NotFound:
            return _error_page(request, status=HTTPStatus.NOT_FOUND)
        return render(request, "account/invitation.html", {"offered": offered})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            joined = services().invitations.accept(token, by=person_of(request))
        except NotFound:
            return _error_page(request, status=HTTPStatus.NOT_FOUND)
        except AlreadyMember:
            return _error_page(request, status=HTTPStatus.CONFLICT)
        messages.success(request, f"You joined {joined.organization.name}.")
        return redirect("account")


def _error_page(request: HttpRequest, *, status: HTTPStatus) -> HttpResponse:
    facts = {"is_member": status is HTTPStatus.CONFLICT}
    return render(request, "account/invitation_refused.html", facts, status=status)
