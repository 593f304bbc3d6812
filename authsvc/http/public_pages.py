"""Public pages, each as HTML or JSON: the front page, and the problem types that `type` of a problem leads to."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from authsvc.http.impersonation import impersonation_of
from authsvc.http.problem_types import problem_types
from authsvc.http.problems import http_problem
from authsvc.http.protected_resource import AGENTS_PATH

CACHED: Final = "public, max-age=60"


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """`GET /`: what this service is, and where its parts are."""
    links = _links()
    response = _answer(request, "front", {"name": "authsvc", **links})
    if "openapi" in links:
        described, explained = links["openapi"], links["documentation"]
        response["Link"] = f'<{described}>; rel="service-desc", <{explained}>; rel="service-doc"'
    return response


@require_safe
def list_problem_types(request: HttpRequest) -> HttpResponse:
    """`GET /problems`: all problem types."""
    types = list(problem_types().values())
    members = {"items": [problem_type.members() for problem_type in types]}
    return _answer(request, "problem_types", members, types=types)


@require_safe
def show_problem_type(request: HttpRequest, code: str) -> HttpResponse:
    """`GET /problems/{code}`: one problem type; 404 with the list for an unknown code."""
    problem_type = problem_types().get(code)
    if problem_type is not None:
        members = problem_type.members()
        return _answer(request, "problem_type", members, problem_type=problem_type)
    if not _prefers_html(request):
        return http_problem(HTTPStatus.NOT_FOUND, detail=f"There is no problem type {code}.")
    page = _page(request, "problem_types", types=problem_types().values(), unknown=code)
    response = HttpResponse(page, status=HTTPStatus.NOT_FOUND)
    patch_vary_headers(response, ("Accept",))
    return response


def _links() -> dict[str, str]:
    """The URLs of what is served, by the name of the member."""
    environment = settings.ENVIRONMENT
    paths = {
        "verify": reverse("verify"),
        "problems": reverse("problem-types"),
        "health": "/health/ready",
    }
    if environment.shows_docs:
        paths |= {"documentation": reverse("docs"), "openapi": reverse("openapi")}
    if environment.has_database:
        paths |= {
            "mcp": AGENTS_PATH,
            "openid_configuration": "/.well-known/openid-configuration",
            "account": reverse("account"),
        }
    return {name: f"{environment.public_url}{path}" for name, path in paths.items()}


def _answer(
    request: HttpRequest, template: str, members: Mapping[str, Any], **context: Any
) -> HttpResponse:
    """Render the page for those who prefer HTML, else *members* as JSON."""
    response = (
        HttpResponse(_page(request, template, **context))
        if _prefers_html(request)
        else JsonResponse(dict(members))
    )
    response["Cache-Control"] = CACHED
    patch_vary_headers(response, ("Accept",))
    return response


def _page(request: HttpRequest, template: str, **context: Any) -> str:
    return rendered(request, f"authsvc/{template}.html", **context)


def rendered(request: HttpRequest, template: str, **context: Any) -> str:
    """The page of this template, in the frame of public pages."""
    # Without the request, so that the page depends on nobody's session and can be cached.
    shown = request if impersonation_of(request) else None
    return render_to_string(template, {"links": _links(), **context}, request=shown)


def _prefers_html(request: HttpRequest) -> bool:
    return request.get_preferred_type(["application/json", "text/html"]) == "text/html"
