"""My credentials: what was issued to a user, and where others can verify it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from authsvc.composition.container import services
from authsvc.http.account_pages import AccountTab, register_account_tab
from authsvc.http.actors import person_of
from authsvc.http.client_ip import client_ip_of
from authsvc.http.converters import id_in
from authsvc.http.forms import sentence_of
from authsvc.kernel.errors import DomainError
from authsvc.kernel.paging import all_items
from authsvc.kernel.request_budgets import Cost
from credentials.domain.entities.credentials import (
    IssuedCredentialId,
    IssuedCredentialStatus,
    Verification,
)
from credentials.domain.errors import IssuedCredentialNotFound
from credentials.pages.certificates import PRIVATE
from credentials.pages.public import BADGE, TOKEN, page_or_problem
from credentials.pages.sharing import linkedin_url

WORDS: Final[Mapping[IssuedCredentialStatus, str]] = {
    IssuedCredentialStatus.ISSUED: "Valid",
    IssuedCredentialStatus.REVOKED: "Revoked",
    IssuedCredentialStatus.SUSPENDED: "Suspended",
    IssuedCredentialStatus.EXPIRED: "Expired",
    IssuedCredentialStatus.ALTERED: "Not authentic",
}

FORMS: Final = {"json": BADGE, "jwt": TOKEN}
"""The media types of a transcript by the ending of its address."""

_TONES: Final = {IssuedCredentialStatus.SUSPENDED: "", IssuedCredentialStatus.EXPIRED: ""}
"""The colour of a status that is neither right nor wrong."""

_CERTIFIED: Final = (IssuedCredentialStatus.ISSUED, IssuedCredentialStatus.EXPIRED)
_VOID: Final = (IssuedCredentialStatus.REVOKED, IssuedCredentialStatus.ALTERED)


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
    linkedin_url: str
    has_certificate: bool
    has_downloads: bool

    @property
    def address(self) -> str:
        """The URL without its scheme."""
        return self.url.partition("://")[2]

    @property
    def path(self) -> str:
        return reverse("issued_page", args=[self.id])

    @classmethod
    def of(cls, verification: Verification) -> "OwnCredential":
        issued, status = verification.issued, verification.status
        url = services().addresses.page(issued.id)
        return cls(
            id=issued.id,
            name=issued.terms.name,
            issuer=issued.terms.issuer,
            issued_at=issued.issued_at,
            expires_at=issued.expires_at,
            status=WORDS[verification.status],
            is_valid=verification.valid,
            tone="good" if verification.valid else _TONES.get(verification.status, "wrong"),
            url=url,
            shows_name=issued.shows_name,
            linkedin_url=linkedin_url(issued, page=url),
            has_certificate=status in _CERTIFIED,
            has_downloads=status not in _VOID,
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


@login_required
@require_safe
def download_transcript(request: HttpRequest, form: str) -> HttpResponse:
    """`GET /account/transcript.json`, `….jwt`: the signed transcript of the user, made now.

    Without one, the answer is a page or a problem that says why.
    """
    if form not in FORMS:
        raise Http404
    person, transcripts = person_of(request), services().transcripts
    try:
        services().request_budgets.charge(Cost.EXPENSIVE, client_ip_of(request)).require()
        text = transcripts.document(person) if form == "json" else transcripts.token(person)
    except DomainError as error:
        page = partial(_without_transcript, request)
        return page_or_problem(request, error, page, caching=PRIVATE)
    return HttpResponse(
        text,
        content_type=FORMS[form],
        headers={
            "Content-Disposition": f'attachment; filename="transcript.{form}"',
            "Cache-Control": PRIVATE,
        },
    )


def _without_transcript(request: HttpRequest, *, problem: Mapping[str, Any]) -> str:
    return render_to_string("credentials/no_transcript.html", {"problem": problem}, request)


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
