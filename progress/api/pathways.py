"""One learning pathway: the caller's progress on it, and its revision by authors."""

from typing import Any

from accounts.public import OrganizationSuspended, Principal, Right, Scope
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.views import ApiView
from authsvc.kernel.preconditions import Precondition
from courses.definitions.pathways import PATHWAY_SCHEMA, pathway_of
from courses.public import (
    InvalidPathwayDefinition,
    LearningPathway,
    PathwayNotFound,
    PathwayNotReady,
    PathwaySlugFixed,
)
from progress.api.pathway_serializers import PathwayProgressSerializer
from progress.domain.entities.pathways import PathwayProgress


class PathwayView(ApiView):
    @operation(
        name="getPathway",
        summary="Get a learning pathway with the caller's progress on it",
        access=Access(Whose.SEEN),
        scope=Scope.PROGRESS_READ,
        answer=PathwayProgressSerializer,
        errors=(PathwayNotFound,),
        has_etag=True,
    )
    def get(self, pathway: str, *, by: Principal) -> PathwayProgress:
        return services().pathways.get(pathway, by=by)

    @operation(
        name="revisePathway",
        summary="Replace a learning pathway with a definition; learners see it at once",
        access=Access(Whose.HELD, Right.AUTHOR_COURSES),
        is_expensive=True,
        scope=Scope.COURSES_WRITE,
        body={"application/json": PATHWAY_SCHEMA},
        answer=PathwayProgressSerializer,
        errors=(
            InvalidPathwayDefinition,
            PathwayNotFound,
            PathwaySlugFixed,
            PathwayNotReady,
            OrganizationSuspended,
        ),
        is_idempotent=True,
        has_etag=True,
    )
    def put(
        self, pathway: str, *, body: Any, if_match: Precondition, by: Principal
    ) -> PathwayProgress:
        def progress_on(stored: LearningPathway) -> PathwayProgress:
            return services().pathways.progress_on(stored, by=by)

        revised = services().pathway_authoring.revise(
            pathway, pathway_of(body), if_match=if_match.about(progress_on), by=by
        )
        return progress_on(revised)
