"""Impersonation on pages: staff see the pages of a user. What is not listed here is locked."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import load_backend
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST

from accounts.domain.identity.entities.impersonation import Impersonation, ImpersonationEnd
from authsvc.composition.container import services
from authsvc.http.actors import person_of, staff_of
from authsvc.http.impersonation import (
    ActiveImpersonation,
    activate,
    forget_impersonation,
    impersonation_of,
    stored_impersonation,
)
from authsvc.http.middleware import API_PREFIXES

READABLE: Final = frozenset(
    {
        "account",
        "account_courses",
        "account_credentials",
        "account_find_course",
        "account_organizations",
        "account_profile",
        "account_sessions",
        "account_sign_in",
        "docs",
        "front",
        "item",
        "problem-type",
        "problem-types",
    }
)
"""The names of the pages that can be read."""
WRITABLE: Final = frozenset({"account_courses", "account_profile", "item"})
"""The names of the pages that can be submitted by those who may write.

Never add one that touches a password, a second factor, an e-mail address, a session, a token or a consent, or deletes.
What a learner and the tutor say to each other is for the learner alone, too.
"""
_WORDS: Final = {
    ImpersonationEnd.STOPPED: "You are no longer signed in as {}.",
    ImpersonationEnd.EXPIRED: "Your time signed in as {} is over. Nothing was changed by your last request.",
    ImpersonationEnd.NOT_ALLOWED: "You may no longer be signed in as {}. Nothing was changed by your last request.",
}
_STOP: Final = "impersonation_stop"
_SAFE: Final = frozenset({"GET", "HEAD"})


class ImpersonationMiddleware:
    """Handles requests of staff who are signed in as a user as that user, and locks all other pages.

    The API has no sessions, so there is nothing to lock there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_page = not request.path_info.startswith(API_PREFIXES)
        stored = stored_impersonation(request) if is_page else None
        if stored is None or not request.user.is_authenticated:
            return self.get_response(request)
        end = services().impersonation.end_of(stored, by=staff_of(request))
        if end is not None:
            return _ended(request, stored, end)
        user = load_backend(settings.AUTHENTICATION_BACKENDS[0]).get_user(stored.user_id)
        activate(request, ActiveImpersonation(terms=stored, user=user, impersonator=request.user))
        response = self.get_response(request)
        response.headers.pop("Cache-Control", None)
        add_never_cache_headers(response)
        return response

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        active = impersonation_of(request)
        if active is None:
            return None
        match = request.resolver_match
        page = (match.url_name or "") if match is not None and not match.namespaces else ""
        if page == _STOP or (request.method in _SAFE and page in READABLE):
            return None
        if request.method != "POST" or page not in WRITABLE or not active.terms.may_write:
            return render(
                request,
                "account/impersonation_locked.html",
                {"is_read_only": page in WRITABLE},
                status=HTTPStatus.FORBIDDEN,
            )
        services().impersonation.record_use(page, by=person_of(request))
        return None


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """`POST /account/impersonation/stop`: ends it and leads to the page of the person."""
    active = impersonation_of(request)
    if active is None:
        return redirect("account")
    request.user = active.impersonator
    return _ended(request, active.terms, ImpersonationEnd.STOPPED)


def _ended(
    request: HttpRequest, impersonation: Impersonation, because: ImpersonationEnd
) -> HttpResponse:
    """Record the end, and lead to the page of the person. What was requested is not done."""
    user = services().impersonation.end(impersonation, because=because, by=staff_of(request))
    forget_impersonation(request)
    messages.info(request, _WORDS[because].format(user.name or user.email))
    url = reverse("admin:accounts_user_change", args=[impersonation.user_id])
    return HttpResponseRedirect(url, status=HTTPStatus.SEE_OTHER)
