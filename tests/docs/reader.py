"""A reader of the pages about clients, who runs their commands and programs on a real server."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

from tests.docs.shell import blocks_printed_by
from tests.support.documents import ROOT
from tests.support.forms import WireBrowser
from tests.support.javascript import printed_after_answering
from tests.support.provider import Registered
from tests.support.school import School

ADDRESS: Final = "http://localhost:8000"
"""The server of the pages."""

READ: Final = """
read() { printf -v "$3" %s "$(curl -sS "$READER" --data-raw "$2")"; }
"""
"""In place of somebody who opens the URL in the prompt and pastes where it led."""

MANAGE: Final = """
manage() { curl -sS "$MANAGER" --data-raw "$*"; }
"""
"""In place of a process for each management command, which takes seconds to start.

Other tests start some: that of the development server, and those of settings.
"""


@dataclass(frozen=True)
class Reader:
    """A reader with a server, a client for the client credentials grant, and an account."""

    school: School
    anna: WireBrowser
    robot: Registered

    def types(self, commands: Iterable[str], folder: Path = ROOT, **variables: str) -> list[str]:
        """Return what each block of commands prints, in one session that stops at the first failure."""
        first, *others = map(self._here, commands)
        with answering(self.opens) as url, answering(self._manages) as manager:
            environment = os.environ | self.school.environment | self._environment() | variables
            environment |= {"READER": url, "MANAGER": manager}
            return blocks_printed_by([READ + MANAGE + first, *others], environment, folder=folder)

    def runs(self, program: str) -> None:
        exec(self._here(program), {"input": self.opens})  # noqa: S102  # it is ours, from the page

    def runs_in_node(self, program: str, folder: Path) -> str:
        """Return what the program prints after the URL was pasted, in a folder with its packages."""
        (folder / "sign-in.js").write_text(self._here(program))
        return printed_after_answering(folder, "sign-in.js", "URL:  ", self.opens)

    def opens(self, prompt: str) -> str:
        """Return where the URL in the prompt leads whoever signs in and gives consent, in a new browser."""
        address = re.search(r"http\S+", prompt)
        assert address
        with closing(WireBrowser(self.school.server.url, email=self.anna.email)) as browser:
            return browser.go_along(address[0]).address

    def _manages(self, command: str) -> str:
        return self.school.output_of(*command.split())

    def _here(self, text: str) -> str:
        here = text.replace(ADDRESS, self.school.server.url)
        return here.replace(".venv/bin/python manage.py", "manage")

    def _environment(self) -> dict[str, str]:
        return {"ROBOT": self.robot.client_id, "ROBOT_SECRET": self.robot.secret}


@contextmanager
def answering(answer: Callable[[str], str]) -> Iterator[str]:
    """The URL of a server that answers the text of each request."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer(text).encode())

        def log_message(self, *_: object) -> None:
            """Nothing: what is printed belongs to the page."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
