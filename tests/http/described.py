"""Requests that schemathesis generates from the OpenAPI file, and the callers who send them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import schemathesis
from django.test.client import ClientHandler
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from accounts.domain.access import OPERATOR, OrganizationId, Role, UserId
from accounts.domain.integrations.entities.webhooks import WebhookTerms
from authsvc.http.positions import MIN_POSITION, NUMBER
from courses.definitions.courses import read_definition
from tests.support.application import PASSWORD, Application
from tests.support.builders import a_definition_of
from tests.support.claims import stored_claim
from tests.support.documents import ROOT
from tests.support.exams import EXAMS
from tests.support.pathways import a_chain, a_published_pathway
from tests.support.profiles import PROFILE, examples
from tests.support.relying import registered
from tests.support.school import items_of
from tests.support.tasks import a_task
from tests.support.webhooks import a_delivery

SENDERS: Final[dict[str, tuple[Role, ...] | None]] = {
    "nobody": None,
    "learner": (),
    "admin": (Role.ADMIN,),
}
ENDS_SESSIONS: Final = {"logOut", "changeMyPassword", "changeUser"}
EXCLUDED: Final[list[Any]] = [
    # A schema cannot express some rules: that a password is too common, that a cursor belongs to another list.
    positive_data_acceptance,
    # Unknown parameters, headers and members are ignored, and a missing body counts as one without members.
    negative_data_rejection,
]

Case = schemathesis.Case[Any]
_HANDLER: Final = ClientHandler()


def on_the_connection_of_the_test(
    environ: WSGIEnvironment, start_response: StartResponse
) -> list[bytes]:
    """The application as WSGI; Django's own handler would close the connection after each request."""
    response: Any = _HANDLER(environ)  # which the stubs take for another class
    status = f"{response.status_code} {response.reason_phrase}"
    start_response(status, list(response.items()))
    return [response.getvalue()]


