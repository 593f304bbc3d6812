"""How long reports take over a million events, next to the same counts in plain SQL."""

import os
import tempfile
from pathlib import Path

import django

from tests.bench.__main__ import SETTINGS, environment
from tests.support.postgres import start_cluster


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="authsvc-bench-") as folder:
        os.environ |= environment(start_cluster(settings=SETTINGS), Path(folder))
        django.setup()
        from tests.bench.counting import measure  # noqa: PLC0415  # needs Django set up

        measure()


if __name__ == "__main__":
    main()
