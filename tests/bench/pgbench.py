"""What PostgreSQL alone makes of the statements of one request."""

import re
import subprocess
from pathlib import Path
from typing import Final

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.bench.world import COURSES, LEARNERS
from tests.support.postgres import Cluster

# Every client takes learners of its own through a course, and then through the next one.
_WHO: Final = f"""\\set i :i + 1
\\set place :client_id * :each + :i
\\set learner :place % {LEARNERS}
\\set course {COURSES // 2} + :place / {LEARNERS}
"""


def statements_of(method: str, path: str, *, token: str = "", body: bytes = b"") -> list[str]:
    """The statements, values and all, that the house sends to answer this request."""
    headers = {"Host": "127.0.0.1"} | ({"Authorization": f"Bearer {token}"} if token else {})
    with CaptureQueriesContext(connection) as captured:
        response = Client().generic(
            method, path, body, content_type="application/json", headers=headers
        )
    assert response.status_code < 300, response.content
    return [query["sql"] for query in captured.captured_queries]


def transactions_a_second(
    statements: list[str], cluster: Cluster, *, folder: Path, clients: int, each: int
) -> float:
    """How often a second pgbench gets through the statements, on so many connections, *each* so many times."""
    script = folder / "request.sql"
    script.write_text(_script_of(statements))
    ran = subprocess.run(
        [
            cluster.binaries / "pgbench", "--no-vacuum", "--protocol=prepared",
            "--client", str(clients), "--jobs=2", "--transactions", str(each),
            "--define=i=-1", f"--define=each={each}", "--file", script, cluster.url,
        ],
        check=False,
        capture_output=True,
        text=True,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", ran.stdout)
    if ran.returncode or not found:
        raise RuntimeError(ran.stderr)
    return float(found[1])


def _script_of(statements: list[str]) -> str:
    """The statements for pgbench to repeat: with other people, and with other ids where each must be new."""
    text = "".join(f"{' '.join(statement.split())};\n" for statement in statements)
    for kind, variable in (("8000", "learner"), ("9000", "learner"), ("a000", "course")):
        beginning = f"0000000000004000{kind}"
        spelled = f"('{beginning}' || lpad((:{variable})::text, 12, '0'))::uuid"
        text = re.sub(rf"'{beginning}\d{{12}}'::uuid", spelled, text)
    # In a script, a word behind a colon is a variable: the scopes in sessions must not look like that.
    text = re.sub(r"('\[[^']*\]')::jsonb", r"(\1)::jsonb", text)
    text = re.sub(r"(?<=\w):(?=[a-z])", "' || chr(58) || '", text)
    text = re.sub(r"'bench-\d+'", "('bench-' || (:course)::text)", text)
    text = re.sub(r"'\d{4}-\d\d-\d\d[ T][^']*'(::timestamptz)?", "now()", text)
    return _WHO + _with_new_ids(text)


def _with_new_ids(text: str) -> str:
    """What the request made up, made up by pgbench: what comes twice stays the same."""
    settings = ""
    made_up = re.findall(r"'(?!0{12})[0-9a-f]{32}'::uuid|'[0-9a-f]{64}'", text)
    for number, found in enumerate(dict.fromkeys(made_up)):
        settings += f"\\set new{number} random(1, 140737488355328)\n"
        digits = f"md5((:new{number})::text)"
        spelled = f"{digits}::uuid" if found.endswith("uuid") else f"({digits} || {digits})"
        text = text.replace(found, spelled)
    return settings + text
