"""README.md shows a request with its response."""

import json
import os
import re
import subprocess
from typing import Any, Final

from tests.support.documents import fences, page
from tests.support.memory_mode import MemoryMode
from tests.support.patience import PATIENCE

PAGE: Final = page("README.md")
(COMMAND,) = [fence.text for fence in fences(PAGE) if fence.language == "sh"]
(SHOWN,) = [json.loads(fence.text) for fence in fences(PAGE) if fence.language == "json"]
ONE_SCREEN: Final = 90


def _shape_of(value: Any) -> Any:
    """The value without what differs from one response to the next."""
    if isinstance(value, dict):
        generated = ("access_token", "refresh_token", "id")
        return {name: name in generated or _shape_of(inner) for name, inner in value.items()}
    return value


def test_the_request_is_answered_as_shown(memory_mode: MemoryMode) -> None:
    command = COMMAND.replace(":8000", f":{memory_mode.server.port}")
    ran = subprocess.run(
        ["bash", "-eu", "-c", command],  # noqa: S607  # its place differs between systems
        env={"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1"},
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    assert _shape_of(json.loads(ran.stdout)) == _shape_of(SHOWN)


def test_it_fits_on_a_screen_and_has_a_picture() -> None:
    assert len(PAGE.splitlines()) < ONE_SCREEN
    assert len(re.findall(r"^```mermaid$", PAGE, re.MULTILINE)) == 1
