"""Admin pages of credential definitions: editing them and checking eligibility."""

from typing import Any, ClassVar, Final
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Count, Model
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.public import Principal, Right, SubjectType, UserId
from authsvc.admin_site.actions import MOST_AT_ONCE, admin_page, staff_action
from authsvc.admin_site.model_admins import ServiceAdmin
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import AddressField, NameField, YamlField
from authsvc.kernel.tenancy import TenantScope
from authsvc.storage.tenancy import owned_within
from courses.public import CourseId
from credentials import models as rows
from credentials.admin.award_lists import AwardListPages
from credentials.admin.awards import AwardPages
from credentials.admin.issuer_keys import IssuerKeyPages
from credentials.admin.rules import RuleText, eligibility_text, text_of
from credentials.domain.entities.definitions import (
    LONGEST_TAG,
    LONGEST_TEXT,
    LONGEST_VALIDITY_DAYS,
    MOST_TAGS,
    AchievementType,
    Alignment,
    CredentialId,
    CredentialTerms,
    CredentialType,
)

_FACTS: Final = ("org", "version", "is_offered", "created_at", "versions")
"""What a form shows and does not change."""


class CredentialForm(forms.ModelForm[rows.Credential]):
    """`tenant_scope` is that of the current user; Django creates a form class for each request."""

    tenant_scope: ClassVar[TenantScope] = TenantScope()
    name = NameField(label="Name", max_length=200)
    issuer = NameField(label="Issuer", max_length=200)
    description = forms.CharField(
        max_length=LONGEST_TEXT, required=False, widget=AdminTextareaWidget
    )
    criteria = forms.CharField(
        max_length=LONGEST_TEXT,
        widget=AdminTextareaWidget,
        help_text=rows.Credential._meta.get_field("criteria").help_text,
    )
    image_url = forms.URLField(
        label="Image URL", max_length=2000, required=False, assume_scheme="https"
    )
    valid_for_days = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_VALIDITY_DAYS,
        required=False,
        help_text="Leave empty if it never expires.",
    )
    course = rows.Credential._meta.get_field("course").formfield(
        help_text="Completing this course earns the credential, unless there is a rule."
    )
    labels = forms.CharField(
        label="Tags",
        required=False,
        max_length=MOST_TAGS * (LONGEST_TAG + 2),
        widget=AdminTextareaWidget,
        help_text="Words by which others find it, one a line.",
    )
    earned_by = YamlField(
        css_class="rule",
        required=False,
        label="Rule",
        help_text="YAML. Leave empty if completing the course earns the credential.",
    )

    class Meta:
        model = rows.Credential
        fields = [
            "name",
            "type",
            "achievement_type",
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
        courses.queryset = courses.queryset.filter(owned_within(self.tenant_scope))
        self.initial["earned_by"] = text_of(self.instance.rule)
        self.initial["labels"] = "\n".join(self.instance.tags or ())

    def clean_labels(self) -> tuple[str, ...]:
        lines = (line.strip() for line in self.cleaned_data["labels"].splitlines())
        tags = tuple(dict.fromkeys(line for line in lines if line))
        if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            raise ValidationError(
                f"Use at most {MOST_TAGS} tags of at most {LONGEST_TAG} characters each."
            )
        return tags

    def clean_earned_by(self) -> RuleText:
        return RuleText.read(self.cleaned_data["earned_by"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and values["earned_by"].rule is not None:
            field_errors = services().credentials.unknown_subjects(
                values["earned_by"].rule, org_id=values["course"].org_id
            )
            for message in values["earned_by"].messages(field_errors):
                self.add_error("earned_by", message)
        return values

    @property
    def terms(self) -> CredentialTerms:
        values = self.cleaned_data
        kind = values["achievement_type"]
        return CredentialTerms(
            name=values["name"],
            type=CredentialType(values["type"]),
            description=values["description"],
            criteria=values["criteria"],
            issuer=values["issuer"],
            image_url=values["image_url"],
            course_id=CourseId(values["course"].pk),
            valid_for_days=values["valid_for_days"],
            rule=values["earned_by"].rule,
            tags=values["labels"],
            alignments=tuple(
                Alignment(**alignment) for alignment in self.instance.alignments or ()
            ),
            achievement_type=AchievementType(kind) if kind else None,
        )


class LearnerForm(forms.Form):
    learner = AddressField(help_text="E-mail address of a user.")

    def clean_learner(self) -> UserId:
        user = get_user_model().objects.filter(email=self.cleaned_data["learner"]).first()
        if user is None:
            raise ValidationError("There is no user with this e-mail address.")
        return UserId(user.pk)


@admin.register(rows.Credential)
class CredentialAdmin(AwardListPages, AwardPages, IssuerKeyPages, AuditsTenantAccess, ServiceAdmin):
    subject_type = SubjectType.CREDENTIAL
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
        return [] if obj is None else [*_FACTS]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        is_written = obj is None or self.has_change_permission(request, obj)
        rule = "earned_by" if is_written else "shown_rule"
        return [
            *CredentialForm.Meta.fields,
            "labels",
            rule,
            *self.get_readonly_fields(request, obj),
        ]

    def prepare_form(self, form: Any, request: HttpRequest, row: Any) -> None:
        form.tenant_scope = staff_of(request).tenant_scope

    @admin.display
    def versions(self, row: rows.Credential) -> SafeString:
        """The versions, the newest first, with the number of credentials issued on each."""
        issued = dict(
            rows.UserCredential.objects.filter(credential=row)
            .values_list("credential_version")
            .annotate(number=Count("pk"))
        )
        return format_html_join(
            "",
            "<div>Version {}, {}: “{}”, issued {} times</div>",
            (
                (
                    version.number,
                    display_for_value(version.created_at, ""),
                    version.terms["name"],
                    issued.get(version.number, 0),
                )
                for version in row.versions.order_by("-number")[:MOST_AT_ONCE]
            ),
        )

    @admin.display(description="rule")
    def shown_rule(self, row: rows.Credential) -> SafeString | str:
        return (
            format_html("<pre>{}</pre>", text_of(row.rule)) if row.rule else "Complete the course"
        )

    @admin_page({"<id:credential_id>/eligibility/": "credentials_credential_eligibility"})
    def eligibility_view(self, request: HttpRequest, credential_id: UUID) -> HttpResponse:
        """Show whether a learner is eligible now, and why; change nothing."""
        row = self.row_allowed_by(self.has_act_permission, request, credential_id)
        initial = {"learner": request.GET.get("learner", "")}
        form, answer = LearnerForm(request.POST or None, initial=initial), ""
        if form.is_valid():
            learner, by = form.cleaned_data["learner"], staff_of(request)
            eligibility = services().earning.eligibility_of(learner, CredentialId(row.pk), by=by)
            answer = eligibility_text(eligibility)
        return self.row_form_page(request, row, form, title="Check eligibility", answer=answer)

    def added(self, form: CredentialForm, by: Principal) -> UUID:
        return services().credentials.define(form.terms, by=by).id

    def changed(self, row: rows.Credential, form: CredentialForm, by: Principal) -> None:
        services().credentials.amend(CredentialId(row.id), form.terms, by=by)

    @staff_action("Offer", done="offered")
    def offer(self, row: rows.Credential, reason: str, by: Principal) -> None:
        services().credentials.offer(CredentialId(row.id), is_offered=True, by=by)

    @staff_action("Withdraw", done="withdrawn", requires_reason=True)
    def withdraw(self, row: rows.Credential, reason: str, by: Principal) -> str:
        services().credentials.offer(CredentialId(row.id), is_offered=False, reason=reason, by=by)
        return f"Withdrew {row.name}."
