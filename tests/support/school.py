"""The application on the real server, with sample data, on its own database."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.test import override_settings

from accounts.adapters.keys import new_key_ring
from authsvc.composition.container import Services, services
from authsvc.config.environment import read_environment
from authsvc.demo.samples import STAFF
from tests.support.application import PASSWORD
from tests.support.bodies import body_of
from tests.support.builders import a_definition
from tests.support.commands import output_of
from tests.support.databases import LOGINS, connected_to, database_with_samples
from tests.support.server import Server, running_server
from tests.support.wire import WireCaller

SAMPLE: Final = "/v1/courses/intro-to-claude"
_NUMBERS: Final = count()


@dataclass(frozen=True)
class School:
    """A running server, its environment and the password of staff."""

    server: Server
    environment: dict[str, str]
    password: str

    def stranger(self) -> WireCaller:
        return WireCaller(self.server.port)

    def learner(self) -> WireCaller:
        """A new user, signed in."""
        body = {"email": f"anna-{next(_NUMBERS)}@school.example", "password": PASSWORD}
        session = self.stranger().post("/v1/auth/register", body)
        return WireCaller(self.server.port, session.json["access_token"])

    def staff(self) -> WireCaller:
        body = {"email": STAFF, "password": self.password}
        session = self.stranger().post("/v1/auth/login", body)
        return WireCaller(self.server.port, session.json["access_token"])

    @contextmanager
    def inside(self) -> Iterator[Services]:
        """The services on its database, in this process."""
        with connected_to(self.environment["DATABASE_URL"]):
            yield services()

    def output_of(self, command: str, *arguments: str) -> str:
        """The output of a management command in its environment, run in this process, which need not start."""
        # Metrics would set a variable of this process, for good.
        environment = read_environment(os.environ | self.environment | {"METRICS": ""})
        with self.inside(), override_settings(ENVIRONMENT=environment):
            services.cache_clear()
            try:
                return output_of(command, *arguments)
            finally:
                services.cache_clear()

    def course_draft(self) -> str:
        """The path of a new course that is not published yet."""
        body = body_of(a_definition(slug=f"race-{next(_NUMBERS)}"))
        created = self.staff().post("/v1/courses", body)
        return f"/v1/courses/{created.json['slug']}"


@contextmanager
def open_school(
    folder: Path,
    *,
    workers: int = 1,
    threads: int = 8,
    port: int | None = None,
    errors: IO[str] | None = None,
    **variables: str,
) -> Iterator[School]:
    """Run a school in an environment with these variables; *folder* is for its secrets."""
    with database_with_samples(folder) as url:
        environment = _environment(folder, url) | variables
        logins = json.loads((folder / LOGINS).read_text())
        with running_server(
            environment, workers=workers, threads=threads, port=port, errors=errors
        ) as server:
            yield School(server, environment, logins[STAFF])


def _environment(folder: Path, url: str) -> dict[str, str]:
    keys = folder / "keys.json"
    keys.write_text(new_key_ring().private_json())
    return {
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "DEMO": "off",
        "LOG_LEVEL": "ERROR",
        "SECRET_KEY": settings.SECRET_KEY,
        "SIGNING_KEYS_FILE": str(keys),
    }


def items_of(course: dict[str, Any]) -> list[str]:
    """The ids of all items of a course as the API shows it."""
    return [item["id"] for module in course["modules"] for item in module["items"]]
