"""docs/permissions.md is the permission table of the code."""

import json

from tests.support.documents import page
from tests.support.operations import routes
from tests.support.permissions import rendered


def test_the_page_is_what_the_code_says() -> None:
    assert page("docs/permissions.md") == rendered(), "docs/permissions.md: make permissions"


def test_every_operation_of_the_api_is_in_the_table() -> None:
    described = {
        operation["operationId"]
        for methods in json.loads(page("docs/openapi.json"))["paths"].values()
        for operation in methods.values()
    }

    assert set(routes()) == described
