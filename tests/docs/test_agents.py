"""docs/agents.md names the tools and the errors of the code, and its commands run and print what is shown."""

from typing import Final

import pytest

from authsvc.mcp import jsonrpc
from authsvc.mcp.protocol import SUPPORTED
from authsvc.mcp.tools import TOOLS
from tests.docs.reader import Reader
from tests.support.documents import commands_in, page, table_under

PAGE: Final = page("docs/agents.md")


@pytest.mark.any_database
def test_the_commands_print_what_is_shown(reader: Reader) -> None:
    commands, shown = zip(*commands_in(PAGE), strict=True)

    assert reader.types(commands) == list(shown)


def test_every_tool_is_named_with_its_operation() -> None:
    assert table_under("## Tools", PAGE) == [
        [
            f"`{name}`",
            f"`{tool.endpoint.operation.name}`",
            f"`{tool.endpoint.operation.scope}`" if tool.endpoint.operation.scope else "",
            "no" if tool.is_read_only else "yes",
        ]
        for name, tool in TOOLS.items()
    ]


def test_every_revision_is_named() -> None:
    named = ", ".join(row[0] for row in table_under("## Protocol", PAGE)[: len(SUPPORTED)])

    assert sorted(SUPPORTED) == sorted(version for version in SUPPORTED if version in named)


def test_every_error_code_is_explained() -> None:
    codes = {str(value) for name, value in vars(jsonrpc).items() if isinstance(value, int)}

    assert {code for code in codes if code.startswith("-32")} == {
        code for code in codes if f"| {code} |" in PAGE
    }
