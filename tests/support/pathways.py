"""Learning pathways and their definitions."""

import itertools
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import yaml

from accounts.domain.access import OPERATOR, OrganizationId
from authsvc.composition.container import Services
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.definitions.pathways import write_pathway
from courses.domain.entities.courses import Course
from courses.domain.entities.pathways import (
    LearningPathway,
    PathwayCourse,
    PathwayDefinition,
    PathwayId,
    PathwayStage,
    PathwayStatus,
)
from tests.support.builders import NOON
from tests.support.worlds import World


def a_stage(
    *courses: str,
    key: str = "start",
    choose: int | None = None,
    after: Mapping[str, tuple[str, ...]] | None = None,
) -> PathwayStage:
    """A stage with these courses. *after* has the prerequisites of some of them, by slug."""
    return PathwayStage(
        key=key,
        title="The start",
        choose=len(courses) if choose is None else choose,
        courses=tuple(
            PathwayCourse(slug=slug, after=(after or {}).get(slug, ())) for slug in courses
        ),
    )


def a_definition_with_exams(*stages: PathwayStage, **parts: Any) -> PathwayDefinition:
    given = {"slug": "ropes", "title": "Ropes", "summary": "From knots to bends."} | parts
    return PathwayDefinition(stages=stages, **given)


def a_chain(*slugs: str, **parts: Any) -> PathwayDefinition:
    """Each course comes after the one before."""
    after = {slug: (before,) for before, slug in itertools.pairwise(slugs)}
    return a_definition_with_exams(a_stage(*slugs, after=after), **parts)


def pathway_body_of(definition: PathwayDefinition) -> Any:
    """The definition as a JSON body."""
    return yaml.safe_load(write_pathway(definition))


def a_published_pathway(
    services: Services, definition: PathwayDefinition, *, org_id: OrganizationId | None = None
) -> LearningPathway:
    draft = services.pathway_authoring.create(definition, org_id=org_id, by=OPERATOR)
    return services.pathway_authoring.publish(str(draft.id), by=OPERATOR)


def a_pathway(*courses: Course, **parts: Any) -> LearningPathway:
    """A published pathway with one stage, in which each course comes after the one before."""
    given = {"slug": f"way-{uuid4().hex[:8]}", "status": PathwayStatus.PUBLISHED} | parts
    befores = [(), *((course.slug,) for course in courses)]
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
    world.repositories.pathways.add(pathway, scope=ALL_TENANTS)
    return pathway
