"""One learning pathway over HTTP: where the asker stands on it, and what its authors make of it."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.public import NotPermitted, OrganizationSuspended, Right, Scope
from authsvc.actors import principal_of
from authsvc.api.operations import Access, Operation, Whose, describes
from authsvc.api.views import ApiView, json_of
from authsvc.container import services
from courses.definitions import PATHWAY_SCHEMA, pathway_of
from courses.public import (
    InvalidPathwayDefinition,
    PathwayNotFound,
    PathwayNotReady,
    PathwaySlugFixed,
    PathwayStatus,
)
from progress.domain.entities import PathwayProgress, Standing


class CourseStepSerializer(serializers.Serializer[Any]):
    """A course of a pathway; `after` are the slugs of the courses that are to be completed before it."""

    course_id = serializers.UUIDField()
    slug = serializers.CharField()
    after = serializers.ListField(child=serializers.CharField())
    standing = serializers.ChoiceField(choices=[standing.value for standing in Standing])
    percent_complete = serializers.IntegerField()


class StageStepSerializer(serializers.Serializer[Any]):
    """`choose` says how many of the courses are to be completed."""

    key = serializers.CharField()
    title = serializers.CharField()
    choose = serializers.IntegerField()
    is_completed = serializers.BooleanField()
    courses = CourseStepSerializer(many=True)


class PathwayProgressSerializer(serializers.Serializer[PathwayProgress]):
    """A learning pathway, and how far the asker has come on it."""

    id = serializers.UUIDField(source="pathway.id")
    slug = serializers.CharField(source="pathway.slug")
    title = serializers.CharField(source="pathway.title")
    summary = serializers.CharField(source="pathway.summary")
    status = serializers.ChoiceField(
        source="pathway.status", choices=[status.value for status in PathwayStatus]
    )
    version = serializers.IntegerField(source="pathway.version")
    org_id = serializers.UUIDField(source="pathway.org_id", allow_null=True)
    percent_complete = serializers.IntegerField()
    is_completed = serializers.BooleanField()
    stages = StageStepSerializer(many=True)


class PathwayView(ApiView):
    required_scopes = {"GET": Scope.PROGRESS_READ, "PUT": Scope.COURSES_WRITE}

    @describes(
        Operation(
            name="getPathway",
            access=Access(Whose.SEEN),
            summary="A learning pathway, and where I stand on it",
            answer=PathwayProgressSerializer,
            refusals=(PathwayNotFound,),
        )
    )
    def get(self, request: Request, pathway: str) -> Response:
        progress = services().pathways.get(pathway, by=principal_of(request))
        return Response(json_of(progress, PathwayProgressSerializer))

    @describes(
        Operation(
            name="revisePathway",
            access=Access(Whose.HELD, Right.AUTHOR_COURSES),
            summary="Put a definition in place of a learning pathway; learners see it at once",
            body={"application/json": PATHWAY_SCHEMA},
            answer=PathwayProgressSerializer,
            refusals=(
                NotPermitted,
                InvalidPathwayDefinition,
                PathwayNotFound,
                PathwaySlugFixed,
                PathwayNotReady,
                OrganizationSuspended,
            ),
        )
    )
    def put(self, request: Request, pathway: str) -> Response:
        by = principal_of(request)
        revised = services().pathway_authoring.revise(pathway, pathway_of(request.data), by=by)
        progress = services().pathways.progress_on(revised, by=by)
        return Response(json_of(progress, PathwayProgressSerializer))
