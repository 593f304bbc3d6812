"""Admin pages of organizations and their members."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts import models as rows
from accounts.domain.access import (
    OrganizationId,
    OrganizationStatus,
    OrgRole,
    Principal,
    Right,
    UserId,
)
from accounts.domain.audit.entities import SubjectType
from accounts.domain.organizations.entities import InvitationId, Organization, Plan
from accounts.domain.organizations.errors import InvalidMemberList, UnsuitableOrganization
from accounts.domain.organizations.services.member_lists import ListOutcome, ListResult
from accounts.domain.organizations.services.member_rows import MOST_ROWS
from accounts.domain.tasks.entities import Task
from authsvc.admin_site.actions import admin_page, staff_action
from authsvc.admin_site.forms import show_text_of_file
from authsvc.admin_site.model_admins import ReadOnlyAdmin, ReadOnlyInline, ServiceAdmin
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import AddressField, NameField, TextFileField, add_form_errors


def _assignment(role: OrgRole) -> Any:
    """The action that gives members this role."""

    @staff_action(f"Make {role.value}s of", done=f"made {role.value}")
    def assign(page: Any, row: rows.OrgMembership, reason: str, by: Principal) -> str:
        org_id, user_id = OrganizationId(row.org_id), UserId(row.user_id)
        member = services().members.assign(org_id, user_id, role=role, by=by)
        return f"Made {row.user.name or row.user.email} {member.role.value} of {row.org}."

    return assign


@admin.register(rows.OrgMembership)
class OrgMembershipAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    right = Right.MANAGE_ORGANIZATIONS
    subject_type = SubjectType.MEMBER
    list_display = ["user", "org", "role", "joined_at"]
    list_filter = ["role"]
    list_select_related = ["user", "org"]
    search_fields = ["user__email", "org__name", "org__slug"]
    ordering = ["-joined_at"]
    fields = ["user", "org", "role", "joined_at"]
    actions = ["make_owner", "make_admin", "make_instructor", "make_learner", "remove"]

    def label_of(self, row: rows.OrgMembership) -> str:
        return f"{row.user.name or row.user.email} in {row.org}"

    def line_of(self, row: rows.OrgMembership) -> str:
        return str(row)

    def audited_subject(self, row: rows.OrgMembership) -> tuple[Any, Any]:
        return row.org_id, row.user_id

    make_owner = _assignment(OrgRole.OWNER)
    make_admin = _assignment(OrgRole.ADMIN)
    make_instructor = _assignment(OrgRole.INSTRUCTOR)
    make_learner = _assignment(OrgRole.LEARNER)

    @staff_action("Remove", done="removed", requires_reason=True)
    def remove(self, row: rows.OrgMembership, reason: str, by: Principal) -> str:
        org_id, user_id = OrganizationId(row.org_id), UserId(row.user_id)
        services().members.remove(org_id, user_id, reason=reason, by=by)
        return f"Removed {row.user.name or row.user.email} from {row.org}."


@admin.register(rows.Invitation)
class InvitationAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    right = Right.MANAGE_ORGANIZATIONS
    subject_type = SubjectType.INVITATION
    list_display = ["email", "org", "role", "created_at", "expires_at"]
    list_filter = ["role"]
    list_select_related = ["org"]
    search_fields = ["email", "org__name", "org__slug"]
    ordering = ["-created_at"]
    fields = ["email", "org", "role", "invited_by", "created_at", "expires_at"]
    actions = ["cancel"]
    deferred = ["token_hash"]

    def label_of(self, row: rows.Invitation) -> str:
        return f"the invitation of {row.email}"

    @staff_action("Cancel", done="cancelled")
    def cancel(self, row: rows.Invitation, reason: str, by: Principal) -> None:
        services().invitations.cancel(OrganizationId(row.org_id), InvitationId(row.id), by=by)


LONGEST_LIST: Final = 1_000_000
OUTCOMES: Final = {
    ListOutcome.ADDED: "added",
    ListOutcome.INVITED: "invited",
    ListOutcome.ALREADY_MEMBER: "already a member",
}


class OrganizationForm(forms.ModelForm[rows.Organization]):
    name = NameField(label="Name", max_length=200)

    class Meta:
        model = rows.Organization
        fields = ["name", "plan"]


class NewOrganizationForm(OrganizationForm):
    owner = AddressField(help_text="Verified e-mail address of an existing account.")

    class Meta(OrganizationForm.Meta):
        fields = ["name", "slug"]

    def clean_owner(self) -> UserId:
        owner = services().emails.find_verified(self.cleaned_data["owner"])
        if owner is None:
            raise ValidationError("No active user has verified this e-mail address.")
        return owner.id

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                _new_organization(values["name"], values["slug"]).checked()
            except UnsuitableOrganization as error:
                add_form_errors(self, error)
        return values


class MemberListForm(forms.Form):
    file = TextFileField(most_bytes=LONGEST_LIST, help_text="Replaces the text below.")
    text = forms.CharField(
        label="List",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "definition", "spellcheck": "false"}),
        help_text=(
            f"CSV with the headings email and role, of up to {MOST_ROWS:,} rows. Commas, semicolons or tabs may "
            "separate the columns. Rows without a role become learners."
        ),
    )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not self.errors:
            values["text"] = values["file"] or values["text"]
            if not values["text"]:
                raise ValidationError("Choose a file or enter a list.")
            show_text_of_file(self, "text", values["text"])
        return values

    def add_row_errors(self, error: InvalidMemberList) -> None:
        """Show what is wrong with the list, line by line."""
        for field_error in error.field_errors:
            self.add_error("text", field_error.detail)


class _OrganizationInline(ReadOnlyInline):
    fk_name = "org"


class MembershipInline(_OrganizationInline):
    model = rows.OrgMembership
    fields = ["role", "joined_at"]
    ordering = ["joined_at", "user_id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user", "org")


class InvitationInline(_OrganizationInline):
    model = rows.Invitation
    fields = ["role", "created_at", "expires_at"]
    ordering = ["created_at", "id"]
    deferred = ["token_hash"]


class ServiceClientInline(_OrganizationInline):
    model = rows.OAuthClient
    fields = ["is_active", "expires_at", "last_used_at"]
    ordering = ["created_at", "id"]
    verbose_name_plural = "service clients"
    deferred = ["secret_hash"]


@admin.register(rows.Organization)
class OrganizationAdmin(AuditsTenantAccess, ServiceAdmin):
    right = Right.MANAGE_ORGANIZATIONS
    subject_type = SubjectType.ORGANIZATION
    form = OrganizationForm
    add_form = NewOrganizationForm
    add_title = "Create an organization"
    list_display = ["name", "slug", "plan", "status", "created_at"]
    list_filter = ["status", "plan"]
    list_select_related = []
    search_fields = ["name", "slug"]
    ordering = ["-created_at"]
    inlines = [MembershipInline, InvitationInline, ServiceClientInline]
    actions = ["suspend", "reopen", "delete"]

    def audited_subject(self, row: rows.Organization) -> tuple[Any, Any]:
        return row.pk, row.pk

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        if obj is None:
            return ["name", "slug", "owner"]
        return ["name", "slug", "plan", "status", "created_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [] if obj is None else ["slug", "status", "created_at"]

    def get_inlines(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [] if obj is None else self.inlines

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Suspended and deleted organizations are read-only."""
        is_open = obj is None or obj.status == OrganizationStatus.ACTIVE
        return is_open and super().has_change_permission(request, obj)

    def added(self, form: NewOrganizationForm, by: Principal) -> UUID:
        values = form.cleaned_data
        organization = services().organizations.create(
            name=values["name"], slug=values["slug"], owner_id=values["owner"], by=by
        )
        return organization.id

    def changed(self, row: rows.Organization, form: OrganizationForm, by: Principal) -> None:
        values = form.cleaned_data
        services().organizations.edit(
            OrganizationId(row.id), name=values["name"], plan=Plan(values["plan"]), by=by
        )

    @staff_action("Suspend", done="suspended", requires_reason=True)
    def suspend(self, row: rows.Organization, reason: str, by: Principal) -> None:
        services().organizations.suspend(OrganizationId(row.id), reason=reason, by=by)

    @staff_action("Reopen", done="reopened")
    def reopen(self, row: rows.Organization, reason: str, by: Principal) -> None:
        services().organizations.reopen(OrganizationId(row.id), by=by)

    @staff_action("Delete", done="deleted", requires_reason=True)
    def delete(self, row: rows.Organization, reason: str, by: Principal) -> None:
        services().organizations.delete(OrganizationId(row.id), reason=reason, by=by)

    @admin_page({"<id:org_id>/members/": "accounts_organization_members"})
    def members_view(self, request: HttpRequest, org_id: UUID) -> HttpResponse:
        """Import a member list; the outcome of each row is shown only in this response."""
        row = self.row_allowed_by(self.has_change_permission, request, org_id)
        form = MemberListForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            try:
                imported = self._import(request, row, form.cleaned_data["text"])
            except InvalidMemberList as error:
                form.add_row_errors(error)
            else:
                if isinstance(imported, Task):
                    return self._import_started(request, imported)
                return self._import_results(request, row, imported)
        return self.row_form_page(request, row, form, title="Import members")

    def _import(
        self, request: HttpRequest, row: rows.Organization, text: str
    ) -> Sequence[ListResult] | Task:
        def note(imported: Sequence[ListResult] | Task) -> None:
            if isinstance(imported, Task):
                self.log_change(request, row, f"Started to import members: task {imported.id}.")
                return
            counts = Counter(OUTCOMES[result.outcome] for result in imported)
            summary = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
            self.log_change(request, row, f"Imported members: {summary}.")

        org_id, by = OrganizationId(row.pk), staff_of(request)
        return services().staff_actions.perform(
            lambda: services().member_list_tasks.import_list(org_id, text, by=by), note=note
        )

    def _import_started(self, request: HttpRequest, task: Task) -> HttpResponse:
        """Show the job to those who may view jobs; the organization's owners follow it over the API."""
        self.message_user(request, "The list is long, so it is imported in the background.")
        return redirect("admin:jobs_job_change", task.id)

    def _import_results(
        self, request: HttpRequest, row: rows.Organization, results: Sequence[ListResult]
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": "Members imported",
            "subtitle": row,
            "opts": self.opts,
            "original": row,
            "results": [(result.row, OUTCOMES[result.outcome]) for result in results],
        }
        return TemplateResponse(request, "admin/accounts/organization/members.html", context)


def _new_organization(name: str, slug: str) -> Organization:
    return Organization(
        id=OrganizationId(uuid4()),
        name=name,
        slug=slug,
        plan=Plan.FREE,
        status=OrganizationStatus.ACTIVE,
        created_at=timezone.now(),
    )
