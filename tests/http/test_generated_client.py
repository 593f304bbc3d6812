"""Clients that generators make from the OpenAPI file."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from tests.support.application import PASSWORD
from tests.support.bodies import body_of
from tests.support.builders import a_definition
from tests.support.documents import ROOT
from tests.support.memory_mode import MemoryMode

PACKAGE: Final = "generated_authsvc_client"
USED: Final = (
    "/v1/auth/register",
    "/v1/orgs",
    "/v1/courses",
    "/v1/courses/{course}/publish",
    "/v1/courses/{course}/enroll",
)
"""The paths of the operations below."""


@pytest.fixture
def client_package(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A Python client, importable under PACKAGE."""
    generator = Path(sys.executable).with_name("openapi-python-client")
    described, output = json.loads((ROOT / "docs" / "openapi.json").read_text()), tmp_path / PACKAGE
    if request.param == "operations that it uses":
        described["paths"] = {path: described["paths"][path] for path in USED}
    path, config = tmp_path / "openapi.json", tmp_path / "config.json"
    path.write_text(json.dumps(described))
    config.write_text('{"post_hooks": []}')  # which would format each file
    options = ["--meta=none", f"--path={path}", f"--output-path={output}", f"--config={config}"]
    subprocess.run(  # our own dependency with fixed arguments
        [str(generator), "generate", *options], check=True, capture_output=True
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def operation(app: str, name: str) -> Any:
    return import_module(f"{PACKAGE}.api.{app}.{name}")


def model(name: str, members: dict[str, Any]) -> Any:
    module = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return getattr(import_module(f"{PACKAGE}.models.{module[1:]}"), name).from_dict(members)


@pytest.mark.memory
@pytest.mark.parametrize(
    "client_package",
    ["operations that it uses", pytest.param("all operations", marks=pytest.mark.nightly)],
    indirect=True,
)
def test_a_generated_python_client_enrols(memory_mode: MemoryMode, client_package: None) -> None:
    clients: Any = import_module(f"{PACKAGE}.client")
    base = f"http://127.0.0.1:{memory_mode.server.port}"
    email = f"cleo-{uuid4().hex[:8]}@school.example"
    account = model("RegisterRequest", {"email": email, "password": PASSWORD})
    with clients.Client(base_url=base) as stranger:
        session = operation("accounts", "register").sync(client=stranger, body=account)
    with clients.AuthenticatedClient(base_url=base, token=session.access_token) as bo:
        course = a_course_of(bo)
        enrol = operation("progress", "enroll").sync_detailed
        first = enrol(course, client=bo, idempotency_key="once")
        again = enrol(course, client=bo, idempotency_key="once")
        rejection = enrol(course, client=bo)

    assert (first.status_code, first.parsed.status.value) == (201, "in_progress")
    assert again.parsed == first.parsed
    assert (rejection.status_code, rejection.parsed.code) == (409, "already-enrolled")


def a_course_of(client: Any) -> str:
    """The slug of a published course of a new organization."""
    body = model("CreateOrganizationRequest", {"name": "Knots", "slug": f"knots-{uuid4().hex[:8]}"})
    org = operation("accounts", "create_organization").sync(client=client, body=body)
    definition = model("CourseDefinition", body_of(a_definition(slug="knots")))
    course = operation("courses", "create_course").sync(client=client, body=definition, org=org.id)
    operation("courses", "publish_course").sync(course.slug, client=client)
    return str(course.slug)