IS_THOROUGH: Final = PROFILE == "thorough"
# Covering each constraint of each schema takes minutes, most of them while tests are collected, so it is left to the
# nightly run; random requests are enough for the others.
_PHASES: Final = {"coverage": {"enabled": IS_THOROUGH}}
schema = schemathesis.openapi.from_path(
    ROOT / "docs" / "openapi.json", config=schemathesis.Config.from_dict({"phases": _PHASES})
)
OF_THINGS: Final = r"\{"
"""Paths that name a thing."""
schema.app = on_the_connection_of_the_test
# The same requests in every run, so that failures can be repeated.
bounded = settings(
    examples(1),
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Sender:
    """A caller, and the things that they can name: courses, credentials that they have earned, themselves and so on."""

    def __init__(self, application: Application, roles: tuple[Role, ...] | None) -> None:
        self._house = application
        self._roles = roles
        self._person = application.signed_in(*(roles or ()))
        self._things: dict[str, str] = {}

    def name_things(self, case: Case) -> None:
        """Let the path name things that exist. Others are not made: that takes longer than the request."""
        names = set(case.path_parameters)
        for makes, make in self._makers(case.path).items():
            if not (names - self._things.keys()).isdisjoint(makes):
                self._things |= make()
        case.path_parameters = {name: self._things[name] for name in names}

    def _makers(self, path: str) -> dict[tuple[str, ...], Callable[[], dict[str, str]]]:
        """What makes the things with these names. The first one that makes a thing is used."""
        return {
            ("user_id",): lambda: {"user_id": self._person.id},
            ("session_id", "interaction_id"): (
                self._conversation if "/ai/" in path else self._other_session
            ),
            ("grant_id",): self._grant,
            ("task_id",): self._task,
            ("credential_id", "issued_id", "claim_id", "number"): self._credential,
            ("course", "item_id"): self._course,
            ("pathway",): self._pathway,
            ("assessment_id", "attempt_id"): self._attempt,
            ("issuer", "key_id"): self._issuer,
            ("org_id", "client_id", "invitation_id", "webhook_id"): self._organization,
        }

    def check(self, case: Case) -> None:
        """Send the case; every answer must be one that the file describes."""
        # A position far ahead is waited for, and then the answer is 503, as it must be.
        if re.fullmatch(NUMBER, str(case.headers.get(MIN_POSITION) or "")):
            case.headers[MIN_POSITION] = "0"
        case.call_and_validate(headers=self._headers(case), excluded_checks=EXCLUDED)

    def _headers(self, case: Case) -> dict[str, str]:
        if self._roles is None:
            return {}
        if case.operation.definition.raw["operationId"] in ENDS_SESSIONS:
            self._person = self._house.signed_in(*self._roles)
        return {"Authorization": f"Bearer {self._person.caller.token}"}

    def _course(self) -> dict[str, str]:
        """That the sender is enrolled on."""
        course, anna = self._house.published(a_definition_of(required=1)), self._person.caller
        place = f"/v1/courses/{course.slug}"
        anna.post(f"{place}/enroll")
        (item_id,) = items_of(anna.get(place).json)
        return {"course": course.slug, "item_id": item_id}

    def _pathway(self) -> dict[str, str]:
        course = self._house.published(a_definition_of(required=1))
        pathway = a_published_pathway(self._house.services, a_chain(course.slug))
        return {"pathway": pathway.slug}

    def _credential(self) -> dict[str, str]:
        """That the sender has earned, and somebody else can claim."""
        anna, place = self._person.caller, self._course()
        course = self._house.services.catalog.visible_to(OPERATOR, place["course"])
        credential = self._house.earns(course)
        anna.post(f"/v1/courses/{course.slug}/items/{place['item_id']}/complete")
        (issued,) = anna.get("/v1/me/credentials").json["items"]
        claim_id = stored_claim(
            self._house.services, str(credential.id), email="bo@home.example", token="t"
        )
        return {
            "credential_id": str(credential.id),
            "issued_id": issued["id"],
            "claim_id": claim_id,
            "number": "1",
        }

    def _task(self) -> dict[str, str]:
        task = a_task(self._house.services, owner_id=UserId(UUID(self._person.id)))
        return {"task_id": str(task)}

    def _attempt(self) -> dict[str, str]:
        """Which the sender has begun."""
        course, person = self._house.published(read_definition(EXAMS)), self._person.caller
        place = f"/v1/courses/{course.slug}"
        person.post(f"{place}/enroll")
        item = person.get(f"{place}/items/{items_of(person.get(place).json)[0]}").json
        assessment_id = item["assessment"]["id"]
        started = person.post(f"/v1/assessments/{assessment_id}/attempts")
        return {"assessment_id": assessment_id, "attempt_id": started.json["id"]}

    def _conversation(self) -> dict[str, str]:
        """An AI session of the sender, with a message."""
        session = self._person.caller.post("/v1/ai/sessions", {"session_type": "tutoring"})
        place = f"/v1/ai/sessions/{session.json['id']}"
        message = {"role": "user", "text": "How do I tie it?"}
        logged = self._person.caller.post(f"{place}/interactions", message)
        return {"session_id": session.json["id"], "interaction_id": logged.json["id"]}

    def _issuer(self) -> dict[str, str]:
        """An organization with a key."""
        organization, keys = self._organization(), self._house.services.issuer_keys
        org_id = OrganizationId(UUID(organization["org_id"]))
        key, _ = keys.rotate(org_id, reason="Yearly.", by=OPERATOR)
        return organization | {"issuer": organization["org_id"], "key_id": str(key.id)}

    def _organization(self) -> dict[str, str]:
        """Of which the sender is the owner."""
        owner = self._person.caller
        organization = owner.post("/v1/orgs", {"name": "Acme", "slug": f"acme-{uuid4().hex[:8]}"})
        place = f"/v1/orgs/{organization.json['id']}"
        invited = owner.post(f"{place}/invitations", {"email": "bo@school.example"})
        expires_at = self._house.services.ports.clock.now() + timedelta(days=1)
        terms = {"name": "Sync", "scopes": ["orgs:read"], "expires_at": expires_at.isoformat()}
        client = owner.post(f"{place}/clients", terms)
        org_id = OrganizationId(UUID(organization.json["id"]))
        return {
            **self._webhook(org_id),
            "org_id": organization.json["id"],
            "invitation_id": invited.json["id"],
            "client_id": client.json["client"]["id"],
        }

    def _webhook(self, org_id: OrganizationId) -> dict[str, str]:
        """A webhook with a delivery."""
        terms = WebhookTerms(url="http://127.0.0.1:9/")
        webhook = self._house.services.webhooks.create(org_id, terms, by=OPERATOR).webhook
        delivery = a_delivery(webhook)
        self._house.services.repositories.deliveries.add([delivery])
        return {"webhook_id": str(webhook.id), "delivery_id": str(delivery.id)}

    def _other_session(self) -> dict[str, str]:
        self._house.services.sign_in.log_in(email=self._person.email, password=PASSWORD)
        sessions = self._person.caller.get("/v1/me/sessions").json["items"]
        return {
            "session_id": next(session["id"] for session in sessions if not session["is_current"])
        }

    def _grant(self) -> dict[str, str]:
        client = registered(self._house).client
        self._house.services.authorizations.consent(
            client, user_id=UserId(UUID(self._person.id)), scopes={"openid"}
        )
        return {"grant_id": str(client.id)}


def sent_by(*names: str) -> pytest.MarkDecorator:
    """The fixture `sender` for each of these callers."""
    return pytest.mark.parametrize("sender", names, indirect=True)
