"""The text of a course definition, and the errors in changed ones."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import pytest

from courses.definitions.courses import read_definition
from courses.definitions.pathways import read_pathway
from courses.domain.errors import InvalidDefinition, InvalidPathwayDefinition

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

KNOTS_YAML: Final = """\
format: 1
slug: knots
title: Knots
summary: That hold.
modules:
  - key: loops
    title: Loops
    items:
      - key: bowline
        title: The bowline
        body: Make a loop.
      - key: sheet-bend
        title: The sheet bend
        type: assessment
        required: false
        body: Which knot slips?
  - key: links
    title: Links
    items:
      - key: animated
        title: Animated knots
        type: external
        url: https://knots.example/
"""


def whole(content: "DataclassInstance") -> dict[str, Any]:
    """Every member of content, with the computed ids and positions, which do not count for equality."""
    return asdict(content)


def with_change(old: str, new: str) -> str:
    """The text with the first *old* replaced."""
    assert old in KNOTS_YAML
    return KNOTS_YAML.replace(old, new, 1)


def errors_in(text: str) -> list[tuple[str, str]]:
    """The path and the text of each error in a course definition."""
    return raised_errors(InvalidDefinition, lambda: read_definition(text))


def pathway_errors_in(text: str) -> list[tuple[str, str]]:
    """The path and the text of each error in a pathway definition."""
    return raised_errors(InvalidPathwayDefinition, lambda: read_pathway(text))


def raised_errors(
    kind: type[InvalidDefinition] | type[InvalidPathwayDefinition], read: Callable[[], object]
) -> list[tuple[str, str]]:
    """The path and the text of each error that reading raises."""
    with pytest.raises(kind) as error:
        read()
    return [(field_error.path, field_error.detail) for field_error in error.value.field_errors]
