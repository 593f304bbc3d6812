"""The pages of the back office: they look at rows, and leave every change to a service."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial, wraps
from typing import Any, ClassVar, Final, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, AdminForm
from django.contrib.admin.utils import model_ngettext
from django.db.models import Model, QuerySet, UUIDField
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.public import Principal, Right, SubjectType
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import sentence_of
from authsvc.http.sign_in_state import require_fresh_sign_in
from authsvc.kernel.errors import DomainError
from authsvc.kernel.ids import parse_uuid

MOST_AT_ONCE: Final = 100
"""How many rows a list shows, and an action takes."""

View = Callable[..., HttpResponse]
Act = Callable[[Any, Any, str, Principal], object]
"""What an action does to one row: given its page, the row, the reason and who acts, it calls a service once."""


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text="It stays in the log, for whoever asks later.",
    )


def sees_organizations(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("accounts.view_organization"))


def shows_domain_errors(view: View) -> View:
    """Make a refusal a message on the page that was sent; or on the list, if none was sent."""

    @wraps(view)
    def telling(
        page: "StaffAdmin", request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            return view(page, request, *args, **kwargs)
        except DomainError as refusal:
            page.message_user(request, sentence_of(refusal), messages.ERROR)
            if request.method == "POST":
                return HttpResponseRedirect(request.get_full_path())
            return redirect(f"admin:{page.opts.label_lower.replace('.', '_')}_changelist")

    return telling


def staff_action(verb: str, *, done: str, requires_reason: bool = False) -> Callable[[Act], Any]:
    """Make an action of what is done to one row; if it takes something away, it *asks why* first."""

    def action_of(act: Act) -> Any:
        @admin.action(description=f"{verb} selected %(verbose_name_plural)s", permissions=["act"])
        @wraps(act)
        def action(
            page: "StaffAdmin", request: HttpRequest, queryset: QuerySet[Any]
        ) -> HttpResponse | None:
            chosen = list(queryset[: MOST_AT_ONCE + 1])
            if len(chosen) > MOST_AT_ONCE:
                page.message_user(request, f"Choose at most {MOST_AT_ONCE}.", messages.ERROR)
                return None
            if requires_reason and settings.ENVIRONMENT.asks_staff:
                require_fresh_sign_in(request)
            form = ReasonForm(request.POST if "reason" in request.POST else None)
            if requires_reason and not form.is_valid():
                return page.ask_why(request, form, chosen, verb=verb, action=act.__name__)
            reason = form.cleaned_data["reason"] if requires_reason else ""
            page.act_on_each(request, chosen, act, done=done, reason=reason)
            return None

        return action

    return action_of


class StaffAdmin(admin.ModelAdmin[Any]):
    """What every page of the back office has in common; `right` is what its actions need.

    `owner` is where the organization stands that owns a row, if there is one. Whoever may not view organizations
    sees what is the platform's alone.
    """

    right: ClassVar[Right | None] = None
    owner: ClassVar[str] = ""
    list_per_page = MOST_AT_ONCE
    list_max_show_all = MOST_AT_ONCE

    class Media:
        css = {"all": ["authsvc/back-office.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found = super().get_queryset(request)
        if self.owner and not sees_organizations(request):
            return found.filter(**{self.owner: None})
        return found

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Without the names of organizations, for whoever may not see them."""
        hidden = "" if sees_organizations(request) else self.owner
        return [each for each in super().get_list_filter(request) if each != hidden]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        return self.right is not None and staff_of(request).may(self.right)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the list offers: by another lookup a hidden column could be guessed letter by letter."""
        offered: Iterable[Any] = self.list_filter
        names = (filter_[0] if isinstance(filter_, tuple) else filter_ for filter_ in offered)
        is_offered = any(lookup == name or lookup.startswith(f"{name}__") for name in names)
        return is_offered and super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A whole id finds its row."""
        found = parse_uuid(search_term)
        if found is not None and isinstance(self.opts.pk, UUIDField):
            return queryset.filter(pk=found), False
        return super().get_search_results(request, queryset, search_term)

    def ask_why(
        self,
        request: HttpRequest,
        form: ReasonForm,
        chosen: Sequence[Model],
        *,
        verb: str,
        action: str,
    ) -> HttpResponse:
        return question(
            request,
            self.admin_site,
            form,
            title=f"{verb} {len(chosen)} {model_ngettext(self.opts, len(chosen))}",
            back=request.get_full_path(),
            opts=self.opts,
            chosen=chosen,
            hidden=[("action", action), *((ACTION_CHECKBOX_NAME, row.pk) for row in chosen)],
        )

    def act_on_each(
        self, request: HttpRequest, chosen: Iterable[Model], act: Act, *, done: str, reason: str
    ) -> None:
        """Act on each row in a unit of work of its own, with its entry in the log.

        A refusal is a message that names the row, and keeps nobody from the others.
        """
        by, count = staff_of(request), 0
        said = f"{done.capitalize()}. Reason: {reason}" if reason else f"{done.capitalize()}."
        for row in chosen:
            try:
                services().staff_actions.perform(
                    partial(act, self, row, reason, by),
                    note=partial(self._note, request, row, said),
                )
            except DomainError as refusal:
                told = f"Not {done}: {row}. {sentence_of(refusal)}"
                self.message_user(request, told, messages.ERROR)
            else:
                count += 1
        if count:
            told = f"{count} {model_ngettext(self.opts, count)} {done}."
            self.message_user(request, told, messages.SUCCESS)

    def _note(self, request: HttpRequest, row: Model, message: str, _: object) -> None:
        self.log_change(request, row, message)


