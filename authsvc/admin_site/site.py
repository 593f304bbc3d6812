"""The admin site: access to it, and what all its pages share."""

from collections.abc import Iterator
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from authsvc.admin_site import navigation
from authsvc.admin_site.ai_usage import usage_context, usage_table
from authsvc.admin_site.dashboard import dashboard_context, table_of
from authsvc.admin_site.downloads import csv_download
from authsvc.admin_site.navigation import OPERATIONS
from authsvc.admin_site.search import only_exact, search
from authsvc.admin_site.settings_page import settings_in_force, versions
from authsvc.admin_site.tenants import scope_of
from authsvc.composition.container import services
from authsvc.http.sign_in_state import has_second_factor, show_second_factor

NO_GROUP: Final = "Your account is in no staff group yet. Ask an admin to add you to one."

REPLACED: Final = frozenset({"django.contrib.auth.admin", "oauth2_provider.admin"})
"""Modules with admin pages of others, for whose rows there are pages of ours."""


class AdminSite(admin.AdminSite):
    """Django's admin site without deletion, by job; staff sign in and change passwords on the account pages."""

    site_header = site_title = "authsvc"
    index_title = "Dashboard"
    index_template = "admin/dashboard.html"
    site_url = None
    empty_value_display = ""
    logout_template = "account/signed_out.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Ignore the admin pages of Django and django-oauth-toolkit: ours show their rows."""
        if getattr(admin_class, "__module__", "") not in REPLACED:
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        """Answer forms by 303, so that what follows is read and not sent again (RFC 9110 §15.4.4).

        Staff who may see no page at all are told what to do about it.
        """

        @wraps(view)
        def viewing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return _see_other(request, view(request, *args, **kwargs))
            except PermissionDenied:
                if self._may_see_a_page(request):
                    raise
                raise PermissionDenied(NO_GROUP) from None

        return super().admin_view(viewing, cacheable)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [
            path("search/", self.admin_view(self.search_view), name="search"),
            path(
                "dashboard/<slug:name>.csv",
                self.admin_view(self.dashboard_table_view),
                name="dashboard_table",
            ),
            path("ai-usage/", self.admin_view(self.ai_usage_view), name="ai_usage"),
            path(
                "ai-usage/<slug:name>.csv",
                self.admin_view(self.ai_usage_table_view),
                name="ai_usage_table",
            ),
            path("data/", self.admin_view(self.data_view), name="data"),
            path("settings/", self.admin_view(self.settings_view), name="settings"),
        ]
        return [*own, *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What the user may see, by job. Django's own list makes the URLs of all tables for each page."""
        if app_label:
            return super().get_app_list(request, app_label)
        return navigation.by_job(set(self._visible_models(request)), request.user.has_perm)

    def _visible_models(self, request: HttpRequest) -> Iterator[str]:
        """The models whose lists the user may see."""
        for model, model_admin in self._registry.items():
            sees_app = model_admin.has_module_permission(request)
            if sees_app and model_admin.has_view_or_change_permission(request):
                yield model._meta.label_lower

    def _may_see_a_page(self, request: HttpRequest) -> bool:
        return any(self._visible_models(request)) or bool(self.get_app_list(request))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if not context["has_permission"]:
            return context
        groups = navigation.navigation(
            context["available_apps"],
            counts=services().overview.counts(scope=scope_of(request)),
            path=request.path,
        )
        return context | {"environment": settings.ENVIRONMENT.name, "navigation": groups}

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        context = self.each_context(request) | {"title": self.index_title, "subtitle": None}
        context |= dashboard_context(self, request, context["navigation"]) | (extra_context or {})
        request.current_app = self.name  # for the URLs of Django's templates
        return TemplateResponse(request, self.index_template, context)

    def dashboard_table_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """The numbers of a chart or table of the dashboard as a CSV file."""
        return csv_download(table_of(request, name), filename=f"{name}.csv")

    def ai_usage_view(self, request: HttpRequest) -> HttpResponse:
        """What AI was used in a period, for those who see AI sessions."""
        context = self.each_context(request) | usage_context(self, request)
        return TemplateResponse(request, "admin/ai_usage.html", context | {"title": "AI usage"})

    def ai_usage_table_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """The numbers of a chart or table of that page as a CSV file."""
        return csv_download(usage_table(request, name), filename=f"ai-usage-{name}.csv")

    def search_view(self, request: HttpRequest) -> HttpResponse:
        """What matches a term among that which the user may see; one exact hit is shown at once."""
        term = request.GET.get("q", "").strip()
        results = search(self, request, term)
        hit = only_exact(results)
        if hit is not None:
            return redirect(hit.url)
        about = {"title": "Search", "term": term, "results": results}
        return TemplateResponse(request, "admin/search.html", self.each_context(request) | about)

    def data_view(self, request: HttpRequest) -> HttpResponse:
        """The tables that belong to no job, as far as the user may see them."""
        apps = navigation.tables(super().get_app_list(request))
        if not apps:
            raise PermissionDenied
        context = self.each_context(request) | {"title": "Data", "apps": apps}
        return TemplateResponse(request, "admin/data.html", context)

    def settings_view(self, request: HttpRequest) -> HttpResponse:
        """The settings in force, for those who see what the service does."""
        if not request.user.has_perm(OPERATIONS):
            raise PermissionDenied
        about = {"settings_in_force": settings_in_force(), "versions": versions()}
        context = self.each_context(request) | {"title": "Settings"} | about
        return TemplateResponse(request, "admin/settings.html", context)

    def has_permission(self, request: HttpRequest) -> bool:
        is_staff = super().has_permission(request)
        return is_staff and (
            not settings.ENVIRONMENT.staff_needs_second_factor or has_second_factor(request)
        )

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to sign-in or to the second factor; a signed-in user who is not staff is refused."""
        back = request.GET.get("next") or reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(back)
        if not super().has_permission(request):
            raise PermissionDenied
        if not self.has_permission(request):
            return show_second_factor(request, back_to=back)
        return redirect("admin:index")

    def password_change(  # type: ignore[override]  # Django's is a page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")


def _see_other(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
        response.status_code = HTTPStatus.SEE_OTHER
    return response
