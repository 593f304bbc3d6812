"""Definitions as authors write them: YAML or JSON, each kind after one published JSON Schema."""

from courses.definitions.pathways import (
    PATHWAY_SCHEMA,
    pathway_of,
    read_pathway,
    write_pathway,
)
from courses.definitions.reading import SCHEMA, definition_of, read_definition
from courses.definitions.writing import write_definition

__all__ = [
    "PATHWAY_SCHEMA",
    "SCHEMA",
    "definition_of",
    "pathway_of",
    "read_definition",
    "read_pathway",
    "write_definition",
    "write_pathway",
]
