"""Every benchmark runs, with as little as it can do."""

import re
import subprocess
import sys
from typing import Final

import pytest
from psycopg import OperationalError, connect

from tests.bench.scenarios import SCENARIOS
from tests.support.documents import page
from tests.support.server import ROOT

NAMES: Final = [scenario.name for scenario in SCENARIOS]

pytestmark = pytest.mark.postgres


def lines_of(module: str, *arguments: str) -> list[str]:
    """What the benchmark prints."""
    ran = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout.splitlines()


@pytest.mark.nightly
def test_every_scenario_is_measured_next_to_pgbench() -> None:
    small = ("--requests=20", "--connections=2", "--workers=1")

    _, head, *lines = lines_of("tests.bench", *small)

    assert head.split()[-2:] == ["pgbench/s", "ratio"]
    assert [line[:12].strip() for line in lines] == NAMES
    assert all(float(line.split()[-1]) > 0 for line in lines)


@pytest.mark.nightly
def test_two_revisions_are_measured_next_to_each_other() -> None:
    small = ("--seconds=0.1", "--rounds=2", "--connections=2", "--workers=1")

    _, _, *lines = lines_of("tests.bench", "--against=HEAD", "--scenario=verify", *small)

    assert [line.split()[:2] for line in lines] == [
        ["verify", "here"],
        ["verify", "HEAD"],
        ["verify", "ratio"],
    ]
    assert float(lines[-1].split()[2]) > 0


@pytest.mark.nightly
def test_metrics_are_measured_next_to_their_absence() -> None:
    _, *lines = lines_of("tests.bench.metrics", "--requests=10")

    assert [line[:12].strip() for line in lines] == NAMES
    assert all(float(line.split()[-1]) > 0 for line in lines)


@pytest.mark.nightly
def test_rejected_requests_are_timed_in_pairs() -> None:
    _, *lines = lines_of("tests.bench.alike", "--tries=1")

    assert [line[:22].strip() for line in lines] == [
        "users",
        "sign-ups",
        "password resets",
        "clients",
        "devices of others",
        "courses of others",
        "schools of others",
    ]


@pytest.mark.nightly
def test_pages_of_the_admin_site_are_timed() -> None:
    _, *lines = lines_of("tests.bench.admin", "--learners=20", "--tries=1")

    assert len(lines) == 18
    statements = {line.split()[0]: int(line.split()[-4]) for line in lines}
    assert max(number for path, number in statements.items() if "search" not in path) <= 12


@pytest.mark.nightly
def test_reports_are_timed() -> None:
    _, *lines = lines_of("tests.bench.reports", "--learners=20", "--tries=1")

    assert [line.split()[0] for line in lines] == ["course", "organization"]


@pytest.mark.nightly
def test_expensive_inputs_are_timed() -> None:
    lines = lines_of("tests.bench.inputs", "--size=600")

    assert {line.split()[0] for line in lines} == {"yaml", "json", "pathway", "olx", "archive"}
    assert all(" s " in line and " MiB " in line for line in lines)


@pytest.mark.nightly
def test_badges_are_timed() -> None:
    _, *lines = lines_of("tests.bench.badges", "--badges=3")

    assert [line[:24].strip() for line in lines] == [
        "signed in a batch",
        "issued with a proof",
        "issued as VC-JWT",
        "verified, with a proof",
        "verified, VC-JWT",
        "baked into SVG",
        "status list rebuilt",
    ]
    assert all(float(line.split()[-1]) > 0 for line in lines)


@pytest.mark.nightly
def test_verification_is_timed() -> None:
    _, *lines = lines_of("tests.bench.verification", "--learners=8", "--processes=2")

    assert [line[:24].strip() for line in lines] == [
        "event-log",
        "attempts",
        "audit-log",
        "course-versions",
        "credential-definitions",
        "issued-credentials",
        "signed-credentials",
        "anchors",
        "all, 2 processes",
    ]
    assert all(" MiB" in line for line in lines)


@pytest.mark.nightly
def test_jobs_are_counted_next_to_pgbench() -> None:
    head, *lines = lines_of("tests.bench.jobs", "--jobs=40", "--others=30", "--rounds=1")

    assert head.split() == ["jobs/s", "pgbench/s", "ratio"]
    assert [line[:28].strip() for line in lines[:4]] == [
        "enqueued, alone",
        "done, alone",
        "enqueued, 30 others",
        "done, 30 others",
    ]
    assert all(float(line.split()[-1]) > 0 for line in lines[:4])
    assert len(lines) == 6


@pytest.mark.nightly
@pytest.mark.parametrize("shared", [[], ["--shared"]])
def test_enrolments_are_timed_beside_streams(shared: list[str]) -> None:
    small = ("--streams=3", "--rounds=1", "--seconds=0.5", "--margin=2", "--workers=1")

    *_, alone, beside, middle = lines_of("tests.bench.streams", *small, *shared)

    assert alone.split()[0] == "alone"
    assert beside.split()[:2] == ["3", "streams"]
    assert float(middle.split()[-1]) > 0


@pytest.mark.nightly
def test_nothing_that_was_acknowledged_is_lost_by_kills() -> None:
    *_, killed, mails, enrolments, acts, deliveries = lines_of(
        "tests.bench.kills", "--kills=4", "--clients=2"
    )

    assert killed == "killed: application 1, database 1, worker 0 1, worker 1 1"
    assert ", lost 0, " in mails
    assert enrolments.endswith(", lost 0")
    assert ", not once in the feed 0 of " in acts
    assert ", acts not delivered once 0, events of one side alone 0, out of order 0, " in deliveries


def test_every_benchmark_of_the_makefile_is_run_here() -> None:
    modules = set(re.findall(r"-m (tests\.bench[.a-z]*)", page("Makefile")))

    assert modules == {
        "tests.bench",
        "tests.bench.alike",
        "tests.bench.badges",
        "tests.bench.inputs",
        "tests.bench.metrics",
        "tests.bench.jobs",
        "tests.bench.kills",
        "tests.bench.reports",
        "tests.bench.admin",
        "tests.bench.streams",
        "tests.bench.verification",
    }


@pytest.mark.nightly
def test_a_benchmark_that_is_terminated_leaves_no_server() -> None:
    program = (
        "from tests.support.postgres import start_cluster; print(start_cluster().url); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as benchmark:
        assert benchmark.stdout is not None
        url = benchmark.stdout.readline().strip()
        connect(url).close()
        benchmark.terminate()

    with pytest.raises(OperationalError):
        connect(url)
