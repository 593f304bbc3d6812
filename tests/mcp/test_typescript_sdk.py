"""Both SDKs for TypeScript, unmodified, as an agent that nobody has registered."""

import json
import re
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.client_documents import DocumentHost
from tests.support.javascript import printed_after_answering, project_in
from tests.support.provider import LANDING, at_a_browser
from tests.support.school import School


@pytest.mark.database
@pytest.mark.nightly
@pytest.mark.parametrize("sdk", ["@modelcontextprotocol/sdk", "@modelcontextprotocol/client"])
def test_an_agent_in_typescript_connects_without_registration(
    agent_school: School, host: DocumentHost, tmp_path: Path, sdk: str
) -> None:
    project = project_in(tmp_path / "agent")
    endpoint = f"{agent_school.server.url}/mcp"

    with closing(at_a_browser(agent_school)) as browser:

        def sign_in(question: str) -> str:
            address = re.search(r"Open (\S+)", question)
            assert address is not None, question
            return browser.go_along(address[1]).address

        printed = printed_after_answering(
            project,
            "agent.mjs",
            "paste the final URL:  ",
            sign_in,
            arguments=[sdk, endpoint, host.url, LANDING],
        )

    assert json.loads(printed) == {
        "tools": 11,
        "resource": "intro-to-claude",
        "course": "intro-to-claude",
        "missing": True,
    }
