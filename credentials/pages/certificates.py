"""What is drawn of an issued credential: its certificate, as page to print and as PDF, and its preview image."""

from hashlib import sha256
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from authsvc.composition.container import services
from authsvc.http.actors import person_of
from authsvc.http.impersonation import impersonation_of
from authsvc.http.preconditions import etag_of
from authsvc.http.public_pages import CACHED, rendered
from authsvc.kernel.caches import BoundedCache
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.public import PublicCredential
from credentials.pages.card_words import CardWords
from credentials.pages.certificate_words import CertificateWords
from credentials.pages.public import FRESH, answer_in
from credentials.pages.public_words import PublicPage
from credentials.pages.qr_codes import QrCode

PDF: Final = "application/pdf"
DESIGN: Final = 3
"""Count it up when certificates of the same words look different: their ETags depend on it."""
MOST_DRAWN: Final = 32
"""Files of up to 200 kB that a process holds ready, because to draw one takes 50 ms."""
PRIVATE: Final = "private, no-store"


_DRAWN: Final = BoundedCache[str, bytes](MOST_DRAWN)


@require_safe
def show(request: HttpRequest, issued: str) -> HttpResponse:
    """`GET /credentials/{id}/certificate`: the page, for the browser to print."""
    return answer_in(request, issued, _page)


@require_safe
def download(request: HttpRequest, issued: str) -> HttpResponse:
    """`GET /credentials/{id}/certificate.pdf`; leads to the page if the PDF cannot show a text."""
    return answer_in(request, issued, _pdf)


@require_safe
def show_card(request: HttpRequest, issued: str) -> HttpResponse:
    """`GET /credentials/{id}/card.png`: the image that other sites show beside a link to the page."""
    return answer_in(request, issued, _card)


def _page(request: HttpRequest, issued_id: IssuedCredentialId) -> HttpResponse:
    credential = _certified(request, issued_id)
    words = CertificateWords.of(credential)
    html = rendered(
        request,
        "credentials/certificate.html",
        words=words,
        path=f"/credentials/{issued_id}",
        image=words.type.value,
        qr_code=QrCode.of(words.url),
        is_for_print="print" in request.GET,
    )
    response = HttpResponse(html)
    _let_cache(request, response, credential, etag=f"W/{etag_of(html.encode())}")
    return response


def _pdf(request: HttpRequest, issued_id: IssuedCredentialId) -> HttpResponse:
    credential = _certified(request, issued_id)
    words = CertificateWords.of(credential)
    etag = _etag_of(words)
    if known := _known(request, etag):
        return known
    from credentials.pages.certificate_pdf import (  # noqa: PLC0415  # reportlab takes half a second to load
        NotDrawable,
        certificate_pdf,
    )

    try:
        content = _DRAWN.get(etag, lambda: certificate_pdf(words))
    except NotDrawable:
        response: HttpResponse = HttpResponseRedirect(
            f"/credentials/{issued_id}/certificate?print", status=303
        )
        response["Cache-Control"] = FRESH
        return response
    response = HttpResponse(content, content_type=PDF)
    response["Content-Disposition"] = 'inline; filename="certificate.pdf"'
    _let_cache(request, response, credential, etag=etag)
    return response


def _card(request: HttpRequest, issued_id: IssuedCredentialId) -> HttpResponse:
    words = CardWords.of(PublicPage(services().public_pages.shown(issued_id)))
    etag = _etag_of(words)
    if known := _known(request, etag):
        return known
    from credentials.pages.card_images import card_image  # noqa: PLC0415  # few requests need Pillow

    headers = {"ETag": etag, "Cache-Control": CACHED}
    content = _DRAWN.get(etag, lambda: card_image(words))
    return HttpResponse(content, content_type="image/png", headers=headers)


def _etag_of(words: CertificateWords | CardWords) -> str:
    return f'"{sha256(f"{DESIGN} {words!r}".encode()).hexdigest()[:32]}"'


def _known(request: HttpRequest, etag: str) -> HttpResponse | None:
    """A 304, if the client has what would be drawn: to draw it takes 50 ms."""
    response = get_conditional_response(request, etag=etag)
    assert response is None or isinstance(response, HttpResponse)  # noqa: S101  # for mypy: a 304
    return response


def _certified(request: HttpRequest, issued_id: IssuedCredentialId) -> PublicCredential:
    """Raises IssuedCredentialNotFound, NoCertificate, IssuerKeyUnreadable."""
    user = getattr(request, "user", None)  # without a database nobody signs in
    by = person_of(request) if user is not None and user.is_authenticated else None
    return services().public_pages.certificate(issued_id, by=by)


def _let_cache(
    request: HttpRequest, response: HttpResponse, credential: PublicCredential, *, etag: str
) -> None:
    """Let everybody's caches keep what everybody may see, and nobody's what only the holder may."""
    if credential.issued.shows_name and not impersonation_of(request):
        response["ETag"] = etag
        response["Cache-Control"] = CACHED
    else:
        response["Cache-Control"] = PRIVATE
