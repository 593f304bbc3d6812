"""Request bodies."""

from typing import Any

import yaml

from courses.definitions.courses import write_definition
from courses.domain.entities.courses import CourseDefinition


def body_of(definition: CourseDefinition) -> dict[str, Any]:
    """The definition as an author's client sends it."""
    body: dict[str, Any] = yaml.safe_load(write_definition(definition))
    return body
