"""Base classes of admin pages. They read rows and leave every change to a service."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from inspect import getmembers
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, AdminForm
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet, UUIDField
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from accounts.public import Principal, Right
from authsvc.admin_site.actions import MOST_AT_ONCE, shows_domain_errors
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.lists import BoundedPaginator, FilterForm, StaffChangeList
from authsvc.admin_site.navigation import LABELS
from authsvc.admin_site.pages import Confirmation, confirm_page
from authsvc.admin_site.tenants import sees_organizations
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import submit
from authsvc.kernel.ids import parse_uuid

Result = TypeVar("Result")
ConfirmedAct = Callable[[forms.Form, Principal], str]
"""Calls a service with the values of a form; returns the sentence that says what happened."""


class StaffAdmin(admin.ModelAdmin[Any]):
    """Base of all admin pages; `right` is what its actions need.

    `owner` is the lookup path to the organization that owns a row, if organizations can own such rows. Staff
    without permission to view organizations see only the rows of the platform.
    """

    right: ClassVar[Right | None] = None
    owner: ClassVar[str] = ""
    deferred: ClassVar[list[str]] = []
    """Columns that staff do not see, or that are long; they are not read."""
    filter_form: ClassVar[type[FilterForm] | None] = None
    """Filters of the list beside those of `list_filter`."""
    add_title: ClassVar[str] = ""
    """Title of the page for a new row, if it is to be left once that row is saved, and of the button to it."""
    add_button: ClassVar[str] = "Save"
    """What the button at the end of that page says."""
    empty_text: ClassVar[str] = ""
    """What the list says while it has no rows: what is missing, and what to do."""
    list_per_page = MOST_AT_ONCE
    list_max_show_all = MOST_AT_ONCE
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def action_checkbox(self, obj: Any) -> SafeString:
        """The box as Django has it, without the template of a widget for each row."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            obj.pk,
            f"Select this object for an action - {obj}",
        )

    def get_urls(self) -> list[URLPattern]:
        """Django's pages, preceded by those of `admin_page`."""
        pages = [
            path(route, self.admin_site.admin_view(getattr(self, method)), name=name)
            for method, view in getmembers(type(self))
            for route, name in getattr(view, "routes", {}).items()
        ]
        return [*pages, *super().get_urls()]

    def label_of(self, row: Any) -> str:
        """The name of a row in confirmations and messages."""
        return str(row)

    def line_of(self, row: Any) -> str:
        """The name of a row with what tells it from others of that name, in confirmations."""
        return self.label_of(row)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        form = self.filter_form(request.GET) if self.filter_form is not None else None
        return partial(StaffChangeList, filter_form=form)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, under the name that the navigation gives it."""
        title = LABELS.get(self.opts.label_lower, capfirst(self.opts.verbose_name_plural))
        about = {"title": title, "empty_text": self.empty_text, "add_title": self.add_title}
        return super().changelist_view(request, about | (extra_context or {}))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The page of a row, under the name of the row in place of "Change" or "View"."""
        row, noun = kwargs.get("obj"), self.opts.verbose_name
        if row is not None and context["title"] in (f"Change {noun}", f"View {noun}"):
            context |= {"title": capfirst(self.label_of(row)), "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset = super().get_queryset(request).defer(*self.deferred)
        if self.owner and not sees_organizations(request):
            return queryset.filter(**{self.owner: None})
        return queryset

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Hide the names of organizations from staff who may not view them."""
        hidden = "" if sees_organizations(request) else self.owner
        return [name for name in super().get_list_filter(request) if name != hidden]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.right is not None and staff_of(request).may(self.right)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow only the filters of the list: other lookups would reveal hidden columns letter by letter."""
        offered: Iterable[Any] = self.list_filter
        names = [_parameter_of(filter_) for filter_ in offered]
        is_offered = any(lookup == name or lookup.startswith(f"{name}__") for name in names)
        return is_offered and super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by primary key if the search term is a UUID."""
        row_id = parse_uuid(search_term)
        if row_id is not None and isinstance(self.opts.pk, UUIDField):
            return queryset.filter(pk=row_id), False
        return super().get_search_results(request, queryset, search_term)

    def row_allowed_by(
        self, allows: Callable[[HttpRequest, Any], bool], request: HttpRequest, row_id: UUID
    ) -> Any:
        """The row with this id. Raises PermissionDenied, also if there is no such row, and Http404."""
        row = self.get_object(request, str(row_id))
        if not allows(request, row):
            raise PermissionDenied
        if row is None:
            raise Http404
        return row

    def page_url(self, row: Any, tab: str = "") -> str:
        """The URL of the page of a row, or of one of its tabs."""
        url = reverse(f"admin:{self.opts.label_lower.replace('.', '_')}_change", args=[row.pk])
        return f"{url}?tab={tab}" if tab else url

    def row_form_page(
        self, request: HttpRequest, row: Model, form: forms.Form, *, title: str, **context: Any
    ) -> HttpResponse:
        """A page with one form about a row, to whose own page it links back."""
        back = self.page_url(row)
        return self.form_page(request, form, title=title, back=back, subtitle=row, **context)

    def form_page(
        self, request: HttpRequest, form: forms.Form, *, title: str, back: str, **context: Any
    ) -> HttpResponse:
        """A page with one small form; *back* is the URL of its Back link."""
        fieldsets = AdminForm(cast("Any", form), [(None, {"fields": list(form.fields)})], {})
        # After a fresh sign-in the page may be shown at another URL; the form is submitted to this one all the same.
        about = {"title": title, "back": back, "here": request.get_full_path(), "opts": self.opts}
        context |= {"form": form, "fieldsets": fieldsets} | about
        return TemplateResponse(
            request, "admin/form_page.html", self.admin_site.each_context(request) | context
        )

    def confirmed(
        self,
        request: HttpRequest,
        row: Any,
        act: ConfirmedAct,
        *,
        title: str,
        effects: Sequence[str],
        form_class: type[forms.Form] = ReasonForm,
        then: str = "",
        takes_away: bool = True,
        **options: Any,
    ) -> HttpResponse:
        """Ask with a form, then act and lead to the URL *then*, by default the page of the row, with the result."""
        form = form_class(request.POST if request.method == "POST" else None, **options)
        back, sentences = self.page_url(row), list[str]()

        def perform() -> None:
            message = f"{title}.{_reason_in(form, 'Reason: {}')}"
            sentences.append(
                self.perform(request, row, lambda: act(form, staff_of(request)), message)
            )

        if submit(form, perform):
            messages.success(request, f"{sentences[0]}{_reason_in(form, 'Reason: “{}”')}")
            return redirect(then or back)
        confirmation = Confirmation(
            title=title, effects=tuple(effects), verb=title, back=back, takes_away=takes_away
        )
        return confirm_page(request, confirmation, form, opts=self.opts, original=row)

    def perform(
        self, request: HttpRequest, row: Model, act: Callable[[], Result], message: str
    ) -> Result:
        """Call a service and log the change of the row in one unit of work."""
        return services().staff_actions.perform(
            act, note=lambda _: self.log_change(request, row, message)
        )


def _reason_in(form: forms.Form, words: str) -> str:
    reason = form.cleaned_data.get("reason")
    return f" {words.format(reason)}" if reason else ""


def _parameter_of(list_filter: Any) -> str:
    """The column or parameter that a filter of a list reads."""
    if isinstance(list_filter, tuple):
        return str(list_filter[0])
    return str(getattr(list_filter, "parameter_name", list_filter))


class _ReadOnly:
    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(_ReadOnly, StaffAdmin):
    """Admin page without forms: staff change its rows by actions or not at all."""

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return list(self.fields or [field.name for field in self.opts.concrete_fields])


class ListOnlyAdmin(ReadOnlyAdmin):
    """Admin list without a page per row, because the primary key is a secret's hash."""

    list_display_links = None

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and super().has_view_permission(request)


class _ReadOnlyFormSet(BaseInlineFormSet[Any, Any, Any]):
    """The first MOST_AT_ONCE rows, unaffected by the submitted form."""

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        if not hasattr(self, "_first"):
            self._first = super().get_queryset()[:MOST_AT_ONCE]
        return self._first

    def is_valid(self) -> bool:
        return True


class ReadOnlyInline(_ReadOnly, admin.TabularInline[Any, Any]):
    """Read-only rows on the page of the row they belong to."""

    deferred: ClassVar[list[str]] = []
    """Columns that staff do not see; they are not read."""
    formset = _ReadOnlyFormSet
    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer(*self.deferred)


class ServiceAdmin(StaffAdmin):
    """Admin page with a form: a service writes, and Django reloads the row."""

    add_form: ClassVar[type[Any] | None] = None
    """Form for a new row, where it differs from that for an existing one."""

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.add_title:
            buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
            extra_context = buttons | {"title": self.add_title, "save_label": self.add_button}
        return super().add_view(request, form_url, extra_context)

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002  # Django's signature
        **kwargs: Any,
    ) -> Any:
        if obj is None:
            kwargs["form"] = self.form_for_new_row(request)
        form = super().get_form(request, obj, change, **kwargs)
        self.prepare_form(form, request, obj)
        return form

    def form_for_new_row(self, request: HttpRequest) -> type[Any]:
        return self.add_form or self.form

    def prepare_form(self, form: Any, request: HttpRequest, row: Any) -> None:
        """Set attributes of the form class, which Django creates for each request; *row* is None for a new one."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Deny changes to rows of organizations outside the scope."""
        is_in_scope = (
            obj is None or not self.owner or staff_of(request).tenant_scope.covers(obj.org_id)
        )
        return is_in_scope and super().has_change_permission(request, obj)

    def added(self, form: Any, by: Principal) -> UUID:
        """Create through a service what the form describes, and return its id."""
        raise NotImplementedError  # subclasses with a form implement it

    def changed(self, row: Any, form: Any, by: Principal) -> None:
        """Change the row through a service as the form describes."""
        raise NotImplementedError  # subclasses with a form implement it

    def save_model(
        self,
        request: HttpRequest,
        obj: Any,
        form: Any,
        change: bool,  # noqa: FBT001  # Django's signature
    ) -> None:
        if change:
            self.changed(obj, form, staff_of(request))
        else:
            obj.pk = self.added(form, staff_of(request))
        obj.refresh_from_db()

    @shows_domain_errors
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Django's transaction ends in there, so an error that arrives here has rolled everything back.
        return super().changeform_view(request, *args, **kwargs)
