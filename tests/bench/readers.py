"""Readers of the tutor's answers: as many streams at once as there are tokens, each read to its end."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from tests.bench.load import Request, send_all

PREPARED = "prepared"
STARTED = "started"


async def _read(request: Request, port: int, started: "asyncio.Queue[bool]") -> bool:
    """Read one stream; return whether it came to its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.wire)
    received = b""
    while part := await reader.read(65536):
        if b"event: text" not in received and b"event: text" in received + part:
            started.put_nowait(True)  # noqa: FBT003  # a queue of what happened
        received += part
        if received.endswith(b"\r\n0\r\n\r\n"):
            break
    writer.close()
    if b"event: text" not in received:
        started.put_nowait(False)  # noqa: FBT003  # likewise
    return b"event: done" in received


async def _read_all(requests: list[Request], port: int) -> int:
    """Say when all have begun, or failed to; return how many came to their end."""
    started: asyncio.Queue[bool] = asyncio.Queue()
    reading = asyncio.gather(*(_read(request, port, started) for request in requests))
    for _ in requests:
        await started.get()
    print(STARTED, flush=True)
    return sum(await reading)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tokens", type=Path, required=True)
    options = parser.parse_args()
    tokens = json.loads(options.tokens.read_text())
    sessions = [_session(token, options.port) for token in tokens]
    print(PREPARED, flush=True)
    body = json.dumps({"text": "Which bend joins two ropes?"}).encode()
    for _ in sys.stdin:  # each line asks for one round
        requests = [
            Request("POST", f"/v1/ai/sessions/{session}/messages", token=token, body=body)
            for session, token in zip(sessions, tokens, strict=True)
        ]
        print(asyncio.run(_read_all(requests, options.port)), flush=True)


def _session(token: str, port: int) -> str:
    body = json.dumps({"session_type": "tutoring"}).encode()
    request = Request("POST", "/v1/ai/sessions", token=token, body=body)
    answers: list[bytes] = []
    send_all([request], port=port, connections=1, answers=answers)
    return str(json.loads(answers[0])["id"])


if __name__ == "__main__":
    main()
