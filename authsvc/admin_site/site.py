"""The admin site: access to it, and what all its pages share."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from authsvc.http.sign_in_state import has_second_factor, show_second_factor


class AdminSite(admin.AdminSite):
    """Django's admin site without deletion; staff sign in and change passwords on the account pages."""

    site_header = site_title = "authsvc"
    index_title = "Administration"
    site_url = None
    logout_template = "account/signed_out.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Ignore the admin pages of django-oauth-toolkit: ours show its rows."""
        if getattr(admin_class, "__module__", "") != "oauth2_provider.admin":
            super().register(model_or_iterable, admin_class, **options)

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
