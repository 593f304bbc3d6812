"""A TypeScript client that openapi-typescript makes from the OpenAPI file."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.application import PASSWORD
from tests.support.documents import ROOT
from tests.support.javascript import printed_by, project_in
from tests.support.memory_mode import MemoryMode


@pytest.mark.memory
@pytest.mark.nightly
def test_a_generated_typescript_client_enrols(memory_mode: MemoryMode, tmp_path: Path) -> None:
    project = project_in(tmp_path / "client")
    schema = str(ROOT / "docs" / "openapi.json")
    printed_by(project, "openapi-typescript", schema, "--output", "schema.d.ts")
    printed_by(project, "tsc")  # with noEmitOnError: a program with a wrong type is not written

    base = f"http://127.0.0.1:{memory_mode.server.port}"
    email = f"anna-{uuid4().hex[:8]}@school.example"
    report = json.loads(printed_by(project, "node", "built/enrolment.js", base, email, PASSWORD))

    assert report == {
        "course": "intro-to-claude",
        "enrolled": "in_progress",
        "repeated": True,
        "rejection": "already-enrolled",
        "completed": True,
        "percent": 5,
    }
