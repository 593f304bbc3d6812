"""Units of work are opened by services alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.sources import SHIPPED, Source, sources

OPENED: Final = {"atomic", "unit_of_work"}
MAY_OPEN: Final = re.compile(
    r"/domain/(\w+/)?services/"
    r"|^authsvc/(kernel|storage|composition|jobs/services)/"
    r"|^authsvc/http/idempotency/(service|store)\.py$"
    r"|/domain/(\w+/)?repositories/orm[/.]|/adapters/"  # one call of a repository or a port that must be atomic
)


def opened_in(source: Source) -> Iterator[int]:
    """The lines on which the module names a unit of work, or a transaction of Django's."""
    named = (node.lineno for node in source.nodes(ast.Attribute) if node.attr in OPENED)
    bare = (node.lineno for node in source.nodes(ast.Name) if node.id in OPENED)
    yield from (*named, *bare)


def test_services_alone_open_units_of_work() -> None:
    elsewhere = [
        f"{source.name}:{line}"
        for source in sources(*SHIPPED)
        if not MAY_OPEN.search(source.name)
        for line in opened_in(source)
    ]

    assert elsewhere == []


@pytest.mark.parametrize(
    "code",
    [
        "with services().unit_of_work.atomic(): pass",
        "with transaction.atomic(): pass",
        "@atomic\ndef act(): pass",
        "unit_of_work.single()",
    ],
)
def test_the_search_finds_each_way_to_open_one(code: str, tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(code)

    assert list(opened_in(Source(module)))
