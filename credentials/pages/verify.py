"""The page on which anybody verifies any Open Badge. Nothing that is sent there is kept."""

from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from authsvc.composition.container import services
from authsvc.http.client_ip import client_ip_of
from authsvc.http.public_pages import CACHED, rendered
from authsvc.kernel.rate_limits import TooManyAttempts
from authsvc.kernel.request_budgets import Cost
from credentials.domain.entities.badges import MOST_BYTES, BadgeReport
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.errors import BadgeNotFetched, IssuedCredentialNotFound
from credentials.openbadges.baking import NO_CREDENTIAL
from credentials.pages.verify_words import PartRow, ResultPage

MOST_OF_A_FORM: Final = MOST_BYTES + 16_384
"""Bytes of a request: the largest file, and what a browser adds to it."""
TOO_LARGE: Final = "The file is larger than 1 MiB."
OTHER_HOST: Final = "This address is on another host. Download the file and upload it."
ISSUED_HERE: Final = "Address or ID of a credential that was issued here."
DOWNLOAD: Final = "Badges of other hosts: download the file and upload it."
FETCHED: Final = "Badges of other hosts are fetched from there."
NOT_ISSUED: Final = "No credential with this address was issued here. Check the address."
NO_ADDRESS: Final = "Enter the address or the ID of a credential."
NOTHING: Final = "Choose a file, or enter an address or a text."
SEVERAL: Final = "Send a file, an address or a text, not several of them."
SOURCES: Final = ("file", "address", "text")


class VerifyForm(forms.Form):
    file = forms.FileField(
        label="File",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.svg,.json,.jwt,.txt"}),
        help_text="Badge image (PNG or SVG), JSON or JWT, up to 1 MiB.",
    )
    address = forms.CharField(
        label="Or its address",
        required=False,
        max_length=2_000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label="JSON or JWT",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text="The whole text of the credential.",
    )
    holder = forms.EmailField(
        label="Holder's e-mail address (optional)",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="Checks that the credential was issued to this address.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = FETCHED if services().badge_verification.foreign.are_fetched else DOWNLOAD
        self.fields["address"].help_text = f"{ISSUED_HERE} {others}"

    @classmethod
    def refused(cls, field: str | None, message: str) -> "VerifyForm":
        """An empty form with this error, at the field or at the whole form."""
        form = cls({})
        form.errors.clear()
        form.add_error(field, message)
        return form

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is not None and file.size > MOST_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return file

    def clean_address(self) -> IssuedCredentialId | str | None:
        """The id of the issued credential, or its address on another host."""
        text = str(self.cleaned_data["address"])
        if not text:
            return None
        issued_id = services().addresses.issued_id(text)
        if issued_id is None:
            is_other = "://" in text and not services().addresses.is_own(text)
            if is_other and services().badge_verification.foreign.are_fetched:
                return text.strip()
            raise forms.ValidationError(OTHER_HOST if is_other else NO_ADDRESS)
        try:
            services().issuing.verify(issued_id)
        except IssuedCredentialNotFound:
            raise forms.ValidationError(NOT_ISSUED) from None
        return issued_id

    def clean(self) -> dict[str, Any]:
        sources = [name for name in SOURCES if self.cleaned_data.get(name)]
        if not self.errors and len(sources) != 1:
            self.add_error("file", SEVERAL if sources else NOTHING)
        return self.cleaned_data


# Exempt, because a request changes nothing and its answer depends on nobody's session.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """`GET /verify`, also with the `address` of a credential; `POST /verify`: a file, an address or a text."""
    if request.method == "POST":
        return _verified(request)
    if "address" in request.GET:
        return _linked(request, request.GET["address"])
    response = HttpResponse(_page(request, VerifyForm()))
    response["Cache-Control"] = CACHED
    return response


show.limits_body = True  # type: ignore[attr-defined]  # read by NulMiddleware


def url_of(issued_id: IssuedCredentialId) -> str:
    """The page of a credential that was issued here, which verifies it by its record."""
    return reverse("issued_page", args=[issued_id])


def _verified(request: HttpRequest) -> HttpResponse:
    try:
        services().request_budgets.charge(Cost.EXPENSIVE, client_ip_of(request)).require()
    except TooManyAttempts as error:
        response = _shown(request, VerifyForm.refused(None, f"{error.title}. {error.detail}"))
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        response["Retry-After"] = str(error.facts["retry_after"])
        return response
    length = str(request.META.get("CONTENT_LENGTH") or "")
    if length.isdecimal() and int(length) > MOST_OF_A_FORM:
        return _shown(request, VerifyForm.refused("file", TOO_LARGE))
    try:
        form = VerifyForm(request.POST, request.FILES)
    except RequestDataTooBig:
        return _shown(request, VerifyForm.refused("text", "The text is larger than 1 MiB."))
    return _answer(request, form)


def _linked(request: HttpRequest, address: str) -> HttpResponse:
    """The credential with this address; one of another host is fetched only when the form is sent."""
    form = VerifyForm({"address": address})
    if form.is_valid() and isinstance(form.cleaned_data["address"], str):
        return _shown(request, VerifyForm(initial={"address": address}))
    return _answer(request, form)


def _answer(request: HttpRequest, form: VerifyForm) -> HttpResponse:
    if not form.is_valid():
        return _shown(request, form)
    address = form.cleaned_data["address"]
    if address and not isinstance(address, str):
        return _uncached(HttpResponseRedirect(url_of(address), status=HTTPStatus.SEE_OTHER))
    try:
        report = _report(form)
    except BadgeNotFetched as error:
        form.add_error("address", error.field_errors[0].detail)
        return _shown(request, form)
    if report.steps[0].message == NO_CREDENTIAL:
        form.add_error(next(name for name in SOURCES if form.cleaned_data[name]), NO_CREDENTIAL)
        return _shown(request, form)
    parts = [PartRow(part, own_url=_own_url(part)) for part in report.credentials]
    result = ResultPage(report, own_url=_own_url(report), parts=parts)
    return _shown(request, VerifyForm(), result=result)


def _report(form: VerifyForm) -> BadgeReport:
    """Raises BadgeNotFetched."""
    verifier, holder = services().badge_verification, form.cleaned_data["holder"]
    if address := form.cleaned_data["address"]:
        return verifier.verify_at(address, email=holder)
    file = form.cleaned_data["file"]
    return verifier.verify(file.read() if file else form.cleaned_data["text"], email=holder)


def _own_url(report: BadgeReport) -> str:
    """The page of the credential, if it was issued here."""
    issued_id = report.content.issued_id if report.content else None
    return url_of(issued_id) if issued_id else ""


def _shown(
    request: HttpRequest, form: VerifyForm, *, result: ResultPage | None = None
) -> HttpResponse:
    return _uncached(HttpResponse(_page(request, form, result=result)))


def _page(request: HttpRequest, form: VerifyForm, *, result: ResultPage | None = None) -> str:
    return rendered(request, "credentials/verify.html", form=form, result=result)


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
