"""The page of an issued credential, which anybody can open, and the other forms in which it is fetched there."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from authsvc.composition.container import services
from authsvc.http.converters import id_in
from authsvc.http.impersonation import impersonation_of
from authsvc.http.preconditions import etag_of
from authsvc.http.problems import http_problem, problem_of, problem_response
from authsvc.http.public_pages import CACHED, rendered
from authsvc.http.rendering import JSON
from authsvc.kernel.errors import DomainError
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.public import PublicCredential
from credentials.domain.errors import IssuedCredentialNotFound, NoCertificate
from credentials.openbadges.baking import baked
from credentials.pages.images import ImageForm, default_image
from credentials.pages.public_words import PublicPage

HTML: Final = "text/html"
BADGE: Final = "application/vc+ld+json"
TOKEN: Final = "application/jwt"  # noqa: S105  # a media type, not a secret
DOCUMENTS: Final = (BADGE, "application/vc", "application/ld+json", JSON)
TOKENS: Final = (TOKEN, "application/vc+jwt", "text/plain")
FRESH: Final = "no-store"
UNCHANGING: Final = "public, max-age=3600"


@require_safe
def show(request: HttpRequest, issued: str) -> HttpResponse:
    """`GET /credentials/{id}`: the page for people; for programs the signed document or token, as they ask."""
    response = answer_in(request, issued, _in_preferred_form)
    patch_vary_headers(response, ("Accept",))
    return response


@require_safe
def download_document(request: HttpRequest, issued: str) -> HttpResponse:
    """`GET /credentials/{id}.json`: the document with an embedded proof."""
    return answer_in(request, issued, lambda _, issued_id: _document(issued_id, BADGE))


@require_safe
def download_token(request: HttpRequest, issued: str) -> HttpResponse:
    """`GET /credentials/{id}.jwt`: the VC-JWT."""
    return answer_in(request, issued, lambda _, issued_id: _token(issued_id, TOKEN))


@require_safe
def download_image(request: HttpRequest, issued: str, form: str) -> HttpResponse:
    """`GET /credentials/{id}/image.png`, `…/image.svg`: the badge image with the credential inside."""
    if form not in {one.value for one in ImageForm}:
        return _not_found(request)
    return answer_in(request, issued, lambda _, issued_id: _image(issued_id, ImageForm(form)))


def answer_in(
    request: HttpRequest,
    issued: str,
    form_of: Callable[[HttpRequest, IssuedCredentialId], HttpResponse],
) -> HttpResponse:
    """The credential in this form, or 304; the same 404 for unknown and for malformed ids."""
    issued_id = id_in(issued)
    if issued_id is None:
        return _not_found(request)
    try:
        response = form_of(request, IssuedCredentialId(issued_id))
    except IssuedCredentialNotFound:
        return _not_found(request)
    except DomainError as error:
        return _failed(request, error, issued)
    if "ETag" not in response:
        return response
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    assert isinstance(answer, HttpResponse)  # noqa: S101  # for mypy: it is the response or a 304
    return answer


def _in_preferred_form(request: HttpRequest, issued_id: IssuedCredentialId) -> HttpResponse:
    # The first one is for those who accept anything.
    media_type = request.get_preferred_type([*DOCUMENTS, HTML, *TOKENS])
    if media_type is None:
        return http_problem(HTTPStatus.NOT_ACCEPTABLE)
    if media_type == HTML:
        return _page(request, services().public_pages.shown(issued_id))
    form_of = _document if media_type in DOCUMENTS else _token
    return form_of(issued_id, media_type)


def _page(request: HttpRequest, credential: PublicCredential) -> HttpResponse:
    page = PublicPage(credential)
    html = rendered(request, "credentials/public.html", page=page)
    response = HttpResponse(html)
    if impersonation_of(request) or "again" in request.GET:
        response["Cache-Control"] = FRESH
        return response
    # Weak, and without the time of the verification: a cached page shows when it was really made.
    unchanging = html.replace(page.checked_at_iso, "").replace(page.checked_at, "")
    response["ETag"] = f"W/{etag_of(unchanging.encode())}"
    response["Cache-Control"] = CACHED
    return response


def _document(issued_id: IssuedCredentialId, media_type: str) -> HttpResponse:
    document = services().signing.shown(issued_id).document
    return file_answer(document.encode(), media_type)


def _token(issued_id: IssuedCredentialId, media_type: str) -> HttpResponse:
    token = services().signing.shown(issued_id).token
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    return file_answer(token.encode(), f"{media_type}{charset}")


def _image(issued_id: IssuedCredentialId, form: ImageForm) -> HttpResponse:
    document = services().signing.shown(issued_id).document
    type_ = services().issuing.verify(issued_id).issued.terms.type
    return file_answer(baked(default_image(type_, form), document), form.media_type)


def file_answer(content: bytes, content_type: str) -> HttpResponse:
    headers = {"ETag": etag_of(content), "Cache-Control": UNCHANGING}
    return HttpResponse(content, content_type=content_type, headers=headers)


def _not_found(request: HttpRequest) -> HttpResponse:
    """The page or the problem, which tells nothing about what there is."""
    return _failed(request, IssuedCredentialNotFound())


def _failed(request: HttpRequest, error: DomainError, issued: str = "") -> HttpResponse:
    page = partial(
        rendered,
        request,
        "credentials/public_error.html",
        is_unknown=isinstance(error, IssuedCredentialNotFound),
        is_without_certificate=isinstance(error, NoCertificate),
        issued=issued,
    )
    return page_or_problem(request, error, page, caching=FRESH)


def page_or_problem(
    request: HttpRequest, error: DomainError, page: Callable[..., str], *, caching: str
) -> HttpResponse:
    """The problem, or for those who prefer HTML the page that is rendered with the `problem`."""
    response = problem_response(error)
    if request.get_preferred_type([JSON, HTML]) == HTML:
        _, problem = problem_of(error)
        response.content = page(problem=problem).encode()
        response["Content-Type"] = f"{HTML}; charset=utf-8"
    response["Cache-Control"] = caching
    patch_vary_headers(response, ("Accept",))
    return response
