"""Admin pages of users, sessions, rate limits and idempotency records."""

from typing import Any, Final
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html

from accounts import models as rows
from accounts.admin.impersonation import ImpersonationPages
from accounts.admin.people_filters import is_named, organizations_of, with_columns
from accounts.admin.people_pages import PeoplePages
from accounts.admin.person_pages import PersonPages, deactivate, end_sessions
from accounts.domain.access import (
    OrganizationId,
    OrganizationStatus,
    OrgRole,
    Principal,
    Right,
    Role,
    UserId,
)
from accounts.domain.identity.entities.profiles import PROFILE_MEMBERS
from accounts.domain.identity.entities.users import RequiredAction, UserChanges
from authsvc.admin_site.actions import admin_page, staff_action
from authsvc.admin_site.model_admins import ListOnlyAdmin, ReadOnlyAdmin, ServiceAdmin
from authsvc.admin_site.people import name_of
from authsvc.admin_site.template_tags import moment
from authsvc.admin_site.tenants import sees_organizations
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import AddressField, NameField, ProfileFields, submit
from authsvc.kernel.ids import parse_uuid


class UserForm(forms.ModelForm[rows.User]):
    name = NameField(label="Name", max_length=200, required=False)
    roles = forms.MultipleChoiceField(
        choices=[(role.value, role.value) for role in (Role.INSTRUCTOR, Role.ADMIN)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Every user is a learner. Admins are staff and have every right.",
    )

    class Meta:
        model = rows.User
        fields = ["name", "roles", "is_staff", "groups"]
        labels = {"email": "E-mail address", "is_staff": "Staff"}
        widgets = {"groups": forms.CheckboxSelectMultiple}
        help_texts = {
            "is_staff": "Can sign in to the admin site; groups grant permissions.",
            "groups": "",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["roles"] = [role for role in self.instance.roles if role != Role.LEARNER]


class EditUserForm(ProfileFields, UserForm):
    """A user and their profile, whose members have no columns of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= self.instance.profile_members


class NewUserForm(UserForm):
    """An invitation: the person is mailed a link to choose a password, and one to join an organization."""

    email = AddressField(label="E-mail address")
    organization = forms.ModelChoiceField(
        rows.Organization.objects.filter(status=OrganizationStatus.ACTIVE).order_by("name"),
        required=False,
        help_text="The person is mailed an invitation to it, too.",
    )
    organization_role = forms.ChoiceField(
        choices=[(role.value, role.value.capitalize()) for role in reversed(OrgRole)],
        required=False,
    )
    needs_second_factor = forms.BooleanField(
        label="Set up a second factor at the first sign-in", required=False
    )

    class Meta(UserForm.Meta):
        fields = ["email", "name", "roles", "is_staff", "groups"]


_LISTS: Final = ("accounts_user_changelist", "accounts_user_export")

# Users manage these rows on their account pages; admin pages would bypass the services.
admin.site.unregister([Authenticator, EmailAddress])


@admin.register(rows.User)
class UserAdmin(ImpersonationPages, PeoplePages, PersonPages, ServiceAdmin):
    right = Right.MANAGE_USERS
    form = EditUserForm
    add_form = NewUserForm
    add_title = "Invite a person"
    add_button = "Send the invitation"
    list_display = [
        "person",
        "status",
        "role_names",
        "is_staff",
        "organizations",
        "last_seen",
        "created_at",
    ]
    list_filter = ["is_active", "is_staff"]
    list_select_related = []
    search_fields = ["email", "name"]
    ordering = ["-created_at"]
    actions = ["deactivate", "activate", "end_sessions"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search as the API does, or by primary key."""
        if not search_term:
            return queryset, False
        if parse_uuid(search_term) is not None:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(is_named(search_term)), False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        if obj is None:
            invitation = ["email", "name", "roles", "is_staff", "needs_second_factor"]
            of_admins = ["groups", "organization", "organization_role"]
            return [*invitation, *(of_admins if request.user.is_superuser else [])]
        editable = ["email", "name", "roles", "is_staff", "groups"]
        if not self.has_change_permission(request, obj):
            return [*editable, "profile_members", "is_active", "created_at", "last_login"]
        return [*editable, *PROFILE_MEMBERS, "is_active", "created_at", "last_login"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Only superusers assign groups."""
        if obj is None:
            return []
        read_only = ["email", "is_active", "created_at", "last_login"]
        return read_only if request.user.is_superuser else [*read_only, "groups"]

    def prepare_form(self, form: Any, request: HttpRequest, row: Any) -> None:
        """Only admins of the platform invite to organizations; Django keeps declared fields that a page leaves out.

        Groups have a page of their own, so that there is no button to add one here.
        """
        if "groups" in form.base_fields:
            form.base_fields["groups"].widget.can_add_related = False
        if row is None and not request.user.is_superuser:
            for name in ("organization", "organization_role"):
                del form.base_fields[name]

    def added(self, form: NewUserForm, by: Principal) -> UUID:
        values = form.cleaned_data
        user = services().users.create(
            email=values["email"],
            name=values["name"],
            roles=[Role(role) for role in values["roles"]],
            is_staff=values["is_staff"],
            required_actions=(
                [RequiredAction.SET_UP_SECOND_FACTOR] if values["needs_second_factor"] else []
            ),
            by=by,
        )
        if organization := values.get("organization"):
            org_id, role = (
                OrganizationId(organization.pk),
                OrgRole(values["organization_role"] or OrgRole.LEARNER),
            )
            services().invitations.invite(org_id, email=user.email, role=role, by=by)
        return user.id

    def response_add(
        self, request: HttpRequest, obj: rows.User, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Say what was sent, and what staff without a group see."""
        sentence = f"Invited {name_of(obj)}. A link to choose a password was sent to {obj.email}."
        self.message_user(request, sentence, messages.SUCCESS)
        if obj.is_staff and not obj.is_superuser and not obj.groups.exists():
            warning = (
                f"{name_of(obj)} can sign in to the admin site but sees no page. Choose a group."
            )
            self.message_user(request, warning, messages.WARNING)
        return redirect("admin:accounts_user_change", obj.pk)

    def changed(self, row: rows.User, form: EditUserForm, by: Principal) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        changes = UserChanges(
            name=values.get("name"),
            profile={name: values[name] for name in PROFILE_MEMBERS if name in values} or None,
            roles=[Role(role) for role in values["roles"]] if "roles" in values else None,
            is_staff=values.get("is_staff"),
        )
        services().users.edit(UserId(row.id), changes, by=by)

    def label_of(self, row: rows.User) -> str:
        return name_of(row)

    def line_of(self, row: rows.User) -> str:
        return f"{row.name}, {row.email}" if row.name else row.email

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        people = super().get_queryset(request)
        is_list = request.resolver_match and request.resolver_match.url_name in _LISTS
        if not is_list:
            return people
        return with_columns(people, sees_organizations=sees_organizations(request))

    @admin.display(ordering="name")
    def person(self, row: rows.User) -> str:
        """The name with the address below it."""
        if not row.name:
            return row.email
        return format_html('{}<br><span class="quiet">{}</span>', row.name, row.email)

    @admin.display(ordering="is_active")
    def status(self, row: rows.User) -> str:
        return "active" if row.is_active else "deactivated"

    @admin.display
    def organizations(self, row: rows.User) -> str:
        return organizations_of(row)

    @admin.display(description="last seen (UTC)")
    def last_seen(self, row: Any) -> str:
        return moment(row.last_seen)

    @admin.display(description="roles")
    def role_names(self, row: rows.User) -> str:
        return ", ".join(row.roles)

    @staff_action("Deactivate", done="deactivated", requires_reason=True)
    def deactivate(self, row: rows.User, reason: str, by: Principal) -> str:
        return deactivate(row, reason, by)

    @staff_action("End all sessions of", done="ended the sessions of", requires_reason=True)
    def end_sessions(self, row: rows.User, reason: str, by: Principal) -> str:
        return end_sessions(row, reason, by)

    @staff_action("Activate", done="activated")
    def activate(self, row: rows.User, reason: str, by: Principal) -> None:
        services().users.edit(UserId(row.id), UserChanges(is_active=True), by=by)

    @admin_page({"<id:user_id>/password/": "accounts_user_password"})
    def password_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        row = self.row_allowed_by(self.has_change_permission, request, user_id)
        form = forms.Form(request.POST if request.method == "POST" else None)

        def send_link() -> None:
            services().users.send_password_link(UserId(row.id), by=staff_of(request))

        if submit(form, lambda: self.perform(request, row, send_link, "Sent a password link.")):
            self.message_user(
                request, f"A link to set a password was sent to {row}.", messages.SUCCESS
            )
            return redirect("admin:accounts_user_change", row.pk)
        return self.row_form_page(request, row, form, title="Send a link to set a password")


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


@admin.register(rows.SignInChallenge)
class SignInChallengeAdmin(ListOnlyAdmin):
    list_display = ["user", "expires_at"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    ordering = ["-expires_at"]


@admin.register(rows.RefreshToken)
class RefreshTokenAdmin(ListOnlyAdmin):
    list_display = ["session", "issued_at", "expires_at", "used_at"]
    list_select_related = ["session"]
    search_fields = ["session__user__email"]
    ordering = ["-issued_at"]


@admin.register(rows.IdempotencyRecord)
class IdempotencyRecordAdmin(ReadOnlyAdmin):
    list_display = ["id", "status", "content_type", "kept_at"]
    list_filter = ["status"]
    list_select_related = []
    fields = ["id", "status", "content_type", "kept_at"]
    ordering = ["-kept_at"]
    deferred = ["body", "fingerprint"]


@admin.register(rows.LimitState)
class LimitStateAdmin(ReadOnlyAdmin):
    list_display = ["key", "limit", "count", "refusals", "waits_until", "forgotten_at"]
    list_filter = ["limit"]
    list_select_related = []
    ordering = ["-forgotten_at"]


@admin.register(rows.KnownAddress)
class KnownAddressAdmin(ReadOnlyAdmin):
    list_display = ["key", "seen_at"]
    list_select_related = []
    ordering = ["-seen_at"]
