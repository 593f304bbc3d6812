"""My credentials: what was issued to a user, and where others can verify it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from authsvc.composition.container import services
from authsvc.http.account_pages import AccountTab, register_account_tab
from authsvc.http.actors import person_of
from authsvc.http.converters import id_in
from authsvc.http.forms import sentence_of
from authsvc.kernel.errors import DomainError
from authsvc.kernel.paging import all_items
from credentials.domain.entities.credentials import (
    IssuedCredentialId,
    IssuedCredentialStatus,
    Verification,
)
from credentials.domain.errors import IssuedCredentialNotFound

WORDS: Final[Mapping[IssuedCredentialStatus, str]] = {
    IssuedCredentialStatus.ISSUED: "Valid",
    IssuedCredentialStatus.REVOKED: "Revoked",
    IssuedCredentialStatus.SUSPENDED: "Suspended",
    IssuedCredentialStatus.EXPIRED: "Expired",
    IssuedCredentialStatus.ALTERED: "Not authentic",
}

_TONES: Final = {IssuedCredentialStatus.SUSPENDED: "", IssuedCredentialStatus.EXPIRED: ""}
"""The colour of a status that is neither right nor wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCredential:
    """An issued credential as its holder sees it. At `url` everybody can verify it.

    `tone` is the class of the colour of its status.
    """

    id: IssuedCredentialId
    name: str
    issuer: str
    issued_at: datetime
    expires_at: datetime | None
    status: str
    is_valid: bool
    tone: str
    url: str
    shows_name: bool

    @property
    def address(self) -> str:
        """The URL without its scheme."""
        return self.url.partition("://")[2]

    @classmethod
    def of(cls, verification: Verification) -> "OwnCredential":
        issued = verification.issued
        return cls(
            id=issued.id,
            name=issued.terms.name,
            issuer=issued.terms.issuer,
            issued_at=issued.issued_at,
            expires_at=issued.expires_at,
            status=WORDS[verification.status],
            is_valid=verification.valid,
            tone="good" if verification.valid else _TONES.get(verification.status, "wrong"),
            url=services().addresses.page(issued.id),
            shows_name=issued.shows_name,
        )


class CredentialsView(LoginRequiredMixin, TemplateView):
    template_name = "credentials/own.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"credentials": credentials_of(self.request)}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show the name of the holder on the page of one credential, or hide it."""
        is_shown = request.POST.get("name") == "show"
        try:
            issued_id = id_in(request.POST.get("credential", ""))
            if issued_id is None:
                raise IssuedCredentialNotFound
            chosen = services().public_pages.choose_name(
                IssuedCredentialId(issued_id), is_shown=is_shown, by=person_of(request)
            )
        except DomainError as error:
            messages.error(request, sentence_of(error))
        else:
            state = "now shows your name" if is_shown else "does not show your name any more"
            messages.success(request, f"The page of {chosen.issued.terms.name} {state}.")
        return redirect("account_credentials")


def credentials_of(request: HttpRequest) -> list[OwnCredential]:
    """The credentials of the user, the latest first."""
    pages = partial(services().issuing.page_for, person_of(request))
    return [OwnCredential.of(verification) for verification in all_items(pages)][::-1]


register_account_tab(
    AccountTab(
        label="Credentials",
        url_name="account_credentials",
        place=20,
        section="credentials/own_list.html",
        load=credentials_of,
    )
)
