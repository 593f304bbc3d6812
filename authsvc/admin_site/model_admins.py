"""Base classes of admin pages. They read rows and leave every change to a service."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, wraps
from inspect import getmembers
from typing import Any, ClassVar, Final, TypeVar, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, AdminForm
from django.contrib.admin.utils import model_ngettext
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet, UUIDField
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.public import Principal, Right, SubjectType
from authsvc.admin_site.forms import ReasonForm
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import sentence_of
from authsvc.http.sign_in_state import require_fresh_sign_in
from authsvc.kernel.errors import DomainError
from authsvc.kernel.ids import parse_uuid

MOST_AT_ONCE: Final = 100
"""Number of rows that a list shows and an action accepts."""

Result = TypeVar("Result")
View = Callable[..., HttpResponse]
RowAction = Callable[[Any, Any, str, Principal], object]
"""What an action does to one row: given the page, the row, the reason and the principal, call a service once."""


def sees_organizations(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("accounts.view_organization"))


def shows_domain_errors(view: View) -> View:
    """Show a domain error as a message: on the submitted page, or on the list after a GET."""

    @wraps(view)
    def showing(
        page: "StaffAdmin", request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            return view(page, request, *args, **kwargs)
        except DomainError as error:
            page.message_user(request, sentence_of(error), messages.ERROR)
            if request.method == "POST":
                return HttpResponseRedirect(request.get_full_path())
            return redirect(f"admin:{page.opts.label_lower.replace('.', '_')}_changelist")

    return showing


def admin_page(routes: Mapping[str, str]) -> Callable[[View], View]:
    """Serve a method of an admin class at these routes below its list, by their names, and show domain errors."""

    def page_of(view: View) -> View:
        page = shows_domain_errors(view)
        page.routes = routes  # type: ignore[attr-defined]  # read by StaffAdmin.get_urls
        return page

    return page_of


def staff_action(
    verb: str, *, done: str, requires_reason: bool = False
) -> Callable[[RowAction], Any]:
    """Make an admin action that is applied to each selected row, after asking for a reason if required."""

    def action_of(act: RowAction) -> Any:
        @admin.action(description=f"{verb} selected %(verbose_name_plural)s", permissions=["act"])
        @wraps(act)
        def action(
            page: "StaffAdmin", request: HttpRequest, queryset: QuerySet[Any]
        ) -> HttpResponse | None:
            chosen = list(queryset[: MOST_AT_ONCE + 1])
            if len(chosen) > MOST_AT_ONCE:
                page.message_user(request, f"Select at most {MOST_AT_ONCE}.", messages.ERROR)
                return None
            if requires_reason and settings.ENVIRONMENT.staff_needs_second_factor:
                require_fresh_sign_in(request)
            form = ReasonForm(request.POST if "reason" in request.POST else None)
            if requires_reason and not form.is_valid():
                return page.ask_reason(request, form, chosen, verb=verb, action=act.__name__)
            reason = form.cleaned_data["reason"] if requires_reason else ""
            page.apply_to_each(request, chosen, act, done=done, reason=reason)
            return None

        return action

    return action_of


class StaffAdmin(admin.ModelAdmin[Any]):
    """Base of all admin pages; `right` is what its actions need.

    `owner` is the lookup path to the organization that owns a row, if organizations can own such rows. Staff
    without permission to view organizations see only the rows of the platform.
    """

    right: ClassVar[Right | None] = None
    owner: ClassVar[str] = ""
    deferred: ClassVar[list[str]] = []
    """Columns that staff do not see, or that are long; they are not read."""
    list_per_page = MOST_AT_ONCE
    list_max_show_all = MOST_AT_ONCE

    class Media:
        css = {"all": ["authsvc/admin.css"]}

    def get_urls(self) -> list[URLPattern]:
        """Django's pages, preceded by those of `admin_page`."""
        pages = [
            path(route, self.admin_site.admin_view(getattr(self, method)), name=name)
            for method, view in getmembers(type(self))
            for route, name in getattr(view, "routes", {}).items()
        ]
        return [*pages, *super().get_urls()]

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
        names = (_parameter_of(filter_) for filter_ in offered)
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

    def row_form_page(
        self, request: HttpRequest, row: Model, form: forms.Form, *, title: str, **context: Any
    ) -> HttpResponse:
        """A page with one form about a row, to whose own page it links back."""
        back = reverse(f"admin:{self.opts.label_lower.replace('.', '_')}_change", args=[row.pk])
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

    def ask_reason(
        self,
        request: HttpRequest,
        form: ReasonForm,
        chosen: Sequence[Model],
        *,
        verb: str,
        action: str,
    ) -> HttpResponse:
        return self.form_page(
            request,
            form,
            title=f"{verb} {len(chosen)} {model_ngettext(self.opts, len(chosen))}",
            back=request.get_full_path(),
            chosen=chosen,
            hidden=[("action", action), *((ACTION_CHECKBOX_NAME, row.pk) for row in chosen)],
        )

    def apply_to_each(
        self,
        request: HttpRequest,
        chosen: Iterable[Model],
        act: RowAction,
        *,
        done: str,
        reason: str,
    ) -> None:
        """Apply the action to each row in its own unit of work, with an entry in the log.

        A domain error becomes a message that names the row, and does not stop the others.
        """
        by, count = staff_of(request), 0
        log_message = (
            f"{done.capitalize()}. Reason: {reason}" if reason else f"{done.capitalize()}."
        )
        for row in chosen:
            try:
                self.perform(request, row, partial(act, self, row, reason, by), log_message)
            except DomainError as error:
                message = f"Not {done}: {row}. {sentence_of(error)}"
                self.message_user(request, message, messages.ERROR)
            else:
                count += 1
        if count:
            message = f"{count} {model_ngettext(self.opts, count)} {done}."
            self.message_user(request, message, messages.SUCCESS)

    def perform(
        self, request: HttpRequest, row: Model, act: Callable[[], Result], message: str
    ) -> Result:
        """Call a service and log the change of the row in one unit of work."""
        return services().staff_actions.perform(
            act, note=lambda _: self.log_change(request, row, message)
        )


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


class AuditsTenantAccess:
    """Mixin for rows that organizations own: viewing one is audited as access to its organization."""

    owner: ClassVar[str]
    subject_type: ClassVar[SubjectType]

    def audited_subject(self, row: Any) -> tuple[Any, Any]:
        """Return the id of the owning organization, if there is one, and the id of the subject."""
        organization = row
        for name in (self.owner or "org").split("__"):
            organization = getattr(organization, name)
        return organization and organization.pk, row.pk

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            org_id, subject_id = self.audited_subject(obj)
            services().tenant_access.record_access(
                org_id, at=self.subject_type, subject_id=subject_id, by=staff_of(request)
            )
        page: Any = super()
        response: HttpResponse = page.render_change_form(request, context, *args, obj=obj, **kwargs)
        return response


class ServiceAdmin(StaffAdmin):
    """Admin page with a form: a service writes, and Django reloads the row."""

    add_form: ClassVar[type[Any] | None] = None
    """Form for a new row, where it differs from that for an existing one."""
    add_title: ClassVar[str] = ""
    """Title of the page for a new row, if it is to be left once that row is saved."""

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.add_title:
            buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
            extra_context = buttons | {"title": self.add_title}
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
