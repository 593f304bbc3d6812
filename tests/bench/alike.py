"""Whether what is known and what is not are answered in the same time.

Each pair is asked in turn, and answered with the same status and body. Times are medians in milliseconds; a stranger
learns nothing as long as the two of a pair are within a few of each other.
"""

import os
import tempfile
from pathlib import Path
from typing import Final

import django

from tests.bench.__main__ import SETTINGS, environment
from tests.support.postgres import start_cluster

# Nothing but refusals is asked for here: none is counted towards a limit, or logged.
UNHINDERED: Final = {
    "LOGIN_GUESSES_IN_A_ROW": "1000000",
    "TOKEN_FAILURES_PER_MINUTE": "1000000",
    "LOG_LEVEL": "ERROR",
}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="authsvc-bench-") as folder:
        os.environ |= environment(start_cluster(settings=SETTINGS), Path(folder)) | UNHINDERED
        django.setup()
        from tests.bench.strangers import compare  # noqa: PLC0415  # needs Django set up

        compare()


if __name__ == "__main__":
    main()
