"""Pages of an organization: suspend, reopen and delete it, invite someone, change and remove members."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse

from accounts import models as rows
from accounts.admin.organization_contents import INVITATIONS, MEMBERS, member_count_of
from accounts.domain.access import OrganizationId, OrganizationStatus, OrgRole, Principal, UserId
from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.people import name_of
from authsvc.composition.container import services
from authsvc.http.forms import AddressField

ROLES = [(role.value, role.value.capitalize()) for role in reversed(OrgRole)]


class InviteForm(forms.Form):
    email = AddressField(label="E-mail address")
    role = forms.ChoiceField(choices=ROLES)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=ROLES)


class OrganizationPages:
    """Mixin of the admin class of organizations."""

    @admin_page({"<id:org_id>/suspend/": "accounts_organization_suspend"}, takes_away=True)
    def suspend_view(self, request: HttpRequest, org_id: UUID) -> HttpResponse:
        page: Any = self
        row = self._closable(request, org_id, OrganizationStatus.ACTIVE)

        def act(form: forms.Form, by: Principal) -> str:
            return suspend(row, form.cleaned_data["reason"], by)

        effects = (
            f"{member_count_of(row)} and its clients can no longer enter, and its courses are closed.",
            "Nothing is deleted. It can be reopened at any time.",
        )
        title = f"Suspend {row.name}"
        response: HttpResponse = page.confirmed(request, row, act, title=title, effects=effects)
        return response

    @admin_page({"<id:org_id>/reopen/": "accounts_organization_reopen"}, takes_away=True)
    def reopen_view(self, request: HttpRequest, org_id: UUID) -> HttpResponse:
        page: Any = self
        row = self._closable(request, org_id, OrganizationStatus.SUSPENDED)

        def act(form: forms.Form, by: Principal) -> str:
            return reopen(row, form.cleaned_data["reason"], by)

        effects = (f"{member_count_of(row)} and its clients can enter again, as before.",)
        response: HttpResponse = page.confirmed(
            request, row, act, title=f"Reopen {row.name}", effects=effects, takes_away=False
        )
        return response

    @admin_page({"<id:org_id>/delete/": "accounts_organization_delete_for_good"}, takes_away=True)
    def delete_for_good_view(self, request: HttpRequest, org_id: UUID) -> HttpResponse:
        page: Any = self
        row = self._closable(request, org_id, None)

        def act(form: forms.Form, by: Principal) -> str:
            reason = form.cleaned_data["reason"]
            services().organizations.delete(OrganizationId(row.pk), reason=reason, by=by)
            return f"Deleted {row.name}. Its learners keep their credentials."

        effects = (
            f"{member_count_of(row)} and its clients can no longer enter. This cannot be undone.",
            "Learners keep the credentials that they earned. Records stay in the audit log.",
        )
        title = f"Delete {row.name}"
        response: HttpResponse = page.confirmed(request, row, act, title=title, effects=effects)
        return response

    @admin_page({"<id:org_id>/invite/": "accounts_organization_invite"}, takes_away=True)
    def invite_view(self, request: HttpRequest, org_id: UUID) -> HttpResponse:
        page: Any = self
        row = page.row_allowed_by(page.has_change_permission, request, org_id)

        def act(form: forms.Form, by: Principal) -> str:
            invitation = services().invitations.invite(
                OrganizationId(row.pk),
                email=form.cleaned_data["email"],
                role=OrgRole(form.cleaned_data["role"]),
                by=by,
            )
            role = invitation.role.value
            return f"Invited {invitation.email} to {row.name} as {role}. A link was mailed to them."

        response: HttpResponse = page.confirmed(
            request,
            row,
            act,
            title=f"Invite someone to {row.name}",
            effects=(
                "They get a link, valid for 7 days, and may accept it with or without an account.",
            ),
            form_class=InviteForm,
            takes_away=False,
            then=page.page_url(row, INVITATIONS.key),
        )
        return response

    @admin_page(
        {"<id:org_id>/members/<id:user_id>/role/": "accounts_organization_role"}, takes_away=True
    )
    def role_view(self, request: HttpRequest, org_id: UUID, user_id: UUID) -> HttpResponse:
        page: Any = self
        row, member = self._member(request, org_id, user_id)

        def act(form: forms.Form, by: Principal) -> str:
            role = OrgRole(form.cleaned_data["role"])
            services().members.assign(
                OrganizationId(row.pk), UserId(member.user_id), role=role, by=by
            )
            return f"Made {name_of(member.user)} {role.value} of {row.name}."

        response: HttpResponse = page.confirmed(
            request,
            row,
            act,
            title=f"Change the role of {name_of(member.user)}",
            effects=(f"{name_of(member.user)} is {member.role} of {row.name} now.",),
            form_class=RoleForm,
            takes_away=False,
            then=page.page_url(row, MEMBERS.key),
            initial={"role": member.role},
        )
        return response

    @admin_page(
        {"<id:org_id>/members/<id:user_id>/remove/": "accounts_organization_remove"},
        takes_away=True,
    )
    def remove_view(self, request: HttpRequest, org_id: UUID, user_id: UUID) -> HttpResponse:
        page: Any = self
        row, member = self._member(request, org_id, user_id)

        def act(form: forms.Form, by: Principal) -> str:
            org, user, reason = row.pk, member.user_id, form.cleaned_data["reason"]
            services().members.remove(OrganizationId(org), UserId(user), reason=reason, by=by)
            return f"Removed {name_of(member.user)} from {row.name}."

        response: HttpResponse = page.confirmed(
            request,
            row,
            act,
            title=f"Remove {name_of(member.user)} from {row.name}",
            effects=("Their account, their progress and their credentials stay.",),
            then=page.page_url(row, MEMBERS.key),
        )
        return response

    def _closable(
        self, request: HttpRequest, org_id: UUID, status: OrganizationStatus | None
    ) -> rows.Organization:
        """The organization, with this status. Raises PermissionDenied, Http404."""
        page: Any = self
        row: rows.Organization = page.row_allowed_by(page.has_act_permission, request, org_id)
        if row.status == OrganizationStatus.DELETED or status not in (None, row.status):
            raise Http404
        return row

    def _member(
        self, request: HttpRequest, org_id: UUID, user_id: UUID
    ) -> tuple[rows.Organization, rows.OrgMembership]:
        """An open organization and its member. Raises PermissionDenied, Http404."""
        page: Any = self
        row = page.row_allowed_by(page.has_change_permission, request, org_id)
        member = rows.OrgMembership.objects.filter(org=row, user=user_id).select_related("user")
        if (membership := member.first()) is None:
            raise Http404
        return row, membership


def suspend(row: rows.Organization, reason: str, by: Principal) -> str:
    """Suspend an organization; returns what happened."""
    services().organizations.suspend(OrganizationId(row.pk), reason=reason, by=by)
    return f"Suspended {row.name}. {member_count_of(row)} can no longer enter."


def reopen(row: rows.Organization, reason: str, by: Principal) -> str:
    """Reopen an organization; returns what happened."""
    services().organizations.reopen(OrganizationId(row.pk), reason=reason, by=by)
    return f"Reopened {row.name}. {member_count_of(row)} can enter again."
