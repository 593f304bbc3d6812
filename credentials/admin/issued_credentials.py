"""Admin pages of issued credentials: reading, revoking and re-issuing them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.public import OPERATOR, Principal, Right, SubjectType
from authsvc.admin_site.actions import admin_page, staff_action
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.labels import status_badge
from authsvc.admin_site.lists import StaffChangeList
from authsvc.admin_site.model_admins import ReadOnlyAdmin
from authsvc.admin_site.pages import Confirmation, confirm_page
from authsvc.admin_site.people import name_of
from authsvc.admin_site.tenants import AuditsTenantAccess, sees_organizations
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import submit
from credentials import models as rows
from credentials.admin.issued_filters import IssuedFilter
from credentials.admin.rules import proofs_of, text_of
from credentials.domain.entities.credentials import (
    IssuedCredentialId,
    RevocationCause,
    Verification,
)
from credentials.domain.entities.public import CAUSES

PAGE_AFTER: Final = (
    "The public page says that it is revoked, with the date and the cause, and without the reason."
)
RECORD_STAYS: Final = "The record that it was issued stays."


class RevokeForm(ReasonForm):
    """What strangers are told, and the reason, which stays internal."""

    cause = forms.ChoiceField(choices=list(CAUSES.items()), help_text="Shown on its public page.")
    field_order = ("cause", "reason")


@admin.register(rows.UserCredential)
class UserCredentialAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    subject_type = SubjectType.USER_CREDENTIAL
    right = Right.AWARD_CREDENTIALS
    owner = "org"
    list_display = [
        "person",
        "credential",
        "org",
        "state",
        "issued_at",
        "expires_at",
        "public_page",
    ]
    list_filter = ["is_current", "org"]
    list_select_related = ["user", "credential", "org"]
    search_fields = ["user__email", "credential__name"]
    ordering = ["-issued_at"]
    fields = [
        "id",
        "user",
        "credential",
        "org",
        "status",
        "issued_at",
        "expires_at",
        "terms_issued",
        "evidence",
        "lost_grounds",
        "verify",
        "suspension",
        "revocation",
        "supersedes",
    ]
    actions = ["revoke", "suspend", "resume", "reissue"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        form = IssuedFilter(request.GET, sees_organizations=sees_organizations(request))
        return partial(StaffChangeList, filter_form=form)

    def label_of(self, row: rows.UserCredential) -> str:
        return f"“{row.credential.name}” of {name_of(row.user)}"

    @admin.display(ordering="user__name")
    def person(self, row: rows.UserCredential) -> str:
        return name_of(row.user)

    @admin.display(description="status", ordering="revoked_at")
    def state(self, row: rows.UserCredential) -> SafeString:
        if row.revoked_at is not None:
            return status_badge("revoked")
        if row.suspended_at is not None:
            return status_badge("suspended")
        is_over = row.expires_at is not None and row.expires_at <= services().ports.clock.now()
        return status_badge("expired" if is_over else "valid")

    @admin.display
    def public_page(self, row: rows.UserCredential) -> SafeString:
        return format_html('<a href="{}">Public page</a>', _public_url(row))

    @admin.display
    def status(self, row: rows.UserCredential) -> str:
        return services().issuing.verify(IssuedCredentialId(row.id)).status.value

    @admin.display(description="terms")
    def terms_issued(self, row: rows.UserCredential) -> SafeString:
        facts = {"version": row.credential_version} | row.terms
        rule = facts.pop("rule", None)
        lines = ((name.replace("_", " "), fact or "-") for name, fact in facts.items())
        text = format_html_join("", "<div>{}: {}</div>", lines)
        return format_html("{}<pre>{}</pre>", text, text_of(rule)) if rule else text

    @admin.display
    def evidence(self, row: rows.UserCredential) -> SafeString:
        when = display_for_value(row.completed_at, "")
        grades = format_html_join(
            "",
            "<div>Attempt {} was graded by {}, after proposals of {}.</div>",
            (
                (grade["attempt_id"], grade["graded_by"] or "a client", ", ".join(grade["models"]))
                for grade in row.assisted_grades or ()
            ),
        )
        if row.met_by is None:
            return format_html("{}{}", _completion_of(row, when), grades)
        text = f"On version {row.course_version} of {row.course} at {when}"
        return format_html("{}<pre>{}</pre>{}", text, proofs_of(row.met_by), grades)

    @admin.display
    def lost_grounds(self, row: rows.UserCredential) -> SafeString | str:
        """Results that earned the credential and no longer count."""
        lines = (
            (
                display_for_value(event.occurred_at, ""),
                reverse("admin:progress_assessmentattempt_change", args=[event.fact.entity_id]),
            )
            for event in services().grounds.lost(IssuedCredentialId(row.id), by=OPERATOR)
        )
        text = '<div>At {}, <a href="{}">an attempt</a> lost its pass, and its item is open again.</div>'
        return format_html_join("", text, lines) or "-"

    @admin.display
    def verify(self, row: rows.UserCredential) -> SafeString:
        return format_html('<a href="{0}">{0}</a>', _public_url(row))

    @admin.display
    def suspension(self, row: rows.UserCredential) -> str:
        if row.suspended_at is None:
            return "-"
        when = display_for_value(row.suspended_at, "")
        return f"At {when} by {row.suspended_by or 'the operator'}: {row.suspension_reason}"

    @admin.display
    def revocation(self, row: rows.UserCredential) -> str:
        if row.revoked_at is None:
            return "-"
        when = display_for_value(row.revoked_at, "")
        cause = row.revocation_cause
        words = CAUSES[RevocationCause(cause)] if cause else ""
        reason = f"{words}. {row.revocation_reason}" if words else row.revocation_reason
        return f"At {when} by {row.revoked_by or 'the operator'}: {reason}"

    @admin_page({"<id:issued_id>/revoke/": "credentials_usercredential_revoke"}, takes_away=True)
    def revoke_view(self, request: HttpRequest, issued_id: UUID) -> HttpResponse:
        """Revoke one, after saying what that means."""
        row = self.row_allowed_by(self.has_act_permission, request, issued_id)
        name = f"“{row.terms['name']}” of {name_of(row.user)}"
        effects = (
            f"{name_of(row.user)} no longer holds it.",
            PAGE_AFTER,
            RECORD_STAYS,
        )
        form = RevokeForm(request.POST or None)

        def act() -> object:
            return services().issuing.revoke(
                IssuedCredentialId(row.pk),
                reason=form.cleaned_data["reason"],
                cause=RevocationCause(form.cleaned_data["cause"]),
                by=staff_of(request),
            )

        if request.method != "POST" or not submit(
            form, lambda: self._perform(request, row, form, act, "Revoked")
        ):
            return self._confirmation(request, row, form, title=f"Revoke {name}", effects=effects)
        self.message_user(request, f"Revoked {name}. Its public page says so.", messages.SUCCESS)
        return redirect("admin:credentials_usercredential_change", row.pk)

    @admin_page({"<id:issued_id>/reissue/": "credentials_usercredential_reissue"}, takes_away=True)
    def reissue_view(self, request: HttpRequest, issued_id: UUID) -> HttpResponse:
        """Issue a new one in place of one, after saying what that means."""
        row = self.row_allowed_by(self.has_act_permission, request, issued_id)
        name = f"“{row.terms['name']}” of {name_of(row.user)}"
        effects = (
            f"{name_of(row.user)} gets a new credential on the present terms, with a public page of its own.",
            "This one is revoked, if it is still valid, and its public page says so.",
        )
        form = ReasonForm(request.POST or None)
        new: list[Verification] = []

        def act() -> object:
            new.append(
                services().issuing.reissue(
                    IssuedCredentialId(row.pk),
                    reason=form.cleaned_data["reason"],
                    by=staff_of(request),
                )
            )
            return new

        if request.method != "POST" or not submit(
            form, lambda: self._perform(request, row, form, act, "Re-issued")
        ):
            return self._confirmation(request, row, form, title=f"Re-issue {name}", effects=effects)
        self.message_user(request, f"Re-issued {name}. This is the new one.", messages.SUCCESS)
        return redirect("admin:credentials_usercredential_change", new[-1].issued.id)

    def _perform(
        self,
        request: HttpRequest,
        row: rows.UserCredential,
        form: ReasonForm,
        act: Callable[[], object],
        done: str,
    ) -> None:
        self.perform(request, row, act, f"{done}. Reason: {form.cleaned_data['reason']}")

    def _confirmation(
        self,
        request: HttpRequest,
        row: rows.UserCredential,
        form: ReasonForm,
        *,
        title: str,
        effects: Sequence[str],
    ) -> HttpResponse:
        confirmation = Confirmation(
            title=title,
            effects=tuple(effects),
            verb=title,
            back=self.page_url(row),
        )
        return confirm_page(request, confirmation, form, opts=self.opts)

    @staff_action(
        "Revoke",
        done="revoked",
        requires_reason=True,
        form_class=RevokeForm,
        effects=["Its holder no longer holds it.", PAGE_AFTER, RECORD_STAYS],
    )
    def revoke(self, row: rows.UserCredential, reason: str, by: Principal, *, cause: str) -> None:
        services().issuing.revoke(
            IssuedCredentialId(row.id), reason=reason, cause=RevocationCause(cause), by=by
        )

    @staff_action("Suspend", done="suspended", requires_reason=True)
    def suspend(self, row: rows.UserCredential, reason: str, by: Principal) -> None:
        services().issuing.suspend(IssuedCredentialId(row.id), reason=reason, by=by)

    @staff_action("Resume", done="resumed", requires_reason=True)
    def resume(self, row: rows.UserCredential, reason: str, by: Principal) -> None:
        services().issuing.resume(IssuedCredentialId(row.id), reason=reason, by=by)

    @staff_action("Re-issue", done="re-issued", requires_reason=True)
    def reissue(self, row: rows.UserCredential, reason: str, by: Principal) -> None:
        services().issuing.reissue(IssuedCredentialId(row.id), reason=reason, by=by)


def _completion_of(row: rows.UserCredential, when: str) -> str:
    """What was completed; of a credential that was issued by hand before that, that it was not."""
    progress = apps.get_model("progress", "CourseProgress").objects
    on_course = progress.filter(user_id=row.user_id, course_id=row.course_id)
    if on_course.filter(completed_at=row.completed_at).exists():
        return f"Completed version {row.course_version} of {row.course} at {when}"
    return (
        f"Issued by hand, on version {row.course_version} of {row.course}, which was not completed then. "
        "The audit log has the reason."
    )


def _public_url(row: rows.UserCredential) -> str:
    return services().addresses.page(row.id)
