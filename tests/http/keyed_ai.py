"""One valid request for every operation on AI sessions that takes an Idempotency-Key."""

from collections.abc import Mapping
from typing import Any, Final

from tests.http.keyed import Operation, Sent, a_course, an_organization, root_of
from tests.support.application import Application, Person
from tests.support.proposals import submitted_essay
from tests.support.tutors import FINISHED, STARTED, ScriptedModel, use_model

TUTORING: Final = {"session_type": "tutoring"}
MESSAGE: Final = {"role": "user", "text": "How?"}


def a_session(anna: Person) -> str:
    """The path of a new session."""
    started = anna.caller.post("/v1/ai/sessions", TUTORING)
    return f"/v1/ai/sessions/{started.json['id']}"


def start_session(application: Application) -> Sent:
    return Sent(by=application.signed_in(), path="/v1/ai/sessions", body=TUTORING)


def in_a_session(act: str, body: Any = None) -> Operation:
    def request(application: Application) -> Sent:
        anna = application.signed_in()
        return Sent(by=anna, path=f"{a_session(anna)}/{act}", body=body)

    return request


def ask_tutor(application: Application) -> Sent:
    """The answer has one piece: a replay has the text of the log, which knows no pieces."""
    use_model(application.services, ScriptedModel([STARTED, "A bight.", FINISHED]))
    anna = application.signed_in()
    return Sent(by=anna, path=f"{a_session(anna)}/messages", body={"text": "How?"})


def give_feedback(application: Application) -> Sent:
    anna = application.signed_in()
    message = anna.caller.post(f"{a_session(anna)}/interactions", MESSAGE).json
    path = f"/v1/ai/interactions/{message['id']}/feedback"
    return Sent(by=anna, path=path, body={"rating": "flag", "comment": "Wrong."})


def change_settings_of_organization(application: Application) -> Sent:
    owner, place = an_organization(application)
    return Sent(by=owner, path=f"{place}/ai-settings", method="PUT", body={"retention_days": 30})


def change_settings_of_course(application: Application) -> Sent:
    path = f"{a_course(application)}/ai-settings"
    return Sent(by=root_of(application), path=path, method="PUT", body={"monthly_tokens": 1000})


def remove_texts(application: Application) -> Sent:
    anna = application.signed_in()
    a_session(anna)
    path = f"/v1/users/{anna.id}/ai-texts/remove"
    return Sent(by=anna, path=path, body={"reason": "I have asked too much."})


def propose_grades(application: Application) -> Sent:
    root, anna = root_of(application), application.signed_in()
    essay = submitted_essay(application, anna, root)
    return Sent(by=root, path=f"{essay}/proposals")


AI: Final[Mapping[str, Operation]] = {
    "startAISession": start_session,
    "logAIInteraction": in_a_session("interactions", MESSAGE),
    "askTutor": ask_tutor,
    "endAISession": in_a_session("end"),
    "giveAIFeedback": give_feedback,
    "removeAITexts": remove_texts,
    "proposeGrades": propose_grades,
    "changeAISettingsOfOrganization": change_settings_of_organization,
    "changeAISettingsOfCourse": change_settings_of_course,
}
