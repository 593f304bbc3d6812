"""A course definition in YAML, and the problems that authsvc reports in it."""

from typing import Final

import pytest

from courses.definitions import read_definition
from courses.domain.errors import InvalidDefinition

ON_PAPER: Final = """\
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


def with_change(old: str, new: str) -> str:
    """The paper with the first *old* replaced."""
    assert old in ON_PAPER
    return ON_PAPER.replace(old, new, 1)


def complaints_about(text: str) -> list[tuple[str, str]]:
    """The path and the reason of each complaint."""
    with pytest.raises(InvalidDefinition) as refusal:
        read_definition(text)
    return [(complaint.path, complaint.detail) for complaint in refusal.value.complaints]
