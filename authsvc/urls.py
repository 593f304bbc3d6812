"""All URLs of the application."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerSplitView

from authsvc.http import health, metrics, problems, public_pages, security_txt
from authsvc.http.openapi_document import openapi
from authsvc.http.protected_resource import AGENTS_PATH, API_PATH, metadata_of
from authsvc.mcp.views import McpView
from credentials.pages import verify

handler400 = "authsvc.http.problems.bad_request"
handler404 = "authsvc.http.problems.not_found"
handler500 = "authsvc.http.problems.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health.live, name="health"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path(".well-known/security.txt", security_txt.security_txt),
    path(".well-known/oauth-protected-resource", metadata_of(API_PATH)),
    path(".well-known/oauth-protected-resource/v1", metadata_of(API_PATH)),
    path(".well-known/oauth-protected-resource/mcp", metadata_of(AGENTS_PATH)),
    path("mcp", McpView.as_view(), name="mcp"),
    # Ordered by load: patterns are tried from the top, and an `include` behind a prefix is one pattern.
    path("", include("progress.api.urls")),
    path("", include("courses.api.urls")),
    path("", include("accounts.api.urls")),
    path("", include("credentials.api.urls")),
    path("credentials/", include("credentials.pages.public_urls")),
    path("verify", verify.show, name="verify"),
    path("", public_pages.front, name="front"),
    path("problems", public_pages.list_problem_types, name="problem-types"),
    path("problems/<str:code>", public_pages.show_problem_type, name="problem-type"),
]
if settings.ENVIRONMENT.has_database:
    urlpatterns.insert(0, path("oauth/", include("accounts.oauth.endpoint_urls")))
    urlpatterns += [
        path("admin", RedirectView.as_view(pattern_name="admin:index")),
        path("admin/", admin.site.urls),
        path("", include("accounts.pages.urls")),
        path("", include("progress.pages.urls")),
        path("", include("credentials.pages.urls")),
        path("", include("accounts.oauth.urls")),
        path("", include("credentials.api.wallet_urls")),
    ]
else:
    pages = (
        r"^(?:admin|oauth|device|account|courses|email|password|sign(?:in|up|out)|wallets)(?:/|$)"
    )
    urlpatterns.append(re_path(pages, problems.database_needed))
if settings.ENVIRONMENT.shows_docs:
    urlpatterns += [
        path("v1/openapi.json", openapi, name="openapi"),
        path(
            "docs",
            SpectacularSwaggerSplitView.as_view(
                url_name="openapi", template_name="authsvc/docs.html"
            ),
            name="docs",
        ),
    ]
