"""Authors, courses and errors for tests of learning pathways."""

import pytest

from accounts.domain.access import Principal, Right
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course
from courses.domain.errors import InvalidPathwayDefinition
from tests.support.builders import a_definition_of, a_principal
from tests.support.learning import a_published_course
from tests.support.worlds import World


def an_author() -> Principal:
    return a_principal(None, Right.AUTHOR_COURSES)


def published_courses(world: World, *slugs: str) -> list[Course]:
    """Published courses of the platform with these slugs."""
    return [
        a_published_course(world.services, a_definition_of(required=1, slug=slug)) for slug in slugs
    ]


def counts(world: World, *slugs: str) -> list[int]:
    courses = world.repositories.courses
    return [courses.at(slug, scope=ALL_TENANTS).pathways for slug in slugs]


def errors_of(error: pytest.ExceptionInfo[InvalidPathwayDefinition]) -> list[str]:
    return [field_error.path for field_error in error.value.field_errors]
