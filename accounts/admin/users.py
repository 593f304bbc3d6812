"""Users, for staff."""

from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from accounts import models as rows
from accounts.domain.entities import Principal, Right, Role, UserChanges, UserId
from authsvc.actors import staff_of
from authsvc.container import services
from authsvc.forms import AddressField, PasswordField, accepts
from authsvc.staff import ServiceAdmin, question, staff_action, tells_refusals


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
        if complaints := services().ports.password_policy.complaints(password):
            raise ValidationError(complaints)
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

    @staff_action("Deactivate", done="deactivated", asks_why=True)
    def deactivate(self, row: rows.User, reason: str, by: Principal) -> None:
        changes = UserChanges(is_active=False)
        services().users.edit(UserId(row.id), changes, reason=reason, by=by)

    @staff_action("Activate", done="activated")
    def activate(self, row: rows.User, reason: str, by: Principal) -> None:
        services().users.edit(UserId(row.id), UserChanges(is_active=True), by=by)

    @tells_refusals
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
