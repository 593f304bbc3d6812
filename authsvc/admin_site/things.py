"""Pages of things in tabs: an overview and more for reading, and the form of Django as the tab *Settings*."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from authsvc.admin_site.model_admins import ServiceAdmin
from authsvc.admin_site.pages import Tab, current_tab, thing_page
from authsvc.admin_site.tenants import AuditsTenantAccess

SETTINGS: Final = Tab("settings", "Settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a thing's page; `notice` is the template of a bar below it, on every tab."""

    title: str
    faint: str
    badges: Sequence[tuple[str, str]]
    tabs: Sequence[Tab]
    tools: Sequence[tuple[str, str]] = ()
    notice: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def context(self) -> dict[str, Any]:
        names = ("title", "faint", "badges", "tabs", "tools", "notice")
        return {name: getattr(self, name) for name in names} | self.facts


class ThingAdmin(AuditsTenantAccess, ServiceAdmin):
    """Admin class of things with tabs: `change/` shows one, `change/?tab=settings` its form."""

    change_form_template = "admin/thing_form.html"

    def head_of(self, request: HttpRequest, row: Any) -> Head:
        raise NotImplementedError  # subclasses describe their rows

    def contents_of(
        self, request: HttpRequest, row: Any, tab: str
    ) -> tuple[Sequence[str], dict[str, Any]]:
        """The templates of a tab, and their context."""
        raise NotImplementedError  # subclasses describe their rows

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            return super().change_view(request, object_id, form_url, extra_context)
        head = self.head_of(request, row)
        is_form = request.method == "POST"
        current = SETTINGS.key if is_form else current_tab(request, head.tabs)
        if current == SETTINGS.key:
            buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
            about = head.context | buttons | {"current": current, "subtitle": None}
            about |= extra_context or {}
            return super().change_view(request, object_id, form_url, about)
        self.record_access(request, row)
        templates, context = self.contents_of(request, row, current)
        return thing_page(
            request,
            "admin/thing.html",
            current=current,
            opts=self.opts,
            thing=row,
            templates=templates,
            **head.context,
            **context,
        )
