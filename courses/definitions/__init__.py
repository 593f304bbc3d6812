"""Definitions as authors write them: YAML or JSON, each kind with a published JSON Schema."""

from courses.definitions.courses import SCHEMA, definition_of, read_definition, write_definition
from courses.definitions.pathways import (
    PATHWAY_SCHEMA,
    pathway_of,
    read_pathway,
    write_pathway,
)

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