class _LookOnly:
    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(_LookOnly, StaffAdmin):
    """For rows with rules: staff look here, and change them by actions or not at all."""

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return list(self.fields or [field.name for field in self.opts.concrete_fields])


class _Shown(BaseInlineFormSet[Any, Any, Any]):
    """Rows as they are, whatever the form beside them says; of very many, the first."""

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        if not hasattr(self, "_first"):
            self._first = super().get_queryset()[:MOST_AT_ONCE]
        return self._first

    def is_valid(self) -> bool:
        return True


class LookOnlyInline(_LookOnly, admin.TabularInline[Any, Any]):
    """Rows on the page of the row that they belong to."""

    formset = _Shown
    extra = 0
    can_delete = False
    show_change_link = True


class AuditsTenantAccess:
    """Beside the rest of a page, for rows that organizations own: every look at one is a look into its organization."""

    owner: ClassVar[str]
    looked_at: ClassVar[SubjectType]

    def looked_into(self, row: Any) -> tuple[Any, Any]:
        """The ids of the organization, if it is one's, and of what is seen there."""
        organization = row
        for name in (self.owner or "org").split("__"):
            organization = getattr(organization, name)
        return organization and organization.pk, row.pk

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            org_id, subject_id = self.looked_into(obj)
            services().tenant_access.record_access(
                org_id, at=self.looked_at, subject_id=subject_id, by=staff_of(request)
            )
        page: Any = super()
        shown: HttpResponse = page.render_change_form(request, context, *args, obj=obj, **kwargs)
        return shown


class ServiceAdmin(StaffAdmin):
    """For rows that staff edit by form: the service writes, and Django is given the row that there is."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not for what an organization owns, unless it is in reach."""
        is_in_reach = (
            obj is None or not self.owner or staff_of(request).tenant_scope.covers(obj.org_id)
        )
        return is_in_reach and super().has_change_permission(request, obj)

    def added(self, form: Any, by: Principal) -> UUID:
        """Have a service make what the form says; answer its id."""
        raise NotImplementedError  # each page with a form says how

    def changed(self, row: Any, form: Any, by: Principal) -> None:
        """Have a service change the row to what the form says."""
        raise NotImplementedError  # each page with a form says how

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
        # Django's transaction ends in there, so a refusal that arrives here has undone everything.
        return super().changeform_view(request, *args, **kwargs)


def question(
    request: HttpRequest,
    site: admin.AdminSite,
    form: forms.Form,
    *,
    title: str,
    back: str,
    **context: Any,
) -> HttpResponse:
    """A page with one small form; *back* is where whoever would rather not answer goes."""
    fieldsets = AdminForm(cast("Any", form), [(None, {"fields": list(form.fields)})], {})
    # Whoever had to show first who he is sees this where he showed it; the form belongs here all the same.
    here = request.get_full_path()
    context |= {"title": title, "back": back, "here": here, "form": form, "fieldsets": fieldsets}
    return TemplateResponse(request, "admin/question.html", site.each_context(request) | context)
