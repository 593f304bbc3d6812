"""Impersonation state: what the browser session of staff tells about the user they are signed in as."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone

from accounts.public import Impersonation

_KEY: Final = "impersonation"
_ATTRIBUTE: Final = "impersonation"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveImpersonation:
    """The impersonation of a request, for views and templates: `user` and `impersonator` are rows of users."""

    terms: Impersonation
    user: Any
    impersonator: Any

    @property
    def minutes_left(self) -> int:
        """At least one: an impersonation in force has time left."""
        left = self.terms.ends_at - timezone.now()
        return max(1, -(-left // timedelta(minutes=1)))


def stored_impersonation(request: HttpRequest) -> Impersonation | None:
    """The impersonation that began in this browser session, whether or not it is over."""
    session = request.session
    members = None if session.session_key is None else session.get(_KEY)
    return None if members is None else Impersonation.of(members)


def store_impersonation(request: HttpRequest, impersonation: Impersonation) -> None:
    request.session[_KEY] = impersonation.members
    _invalidate_forms(request)


def forget_impersonation(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
    _invalidate_forms(request)


def activate(request: HttpRequest, impersonation: ActiveImpersonation) -> None:
    """Handle the request as the user."""
    setattr(request, _ATTRIBUTE, impersonation)
    request.user = impersonation.user


def impersonation_of(request: HttpRequest) -> ActiveImpersonation | None:
    """The impersonation in force; None if the user is signed in as themselves."""
    return getattr(request, _ATTRIBUTE, None)


def impersonation_in_templates(request: HttpRequest) -> dict[str, ActiveImpersonation | None]:
    """The variable `impersonation` of every template: a missing one is logged with the URL of the request."""
    return {"impersonation": impersonation_of(request)}


def _invalidate_forms(request: HttpRequest) -> None:
    """Reject forms of pages that are still open: they belong to the other user."""
    request.session.cycle_key()
    rotate_token(request)
