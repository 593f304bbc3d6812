"""Rows that benchmarks insert by SQL, because there are a million: every column without a default is named."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import AutoField, Field
from django.db.models.fields import NOT_PROVIDED

from tests.support.sources import sources

INSERT = re.compile(r"INSERT INTO (\w+) \(([\w,\s]+)\)")
TABLES = {model._meta.db_table: model for model in apps.get_models()}


def inserts() -> Iterator[tuple[str, str, set[str]]]:
    """The module, the table and the columns of each statement."""
    for source in sources("tests/bench"):
        for table, columns in INSERT.findall(source.text):
            yield source.path.name, table, set(re.findall(r"\w+", columns))


def is_needed(field: "Field[object, object]") -> bool:
    has_default = field.db_default is not NOT_PROVIDED or isinstance(field, AutoField)
    return not field.null and not has_default


@pytest.mark.parametrize(("module", "table", "columns"), list(inserts()))
def test_a_row_of_a_benchmark_suits_its_table(module: str, table: str, columns: set[str]) -> None:
    fields = TABLES[table]._meta.concrete_fields

    assert {field.column for field in fields if is_needed(field)} - columns == set()
    assert columns - {field.column for field in fields} == set()
