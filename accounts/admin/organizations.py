"""Admin pages of organizations and their members."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts import models as rows
from accounts.admin.organization_contents import badges_of, contents_of, notice_of, tabs_for
from accounts.admin.organization_pages import OrganizationPages, reopen, suspend
from accounts.domain.access import (
    OrganizationId,
    OrganizationStatus,
    OrgRole,
    Principal,
    Right,
    UserId,
)
from accounts.domain.audit.entities import SubjectType
from accounts.domain.organizations.entities import (
    LONGEST_DESCRIPTION,
    InvitationId,
    OrganizationChanges,
    Plan,
)
from accounts.domain.organizations.errors import InvalidMemberList, UnsuitableOrganization
from accounts.domain.organizations.services.member_lists import ListOutcome, ListResult
from accounts.domain.tasks.entities import Task
from authsvc.admin_site.actions import admin_page, staff_action
from authsvc.admin_site.forms import show_text_of_file
from authsvc.admin_site.model_admins import ReadOnlyAdmin
from authsvc.admin_site.people import name_of
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.admin_site.things import Head, ThingAdmin
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import AddressField, NameField, TextFileField, add_form_errors
from authsvc.kernel.sheets import MOST_ROWS
from authsvc.kernel.urls import LONGEST_URL, PAGE_URL_RULE


def _assignment(role: OrgRole) -> Any:
    """The action that gives members this role."""

    @staff_action(f"Make {role.value}s of", done=f"made {role.value}")
    def assign(page: Any, row: rows.OrgMembership, reason: str, by: Principal) -> str:
        org_id, user_id = OrganizationId(row.org_id), UserId(row.user_id)
        member = services().members.assign(org_id, user_id, role=role, by=by)
        return f"Made {name_of(row.user)} {member.role.value} of {row.org}."

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
        return f"{name_of(row.user)} in {row.org}"

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
        return f"Removed {name_of(row.user)} from {row.org}."


@admin.register(rows.Invitation)
class InvitationAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    right = Right.MANAGE_ORGANIZATIONS
    subject_type = SubjectType.INVITATION
    list_display = ["email", "org", "role", "created_at", "expires_at"]
    list_filter = ["org", "role"]
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
    url = forms.CharField(
        label="Website",
        max_length=LONGEST_URL,
        required=False,
        widget=forms.URLInput(attrs={"class": "vTextField"}),
        help_text=f"Published in its profile as an issuer of credentials. {PAGE_URL_RULE}",
    )
    description = NameField(
        label="Description",
        max_length=LONGEST_DESCRIPTION,
        required=False,
        help_text="Published, too. One line.",
    )
    image_url = forms.CharField(
        label="Image URL",
        max_length=LONGEST_URL,
        required=False,
        widget=forms.URLInput(attrs={"class": "vTextField"}),
        help_text="Address of its logo, which is published, too.",
    )

    class Meta:
        model = rows.Organization
        fields = ["name", "plan", "url", "description", "image_url"]


class NewOrganizationForm(forms.ModelForm[rows.Organization]):
    name = NameField(label="Name", max_length=200)
    owner = AddressField(
        label="E-mail address of the owner",
        help_text="Someone without an account, or without a verified address, is invited.",
    )

    class Meta:
        model = rows.Organization
        fields = ["name", "slug"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                services().organization_setup.check(
                    name=values["name"], slug=values["slug"], owner_email=values["owner"]
                )
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


@admin.register(rows.Organization)
class OrganizationAdmin(OrganizationPages, ThingAdmin):
    right = Right.MANAGE_ORGANIZATIONS
    subject_type = SubjectType.ORGANIZATION
    form = OrganizationForm
    add_form = NewOrganizationForm
    add_title = "Create an organization"
    add_button = "Create the organization"
    list_display = ["name", "slug", "plan", "status", "created_at"]
    list_filter = ["status", "plan"]
    list_select_related = []
    search_fields = ["name", "slug"]
    ordering = ["-created_at"]
    actions = ["suspend", "reopen", "delete"]

    def audited_subject(self, row: rows.Organization) -> tuple[Any, Any]:
        return row.pk, row.pk

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return ["name", "slug", "owner"] if obj is None else OrganizationForm.Meta.fields

    def head_of(self, request: HttpRequest, row: rows.Organization) -> Head:
        may_change = self.has_change_permission(request, row)
        may_act = self.has_act_permission(request) and row.status != OrganizationStatus.DELETED
        return Head(
            title=row.name,
            faint=f"{row.slug} · organization since {row.created_at:%Y-%m-%d}",
            badges=badges_of(row),
            tabs=tabs_for(request),
            tools=[("Invite someone", reverse("admin:accounts_organization_invite", args=[row.pk]))]
            if may_change
            else [],
            notice="admin/accounts/organization/notice.html",
            facts=notice_of(request, row) | {"may_change": may_change, "may_act": may_act},
        )

    def contents_of(
        self, request: HttpRequest, row: rows.Organization, tab: str
    ) -> tuple[Sequence[str], dict[str, Any]]:
        return contents_of(request, row, tab)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Suspended and deleted organizations are read-only."""
        is_open = obj is None or obj.status == OrganizationStatus.ACTIVE
        return is_open and super().has_change_permission(request, obj)

    def added(self, form: Any, by: Principal) -> UUID:
        values = form.cleaned_data
        organization, invitation = services().organization_setup.create(
            name=values["name"], slug=values["slug"], owner_email=values["owner"], by=by
        )
        form.instance.invited_owner = invitation.email if invitation else ""
        return organization.id

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Say who owns the organization, or will."""
        if obj.invited_owner:
            end = f"and invited {obj.invited_owner} to be its owner. A link was mailed to them."
        else:
            owner = rows.OrgMembership.objects.select_related("user").get(org=obj)
            end = f"for {name_of(owner.user)}, who is its owner."
        self.message_user(request, f"Created {obj.name} {end}", messages.SUCCESS)
        return redirect(self.page_url(obj))

    def changed(self, row: rows.Organization, form: OrganizationForm, by: Principal) -> None:
        values = form.cleaned_data
        changes = OrganizationChanges(
            name=values["name"],
            plan=Plan(values["plan"]),
            url=values["url"],
            description=values["description"],
            image_url=values["image_url"],
        )
        services().organizations.edit(OrganizationId(row.id), changes, by=by)

    @staff_action("Suspend", done="suspended", requires_reason=True)
    def suspend(self, row: rows.Organization, reason: str, by: Principal) -> str:
        return suspend(row, reason, by)

    @staff_action("Reopen", done="reopened", requires_reason=True)
    def reopen(self, row: rows.Organization, reason: str, by: Principal) -> str:
        return reopen(row, reason, by)

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
        return TemplateResponse(request, "admin/accounts/organization/imported.html", context)
