"""Admin pages of users, sessions, login attempts and rate limits."""

from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from accounts import models as rows
from accounts.domain.access import Principal, Right, Role, UserId
from accounts.domain.identity.entities.users import UserChanges
from authsvc.admin_site.model_admins import (
    ReadOnlyAdmin,
    ServiceAdmin,
    question,
    shows_domain_errors,
    staff_action,
)
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import AddressField, PasswordField, accepts


class UserForm(forms.ModelForm[rows.User]):
    roles = forms.MultipleChoiceField(
        choices=[(role.value, role.value) for role in (Role.INSTRUCTOR, Role.ADMIN)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Everyone is a learner; an admin is staff, and may do everything.",
    )

    class Meta:
        model = rows.User
        fields = ["name", "roles", "is_staff", "groups"]
        labels = {"is_staff": "Staff"}
        widgets = {"groups": forms.CheckboxSelectMultiple}
        help_texts = {
            "is_staff": "May sign in here; what he may do then, his groups say.",
            "groups": "",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["roles"] = [role for role in self.instance.roles if role != Role.LEARNER]


class NewUserForm(UserForm):
    email = AddressField()
    new_password = PasswordField(label="Password")

    class Meta(UserForm.Meta):
        fields = ["email", "name", "roles", "is_staff"]

    def clean_new_password(self) -> str:
        password = str(self.cleaned_data["new_password"])
        if field_errors := services().ports.password_policy.field_errors(password):
            raise ValidationError(field_errors)
        return password


class SetPasswordForm(forms.Form):
    password = PasswordField(label="New password")


# What django-allauth keeps has its pages where its owner is; here it would be changed around the services.
admin.site.unregister([Authenticator, EmailAddress])


@admin.register(rows.User)
class UserAdmin(ServiceAdmin):
    right = Right.MANAGE_USERS
    form = UserForm
    list_display = ["email", "name", "role_names", "is_active", "is_staff", "created_at"]
    list_filter = ["is_active", "is_staff"]
    list_select_related = []
    search_fields = ["email", "name"]
    ordering = ["-created_at"]
    actions = ["deactivate", "activate"]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        if obj is None:
            return ["email", "name", "new_password", "roles", "is_staff"]
        facts = ["email", "name", "roles", "is_staff", "groups"]
        return [*facts, "is_active", "created_at", "last_login"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Only whoever may do everything says what the others may do."""
        if obj is None:
            return []
        fixed = ["email", "is_active", "created_at", "last_login"]
        return fixed if request.user.is_superuser else [*fixed, "groups"]

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002  # Django's signature
        **kwargs: Any,
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewUserForm
        return super().get_form(request, obj, change, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.password_view)
        return [
            path("<uuid:user_id>/password/", view, name="accounts_user_password"),
            *super().get_urls(),
        ]

    def added(self, form: NewUserForm, by: Principal) -> UUID:
        said = form.cleaned_data
        user = services().users.create(
            email=said["email"],
            name=said["name"],
            password=said["new_password"],
            roles=[Role(role) for role in said["roles"]],
            by=by,
        )
        if said["is_staff"]:
            services().users.edit(user.id, UserChanges(is_staff=True), by=by)
        return user.id

    def changed(self, row: rows.User, form: UserForm, by: Principal) -> None:
        said = {name: form.cleaned_data[name] for name in form.changed_data}
        changes = UserChanges(
            name=said.get("name"),
            roles=[Role(role) for role in said["roles"]] if "roles" in said else None,
            is_staff=said.get("is_staff"),
        )
        services().users.edit(UserId(row.id), changes, by=by)

    @admin.display(description="roles")
    def role_names(self, row: rows.User) -> str:
        return ", ".join(row.roles)

    @staff_action("Deactivate", done="deactivated", requires_reason=True)
    def deactivate(self, row: rows.User, reason: str, by: Principal) -> None:
        changes = UserChanges(is_active=False)
        services().users.edit(UserId(row.id), changes, reason=reason, by=by)

    @staff_action("Activate", done="activated")
    def activate(self, row: rows.User, reason: str, by: Principal) -> None:
        services().users.edit(UserId(row.id), UserChanges(is_active=True), by=by)

    @shows_domain_errors
    def password_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self.get_object(request, str(user_id))
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        if row is None:
            raise Http404
        form = SetPasswordForm(request.POST or None)
        back = reverse("admin:accounts_user_change", args=[row.pk])
        if accepts(form, lambda: self._set_password(request, row, form)):
            self.message_user(request, f"The password of {row} is set.", messages.SUCCESS)
            return redirect(back)
        about = {"subtitle": row, "opts": self.opts}
        return question(request, self.admin_site, form, title="Set a password", back=back, **about)

    def _set_password(self, request: HttpRequest, row: rows.User, form: SetPasswordForm) -> None:
        password, by = form.cleaned_data["password"], staff_of(request)
        services().staff_actions.perform(
            lambda: services().users.set_password(UserId(row.id), password=password, by=by),
            note=lambda _: self.log_change(request, row, "Set a new password."),
        )


class ListAlone(ReadOnlyAdmin):
    """A page of one row would have a hash for an address."""

    list_display_links = None

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and super().has_view_permission(request)


@admin.register(rows.Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "user",
        "client_id",
        "started_at",
        "expires_at",
        "ended_at",
        "ended_because",
    ]
    list_filter = ["ended_because"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    ordering = ["-started_at"]


@admin.register(rows.RefreshToken)
class RefreshTokenAdmin(ListAlone):
    list_display = ["session", "issued_at", "expires_at", "used_at"]
    list_select_related = ["session"]
    search_fields = ["session__user__email"]
    ordering = ["-issued_at"]


@admin.register(rows.AuthorizationCode)
class AuthorizationCodeAdmin(ListAlone):
    list_display = ["client", "user", "expires_at", "used_at"]
    list_select_related = ["client", "user"]
    search_fields = ["client__name", "user__email"]
    ordering = ["-expires_at"]


@admin.register(rows.DeviceCode)
class DeviceCodeAdmin(ListAlone):
    list_display = ["client", "user", "status", "expires_at", "polled_at"]
    list_filter = ["status"]
    list_select_related = ["client", "user"]
    search_fields = ["client__name", "user__email"]
    ordering = ["-expires_at"]


@admin.register(rows.PushedRequest)
class PushedRequestAdmin(ListAlone):
    list_display = ["client", "expires_at", "is_opened"]
    list_select_related = ["client"]
    search_fields = ["client__name"]
    ordering = ["-expires_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What somebody is on his way to is not for staff."""
        return super().get_queryset(request).defer("parameters")


@admin.register(rows.Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ["user", "client", "given_at"]
    list_select_related = ["user", "client"]
    search_fields = ["user__email", "client__name"]
    ordering = ["-given_at"]


@admin.register(rows.LogoutNotice)
class LogoutNoticeAdmin(ReadOnlyAdmin):
    list_display = ["client", "user", "due_at", "failures"]
    list_select_related = ["client", "user"]
    search_fields = ["client__name", "user__email"]
    ordering = ["due_at"]


@admin.register(rows.IdempotencyRecord)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ["id", "status", "content_type", "kept_at"]
    list_filter = ["status"]
    list_select_related = []
    fields = ["id", "status", "content_type", "kept_at"]
    ordering = ["-kept_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What callers were told is not for staff."""
        return super().get_queryset(request).defer("body", "fingerprint")


@admin.register(rows.LimitState)
class LimitStateAdmin(ReadOnlyAdmin):
    list_display = ["key", "limit", "count", "refusals", "waits_until", "forgotten_at"]
    list_filter = ["limit"]
    list_select_related = []
    ordering = ["-forgotten_at"]


@admin.register(rows.KnownAddress)
class FamiliarAddressAdmin(ReadOnlyAdmin):
    list_display = ["key", "seen_at"]
    list_select_related = []
    ordering = ["-seen_at"]


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    list_display = ["action_time", "user", "object_repr", "message", "content_type"]
    list_filter = ["action_flag", "content_type"]
    list_select_related = ["user", "content_type"]
    search_fields = ["user__email", "object_repr", "change_message"]
    ordering = ["-action_time"]
    fields = ["action_time", "user", "content_type", "object_id", "object_repr", "message"]

    @admin.display(description="what was done")
    def message(self, row: LogEntry) -> str:
        return row.get_change_message()
