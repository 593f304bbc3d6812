"""Admin pages of learning pathways."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest

from accounts.public import OrganizationId, Principal, Right
from authsvc.admin_site.model_admins import ReadOnlyAdmin, ServiceAdmin, staff_action
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import YamlField
from courses import models as rows
from courses.admin.forms import chooses_owner, owner_field
from courses.definitions.pathways import read_pathway, write_pathway
from courses.domain.entities.pathways import PathwayDefinition
from courses.domain.errors import InvalidPathwayDefinition


class PathwayForm(forms.ModelForm[rows.LearningPathway]):
    """`current` is the stored pathway. Django makes a class for each request."""

    current: ClassVar[str] = ""
    definition = YamlField(
        strip=False,
        help_text="The pathway in YAML. Learners see changes to a published pathway at once.",
    )

    class Meta:
        model = rows.LearningPathway
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["definition"] = self.current

    def clean_definition(self) -> PathwayDefinition:
        try:
            return read_pathway(self.cleaned_data["definition"])
        except InvalidPathwayDefinition as error:
            raise ValidationError(
                [field_error.detail for field_error in error.field_errors]
            ) from None


class OwnedPathwayForm(PathwayForm):
    """For administrators who can choose the organization."""

    org = owner_field(rows.LearningPathway, help_text="The organization that owns the pathway.")


@admin.register(rows.LearningPathway)
class LearningPathwayAdmin(ServiceAdmin):
    right = Right.AUTHOR_COURSES
    owner = "org"
    form = PathwayForm
    list_display = ["slug", "org", "title", "status", "version", "created_by"]
    list_filter = ["status", "org"]
    list_select_related = ["created_by", "org"]
    search_fields = ["slug", "title"]
    ordering = ["slug"]
    readonly_fields = [
        "slug",
        "org",
        "title",
        "summary",
        "status",
        "version",
        "created_by",
        "created_at",
    ]
    actions = ["publish", "retire"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [] if obj is None else list(self.readonly_fields)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        if obj is None:
            return ["org", "definition"] if chooses_owner(request) else ["definition"]
        text = ["definition"] if self.has_change_permission(request, obj) else []
        return [*self.readonly_fields, *text]

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002  # Django's signature
        **kwargs: Any,
    ) -> Any:
        if obj is None and chooses_owner(request):
            kwargs["form"] = OwnedPathwayForm
        form: Any = super().get_form(request, obj, change, **kwargs)
        if obj is not None and self.has_change_permission(request, obj):
            pathway = services().pathway_authoring.export(str(obj.pk), by=staff_of(request))
            form.current = write_pathway(pathway)
        return form

    def added(self, form: PathwayForm, by: Principal) -> UUID:
        org = form.cleaned_data.get("org")
        pathway = services().pathway_authoring.create(
            form.cleaned_data["definition"], org_id=OrganizationId(org.pk) if org else None, by=by
        )
        return pathway.id

    def changed(self, row: rows.LearningPathway, form: PathwayForm, by: Principal) -> None:
        definition = form.cleaned_data["definition"]
        services().pathway_authoring.revise(str(row.pk), definition, by=by)

    @staff_action("Publish", done="published")
    def publish(self, row: rows.LearningPathway, reason: str, by: Principal) -> None:
        services().pathway_authoring.publish(str(row.pk), by=by)

    @staff_action("Retire", done="retired", requires_reason=True)
    def retire(self, row: rows.LearningPathway, reason: str, by: Principal) -> None:
        services().pathway_authoring.retire(str(row.pk), reason=reason, by=by)


@admin.register(rows.PathwayCourse)
class PathwayCourseAdmin(ReadOnlyAdmin):
    owner = "pathway__org"
    list_display = ["pathway", "course"]
    list_select_related = ["pathway", "course"]
    search_fields = ["pathway__slug", "course__slug"]
    ordering = ["pathway__slug", "course__slug"]
