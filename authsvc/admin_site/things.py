"""Pages of things in tabs: an overview and more for reading, and the form of Django as the tab *Settings*."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.public import Principal
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.model_admins import ServiceAdmin
from authsvc.admin_site.pages import Confirmation, Tab, confirm_page, current_tab, thing_page
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.http.actors import staff_of
from authsvc.http.forms import submit

SETTINGS: Final = Tab("settings", "Settings")

Act = Callable[[forms.Form, Principal], str]
"""Calls a service with the values of a form; returns the sentence that says what happened."""


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

    def page_url(self, row: Any, tab: str = "") -> str:
        url = reverse(f"admin:{self.opts.label_lower.replace('.', '_')}_change", args=[row.pk])
        return f"{url}?tab={tab}" if tab else url

    def confirmed(
        self,
        request: HttpRequest,
        row: Any,
        act: Act,
        *,
        title: str,
        effects: Sequence[str],
        form_class: type[forms.Form] = ReasonForm,
        then: str = "",
        takes_away: bool = True,
        **options: Any,
    ) -> HttpResponse:
        """Ask with a form, then act and lead to the URL *then*, by default the thing's page, with the result."""
        form = form_class(request.POST if request.method == "POST" else None, **options)
        back, sentences = self.page_url(row), list[str]()

        def perform() -> None:
            message = f"{title}.{_reason_in(form, 'Reason: {}')}"
            sentences.append(
                self.perform(request, row, lambda: act(form, staff_of(request)), message)
            )

        if submit(form, perform):
            messages.success(request, f"{sentences[0]}{_reason_in(form, 'Reason: “{}”.')}")
            return redirect(then or back)
        confirmation = Confirmation(
            title=title, effects=tuple(effects), verb=title, back=back, takes_away=takes_away
        )
        return confirm_page(request, confirmation, form, opts=self.opts, original=row)


def _reason_in(form: forms.Form, words: str) -> str:
    reason = form.cleaned_data.get("reason")
    return f" {words.format(reason)}" if reason else ""
