"""Course definitions as authors write them: YAML or JSON, after one published JSON Schema."""

from courses.definitions.reading import SCHEMA, definition_of, read_definition
from courses.definitions.writing import write_definition

__all__ = ["SCHEMA", "definition_of", "read_definition", "write_definition"]
