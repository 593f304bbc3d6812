"""Admin pages of learning pathways."""

from uuid import UUID

from django.contrib import admin

from accounts.public import OrganizationId, Principal
from authsvc.admin_site.actions import staff_action
from authsvc.admin_site.model_admins import ReadOnlyAdmin
from authsvc.composition.container import services
from courses import models as rows
from courses.admin.authored import AuthoredAdmin
from courses.admin.forms import OwnedPathwayForm, PathwayForm
from courses.definitions.pathways import write_pathway
from courses.domain.entities.pathways import LearningPathway, PathwayDefinition


@admin.register(rows.LearningPathway)
class LearningPathwayAdmin(AuthoredAdmin):
    form = PathwayForm
    owned_add_form = OwnedPathwayForm

    def definition_of(self, row: rows.LearningPathway, by: Principal) -> str:
        return write_pathway(services().pathway_authoring.export(str(row.pk), by=by))

    def added(self, form: PathwayForm, by: Principal) -> UUID:
        org = form.cleaned_data.get("org")
        pathway = services().pathway_authoring.create(
            form.cleaned_data["definition"], org_id=OrganizationId(org.pk) if org else None, by=by
        )
        return pathway.id

    def changed(self, row: rows.LearningPathway, form: PathwayForm, by: Principal) -> None:
        definition = form.cleaned_data["definition"]
        if_match = form.precondition(text_of=_text_of)
        services().pathway_authoring.revise(str(row.pk), definition, if_match=if_match, by=by)

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


def _text_of(pathway: LearningPathway) -> str:
    return write_pathway(PathwayDefinition.of(pathway))
