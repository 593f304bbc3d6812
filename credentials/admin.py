"""Credentials, as they are defined and as they were issued, for staff."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.public import Principal, Right, SubjectType
from authsvc.actors import staff_of
from authsvc.container import services
from authsvc.kernel.reach import Reach
from authsvc.staff import LookOnlyAdmin, OfOrganizations, ServiceAdmin, staff_action
from authsvc.storage.reach import owned_within
from courses.public import CourseId
from credentials import models as rows
from credentials.domain.entities import (
    LONGEST_VALIDITY_DAYS,
    CredentialId,
    CredentialTerms,
    CredentialType,
    UserCredentialId,
)


class CredentialForm(forms.ModelForm[rows.Credential]):
    """`reach` is that of whoever fills it in; Django makes a class for each request."""

    reach: ClassVar[Reach] = Reach()
    image_url = forms.URLField(
        label="Image URL", max_length=2000, required=False, assume_scheme="https"
    )
    valid_for_days = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_VALIDITY_DAYS,
        required=False,
        help_text="Leave empty if it never expires.",
    )
    course = rows.Credential._meta.get_field("course").formfield()

    class Meta:
        model = rows.Credential
        fields = [
            "name",
            "type",
            "description",
            "criteria",
            "issuer",
            "image_url",
            "course",
            "valid_for_days",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        courses: Any = self.fields["course"]
        courses.queryset = courses.queryset.filter(owned_within(self.reach))

    @property
    def terms(self) -> CredentialTerms:
        said = self.cleaned_data
        return CredentialTerms(
            name=said["name"],
            type=CredentialType(said["type"]),
            description=said["description"],
            criteria=said["criteria"],
            issuer=said["issuer"],
            image_url=said["image_url"],
            course_id=CourseId(said["course"].pk),
            valid_for_days=said["valid_for_days"],
        )


@admin.register(rows.Credential)
class CredentialAdmin(OfOrganizations, ServiceAdmin):
    looked_at = SubjectType.CREDENTIAL
    right = Right.AWARD_CREDENTIALS
    owner = "org"
    form = CredentialForm
    list_display = ["name", "type", "course", "org", "version", "is_offered", "created_at"]
    list_filter = ["type", "is_offered", "org"]
    list_select_related = ["course", "org"]
    search_fields = ["name", "issuer", "course__slug"]
    ordering = ["name"]
    actions = ["offer", "withdraw"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [] if obj is None else ["org", "version", "is_offered", "created_at"]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [*CredentialForm.Meta.fields, *self.get_readonly_fields(request, obj)]

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002  # Django's signature
        **kwargs: Any,
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.reach = staff_of(request).reach
        return form

    def added(self, form: CredentialForm, by: Principal) -> UUID:
        return services().credentials.define(form.terms, by=by).id

    def changed(self, row: rows.Credential, form: CredentialForm, by: Principal) -> None:
        services().credentials.amend(CredentialId(row.id), form.terms, by=by)

    @staff_action("Offer", done="offered")
    def offer(self, row: rows.Credential, reason: str, by: Principal) -> None:
        services().credentials.offer(CredentialId(row.id), is_offered=True, by=by)

    @staff_action("Withdraw", done="withdrawn", asks_why=True)
    def withdraw(self, row: rows.Credential, reason: str, by: Principal) -> None:
        services().credentials.offer(CredentialId(row.id), is_offered=False, reason=reason, by=by)


@admin.register(rows.UserCredential)
class UserCredentialAdmin(OfOrganizations, LookOnlyAdmin):
    looked_at = SubjectType.USER_CREDENTIAL
    right = Right.AWARD_CREDENTIALS
    owner = "org"
    list_display = [
        "user",
        "credential",
        "org",
        "issued_at",
        "expires_at",
        "revoked_at",
        "is_current",
    ]
    list_filter = ["is_current", ("revoked_at", admin.EmptyFieldListFilter), "org"]
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
        "verify",
        "revocation",
        "supersedes",
    ]
    actions = ["revoke", "reissue"]

    @admin.display
    def status(self, row: rows.UserCredential) -> str:
        return services().issuing.get(UserCredentialId(row.id)).status.value

    @admin.display(description="terms")
    def terms_issued(self, row: rows.UserCredential) -> SafeString:
        facts = {"version": row.credential_version} | row.terms
        lines = ((name.replace("_", " "), fact or "-") for name, fact in facts.items())
        return format_html_join("", "<div>{}: {}</div>", lines)

    @admin.display
    def evidence(self, row: rows.UserCredential) -> str:
        when = display_for_value(row.completed_at, "")
        return f"Completed version {row.course_version} of {row.course} at {when}"

    @admin.display
    def verify(self, row: rows.UserCredential) -> SafeString:
        url = f"{settings.ENVIRONMENT.public_url}/v1/issued/{row.id}/verify"
        return format_html('<a href="{0}">{0}</a>', url)

    @admin.display
    def revocation(self, row: rows.UserCredential) -> str:
        if row.revoked_at is None:
            return "-"
        when = display_for_value(row.revoked_at, "")
        return f"At {when} by {row.revoked_by or 'the operator'}: {row.revocation_reason}"

    @staff_action("Revoke", done="revoked", asks_why=True)
    def revoke(self, row: rows.UserCredential, reason: str, by: Principal) -> None:
        services().issuing.revoke(UserCredentialId(row.id), reason=reason, by=by)

    @staff_action("Re-issue", done="re-issued", asks_why=True)
    def reissue(self, row: rows.UserCredential, reason: str, by: Principal) -> None:
        services().issuing.reissue(UserCredentialId(row.id), reason=reason, by=by)
