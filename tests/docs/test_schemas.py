"""The JSON schemas of definitions are where the pages say."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from courses.definitions.courses import SCHEMA
from courses.definitions.pathways import PATHWAY_SCHEMA
from tests.support.application import Application
from tests.support.documents import page


@pytest.mark.parametrize(
    ("path", "address", "schema"),
    [
        ("docs/course-definitions.md", "/v1/schemas/course-definition.json", SCHEMA),
        ("docs/pathways.md", "/v1/schemas/pathway-definition.json", PATHWAY_SCHEMA),
    ],
    ids=["courses", "pathways"],
)
def test_a_schema_is_where_the_page_says(
    application: Application, path: str, address: str, schema: Mapping[str, Any]
) -> None:
    response = application.stranger.get(address)

    assert f"`{address}`" in page(path)
    assert response.status == 200
    assert response.json == json.loads(json.dumps(schema))
