"""Learning pathways: definitions, and published ones."""

import itertools
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import yaml

from accounts.domain.entities import OPERATOR, OrganizationId
from authsvc.container import Services
from authsvc.kernel.reach import EVERYWHERE
from courses.definitions import write_pathway
from courses.domain.entities import (
    Course,
    LearningPathway,
    PathwayCourse,
    PathwayCourseDefinition,
    PathwayDefinition,
    PathwayId,
    PathwayStage,
    PathwayStageDefinition,
    PathwayStatus,
)
from tests.support.builders import NOON
from tests.support.worlds import World


def a_stage(
    *courses: str,
    key: str = "start",
    choose: int | None = None,
    after: Mapping[str, tuple[str, ...]] | None = None,
) -> PathwayStageDefinition:
    """A stage of these courses; *after* says by slug what comes before some of them."""
    return PathwayStageDefinition(
        key=key,
        title="The start",
        choose=choose,
        courses=tuple(
            PathwayCourseDefinition(course=slug, after=(after or {}).get(slug, ()))
            for slug in courses
        ),
    )


def on_paper(*stages: PathwayStageDefinition, **parts: Any) -> PathwayDefinition:
    given = {"slug": "ropes", "title": "Ropes", "summary": "From knots to bends."} | parts
    return PathwayDefinition(stages=stages, **given)


def a_chain(*slugs: str, **parts: Any) -> PathwayDefinition:
    """Each course comes after the one before."""
    after = {slug: (before,) for before, slug in itertools.pairwise(slugs)}
    return on_paper(a_stage(*slugs, after=after), **parts)


def pathway_body_of(definition: PathwayDefinition) -> Any:
    """The definition as a body of JSON."""
    return yaml.safe_load(write_pathway(definition))


def a_published_pathway(
    services: Services, definition: PathwayDefinition, *, org_id: OrganizationId | None = None
) -> LearningPathway:
    made = services.pathway_authoring.create(definition, org_id=org_id, by=OPERATOR)
    return services.pathway_authoring.publish(str(made.id), by=OPERATOR)


def a_pathway(*courses: Course, **parts: Any) -> LearningPathway:
    """Published, of one stage in which each course comes after the one before."""
    given = {"slug": f"way-{uuid4().hex[:8]}", "status": PathwayStatus.PUBLISHED} | parts
    befores = [(), *((course.id,) for course in courses)]
    stage = PathwayStage(
        key="start",
        title="The start",
        choose=len(courses),
        courses=tuple(
            PathwayCourse(course_id=course.id, slug=course.slug, after=before)
            for course, before in zip(courses, befores, strict=False)
        ),
    )
    return LearningPathway(
        id=PathwayId(uuid4()),
        title="Ropes",
        summary="From knots to bends.",
        version=1,
        created_by=None,
        created_at=given.pop("created_at", NOON),
        stages=(stage,),
        **given,
    )


def has_pathway(world: World, *courses: Course, **parts: Any) -> LearningPathway:
    pathway = a_pathway(*courses, **parts)
    world.repositories.pathways.add(pathway, within=EVERYWHERE)
    return pathway
