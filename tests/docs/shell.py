"""The shell in which the commands of a page are run."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.support.documents import ROOT
from tests.support.patience import PATIENCE

_MARK: Final = "---- the next block ----"


def blocks_printed_by(
    commands: Sequence[str], environment: Mapping[str, str], *, folder: Path = ROOT
) -> list[str]:
    """What each block of commands prints, in one session that stops at the first failure.

    `python3` is that of this process: what else has the name may be a script that takes longer than the command.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    session = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", f"echo '{_MARK}'\n".join(commands)],  # noqa: S607  # its place differs between systems
        cwd=folder,
        env={**environment, "PATH": path},
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert session.returncode == 0, session.stdout + session.stderr
    return session.stdout.split(f"{_MARK}\n")
