"""pgbench with the statements of one request: what PostgreSQL alone achieves."""

import re
import subprocess
from pathlib import Path
from typing import Final

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.bench.load import Request
from tests.bench.names import COURSES, LEARNERS
from tests.support.postgres import Cluster

# Every client goes through learners of its own on one course, then on the next.
_WHO: Final = f"""\\set i :i + 1
\\set place :client_id * :each + :i
\\set learner :place % {LEARNERS}
\\set course {COURSES // 2} + :place / {LEARNERS}
"""


def statements_of(request: Request) -> list[str]:
    """The statements, with their values, that the service sends to answer this request."""
    headers = {"Host": "127.0.0.1"} | (
        {"Authorization": f"Bearer {request.token}"} if request.token else {}
    )
    with CaptureQueriesContext(connection) as captured:
        response = Client().generic(
            request.method,
            request.path,
            request.body,
            content_type="application/json",
            headers=headers,
        )
    connection.close()
    assert response.status_code < 300, response.content
    return [query["sql"] for query in captured.captured_queries]


def transactions_a_second(
    statements: list[str], cluster: Cluster, *, folder: Path, clients: int, transactions: int
) -> float:
    """How often in a second pgbench completes the statements, on so many connections, *transactions* times on each."""
    script = folder / "request.sql"
    script.write_text(_script_of(statements))
    ran = subprocess.run(
        [
            cluster.binaries / "pgbench", "--no-vacuum", "--protocol=prepared",
            "--client", str(clients), "--jobs=2", "--transactions", str(transactions),
            "--define=i=-1", f"--define=each={transactions}", "--file", script, cluster.url,
        ],
        check=False,
        capture_output=True,
        text=True,
    )  # fmt: skip
    rate = re.search(r"tps = ([\d.]+)", ran.stdout)
    if ran.returncode or not rate:
        raise RuntimeError(ran.stderr)
    return float(rate[1])


def _script_of(statements: list[str]) -> str:
    """The statements as a pgbench script: with other learners each time, and new ids where they must be unique."""
    text = "".join(f"{' '.join(statement.split())};\n" for statement in statements)
    for kind, variable in (("8000", "learner"), ("9000", "learner"), ("a000", "course")):
        beginning = f"0000000000004000{kind}"
        expression = f"('{beginning}' || lpad((:{variable})::text, 12, '0'))::uuid"
        text = re.sub(rf"'{beginning}\d{{12}}'::uuid", expression, text)
    # In a script, a word behind a colon is a variable: the scopes in sessions must not look like one.
    text = re.sub(r"('\[[^']*\]')::jsonb", r"(\1)::jsonb", text)
    text = re.sub(r"(?<=\w):(?=[a-z])", "' || chr(58) || '", text)
    text = re.sub(r"'bench-\d+'", "('bench-' || (:course)::text)", text)
    text = re.sub(r"'\d{4}-\d\d-\d\d[ T][^']*'(::timestamptz)?", "now()", text)
    return _WHO + _with_new_ids(text)


def _with_new_ids(text: str) -> str:
    """Let pgbench generate the ids and hashes that the request generated; one that occurs twice stays the same."""
    settings = ""
    generated = re.findall(r"'(?!0{12})[0-9a-f]{32}'::uuid|'[0-9a-f]{64}'", text)
    for number, literal in enumerate(dict.fromkeys(generated)):
        settings += f"\\set new{number} random(1, 140737488355328)\n"
        digits = f"md5((:new{number})::text)"
        expression = f"{digits}::uuid" if literal.endswith("uuid") else f"({digits} || {digits})"
        text = text.replace(literal, expression)
    return settings + text
