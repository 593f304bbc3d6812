"""Measure what metrics cost: the same requests with and without them, in turns, in one process.

Each line has the processor time of a request in microseconds, the lower quartile without metrics and with them, and
the quotient. The server around the application is left out, which makes the quotient rather too high. Both sides take
turns request by request. Run it on an idle machine all the same: the difference is small.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from random import Random
from time import thread_time
from typing import Any, Final

import django

from tests.bench.load import Request
from tests.bench.scenarios import SCENARIOS, Scenario
from tests.bench.sides import SETTINGS, environment_of, fill
from tests.support.metrics import LOOPBACK
from tests.support.postgres import start_cluster

LINE: Final = "{:12}{:>10}{:>10}{:>10}{:>8}"
WARM_UP: Final = 30
Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-metrics", description=__doc__)
    parser.add_argument("--requests", type=int, default=1500, help="of each side and scenario")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="authsvc-bench-") as folder:
        environment = environment_of(start_cluster(settings=SETTINGS), Path(folder))
        tokens = fill(environment, Path(folder))
        os.environ |= environment | {"METRICS": LOOPBACK, "ALLOWED_HOSTS": "127.0.0.1"}
        django.setup()
        with_metrics, without = _applications()
        print(LINE.format("", "without", "with", "more", "ratio"))
        for scenario in SCENARIOS:
            size = max(1, int(options.requests * scenario.share))
            print(_measured(scenario, tokens, (with_metrics, without), size), flush=True)


def _applications() -> tuple[Application, Application]:
    """The application as it is served with metrics, and without."""
    from django.conf import settings  # noqa: PLC0415  # needs Django set up
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415  # likewise
    from django.test import override_settings  # noqa: PLC0415  # likewise

    from authsvc.composition.container import services  # noqa: PLC0415  # likewise

    services()
    with_metrics = WSGIHandler()
    measuring = "authsvc.http.observation.MetricsMiddleware"
    others = [name for name in settings.MIDDLEWARE if name != measuring]
    with override_settings(MIDDLEWARE=others):
        without = WSGIHandler()
    return with_metrics, _uncounted(without)


def _uncounted(application: Application) -> Application:
    """The application with statements that are not counted."""
    from django.db import connection  # noqa: PLC0415  # needs Django set up

    from authsvc.storage.statements import counted  # noqa: PLC0415  # likewise

    def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        wrappers = connection.execute_wrappers
        if counted in wrappers:
            wrappers.remove(counted)
        try:
            return application(environ, start_response)
        finally:
            wrappers.append(counted)

    return respond


def _measured(
    scenario: Scenario,
    tokens: list[str],
    sides: tuple[Application, Application],
    size: int,
) -> str:
    if scenario.preparations:
        for request in scenario.preparations(tokens):
            _seconds_of(request, sides[0])
    requests = scenario.requests(tokens)
    for request in islice(requests, WARM_UP):
        _seconds_of(request, sides[0])
    with_metrics, without = _in_turns(requests, sides, size)
    more = _typical(with_metrics) - _typical(without)
    return LINE.format(
        scenario.name,
        f"{_typical(without) * 1e6:.0f}",
        f"{_typical(with_metrics) * 1e6:.0f}",
        f"{more * 1e6:.1f}",
        f"{_typical(with_metrics) / _typical(without):.3f}",
    )


def _typical(seconds: list[float]) -> float:
    """The lower quartile: other work on the machine only ever makes a request more expensive."""
    return sorted(seconds)[len(seconds) // 4]


def _in_turns(
    requests: Iterator[Request], sides: tuple[Application, Application], size: int
) -> tuple[list[float], list[float]]:
    """The processor seconds of *size* requests of each side, in pairs.

    Which side begins is random: with a fixed order, most searches for garbage fell to one side of two that were equal.
    """
    seconds: tuple[list[float], list[float]] = ([], [])
    order = Random(size)
    for _ in range(size):
        for side in order.sample((0, 1), 2):
            seconds[side].append(_seconds_of(next(requests), sides[side]))
    return seconds


def _seconds_of(request: Request, application: Application) -> float:
    """The processor seconds of this thread for a request. Raises RuntimeError unless it succeeds."""
    environ = _environ(request)
    statuses: list[str] = []
    began_at = thread_time()
    response = application(environ, lambda status, headers: statuses.append(status))
    b"".join(response)
    response.close()
    seconds = thread_time() - began_at
    if not statuses[0].startswith("2"):
        raise RuntimeError(f"{request.path} was answered with {statuses[0]}.")
    return seconds


def _environ(request: Request) -> dict[str, Any]:
    """The request as a server passes it to the application (PEP 3333)."""
    return {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": request.path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "CONTENT_TYPE": "application/json" if request.body else "",
        "wsgi.input": BytesIO(request.body),
        "wsgi.url_scheme": "http",
        **({"HTTP_AUTHORIZATION": f"Bearer {request.token}"} if request.token else {}),
    }


if __name__ == "__main__":
    main()
