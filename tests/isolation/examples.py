"""Example requests: a valid body for each operation, and what must have happened before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from tests.isolation.tenants import HOOK, TITLE
from tests.support.application import PASSWORD, Caller
from tests.support.bodies import body_of
from tests.support.builders import a_definition_of
from tests.support.pathways import a_chain, pathway_body_of

Things = Mapping[str, str]
Body = Callable[[Things], Any]

NEW_PASSWORD: Final = "a short way back"
REASON: Final = {"reason": "It was issued in error."}


@dataclass(frozen=True, kw_only=True)
class Example:
    """`body` is built from the things that the request names; `query` lists parameters that hold an organization id.

    `stands_for` maps a path parameter to a thing with another name, and `names_a_thing` says whether the body
    identifies one. `status` replaces that of the operation where nobody succeeds with an example.
    """

    body: Body | None = None
    query: tuple[str, ...] = ()
    names_a_thing: bool = False
    before: Callable[[Caller, Things], object] | None = None
    stands_for: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    status: int | None = None


def _definition(slug: str) -> Body:
    return lambda things: body_of(a_definition_of(required=1, slug=slug, title=TITLE))


def _pathway(slug: str) -> Body:
    return lambda things: pathway_body_of(a_chain(things["taught"], slug=slug, title=TITLE))


def _terms(things: Things) -> Any:
    return {
        "name": TITLE,
        "type": "badge",
        "criteria": "Tied every knot.",
        "issuer": TITLE,
        "course_id": things["course_id"],
    }


def _enrol(caller: Caller, things: Things) -> object:
    return caller.post(f"/v1/courses/{things['course']}/enroll")


def _enrol_for_exams(caller: Caller, things: Things) -> object:
    return caller.post(f"/v1/courses/{things['exams']}/enroll")


ENROLLED: Final = Example(before=_enrol)
HANDED_IN: Final = {"attempt_id": "handed_in_id"}
ESSAY: Final = {"attempt_id": "essay_id"}


def _hook(things: Things) -> Any:
    return {"url": HOOK}


OWN_SESSION: Final = {"session_id": "ai_session_id"}
AI: Final = {
    "startAISession": Example(body=lambda _: {"session_type": "tutoring"}),
    "getAISession": Example(stands_for=OWN_SESSION),
    "listAIInteractions": Example(stands_for=OWN_SESSION),
    "logAIInteraction": Example(
        body=lambda _: {"role": "user", "text": "How?"}, stands_for=OWN_SESSION
    ),
    "getTutorAnswer": Example(body=lambda _: {"text": "How?"}),
    "askTutor": Example(body=lambda _: {"text": "How?"}, stands_for=OWN_SESSION),
    "endAISession": Example(stands_for=OWN_SESSION),
    "giveAIFeedback": Example(body=lambda _: {"rating": "thumbs_up"}),
    "changeAISettingsOfOrganization": Example(body=lambda _: {"retention_days": 30}),
    "changeAISettingsOfCourse": Example(body=lambda _: {"monthly_tokens": 1000}),
    "removeAITexts": Example(body=lambda _: REASON),
    "reviewAISession": Example(stands_for={"session_id": "reviewed_id"}),
}
OF_PLATFORM: Final = {"webhook_id": "platform_webhook_id", "delivery_id": "platform_delivery_id"}
WEBHOOKS: Final = {
    "createWebhook": Example(body=_hook),
    "changeWebhook": Example(body=_hook),
    "replayWebhook": Example(body=lambda _: {"after": 0}),
    "createPlatformWebhook": Example(body=_hook),
    "changePlatformWebhook": Example(body=_hook, stands_for=OF_PLATFORM),
    "replayPlatformWebhook": Example(body=lambda _: {"after": 0}, stands_for=OF_PLATFORM),
    "getPlatformWebhook": Example(stands_for=OF_PLATFORM),
    "removePlatformWebhook": Example(stands_for=OF_PLATFORM),
    "rotatePlatformWebhookSecret": Example(stands_for=OF_PLATFORM),
    "pingPlatformWebhook": Example(stands_for=OF_PLATFORM),
    "pausePlatformWebhook": Example(stands_for=OF_PLATFORM),
    "resumePlatformWebhook": Example(stands_for=OF_PLATFORM),
    "listPlatformWebhookDeliveries": Example(stands_for=OF_PLATFORM),
    "redeliverPlatformWebhookDelivery": Example(stands_for=OF_PLATFORM),
}
EXAMPLES: Final[Mapping[str, Example]] = {
    **WEBHOOKS,
    **AI,
    "register": Example(
        body=lambda _: {"email": f"{uuid4().hex[:8]}@school.example", "password": PASSWORD}
    ),
    "logIn": Example(body=lambda things: {"email": things["email"], "password": PASSWORD}),
    "verifyLogIn": Example(
        body=lambda _: {"challenge": "of nobody", "code": "000000"}, status=HTTPStatus.UNAUTHORIZED
    ),
    "refresh": Example(body=lambda things: {"refresh_token": things["refresh_token"]}),
    "changeMe": Example(body=lambda _: {"name": "Anna"}),
    "changeMyPassword": Example(
        body=lambda _: {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    ),
    "verifyMyEmail": Example(body=lambda things: {"token": things["email_token"]}),
    "createUser": Example(
        body=lambda _: {"email": f"{uuid4().hex[:8]}@school.example", "password": PASSWORD}
    ),
    "changeUser": Example(body=lambda _: {"name": "Anna"}),
    "createOrganization": Example(body=lambda _: {"name": TITLE, "slug": f"a-{uuid4().hex[:8]}"}),
    "changeOrganization": Example(body=lambda _: {"name": "School of Bends"}),
    "suspendOrganization": Example(body=lambda _: REASON),
    "addMember": Example(body=lambda things: {"user_id": things["newcomer_id"]}),
    "changeMember": Example(body=lambda _: {"role": "instructor"}),
    "importMembers": Example(
        body=lambda things: f"email\n{things['invited']}\n".encode(), media_type="text/csv"
    ),
    "verifyBadge": Example(body=lambda _: {}),
    "invite": Example(body=lambda things: {"email": things["invited"]}),
    "acceptInvitation": Example(body=lambda things: {"token": things["token"]}, names_a_thing=True),
    "registerServiceClient": Example(body=lambda things: things["client_terms"]),
    "createCourse": Example(body=_definition("hitches"), query=("org",)),
    "listStatements": Example(query=("org",)),
    "rebuildProgress": Example(body=lambda _: {}),
    "exportStatements": Example(query=("org",)),
    "listTasks": Example(query=("org_id",)),
    "getTaskResult": Example(stands_for={"task_id": "done_task_id"}),
    "reviseCourse": Example(body=_definition("knots")),
    "publishCourse": Example(stands_for={"course": "draft"}),
    "createPathway": Example(body=_pathway("hitches"), query=("org",)),
    "revisePathway": Example(body=_pathway("ropes")),
    "publishPathway": Example(stands_for={"pathway": "retired_pathway"}),
    "defineCredential": Example(body=_terms),
    "amendCredential": Example(body=_terms),
    "withdrawCredential": Example(body=lambda _: REASON),
    # Any text is a reason.
    "awardCredentialToList": Example(
        query=("reason",), body=lambda things: {"rows": [{"email": things["invited"]}]}
    ),
    # Its token is for another person.
    "redeemClaim": Example(body=lambda _: {"token": "of nobody"}, status=404),
    "revokeIssued": Example(body=lambda _: REASON),
    "reissueIssued": Example(body=lambda _: REASON),
    "changeMyCredential": Example(
        body=lambda _: {"shows_name": True}, stands_for={"issued_id": "own_issued_id"}
    ),
    "getMyEvidence": Example(stands_for={"issued_id": "own_issued_id"}),
    "suspendIssued": Example(body=lambda _: REASON),
    # It is not suspended.
    "resumeIssued": Example(body=lambda _: REASON, status=409),
    "startAttempt": Example(before=_enrol_for_exams),
    "saveResponses": Example(body=lambda _: {"responses": []}),
    "getAttemptToGrade": Example(stands_for=HANDED_IN),
    "listGradeProposals": Example(stands_for=ESSAY),
    "proposeGrades": Example(stands_for=ESSAY),
    "gradeAttempt": Example(
        body=lambda things: {"marks": [{"question_id": things["question_id"], "score": 1}]},
        stands_for=HANDED_IN,
    ),
    "voidAttempt": Example(body=lambda _: REASON, stands_for=HANDED_IN),
    "upgrade": ENROLLED,
    "withdraw": ENROLLED,
    "startItem": ENROLLED,
    "completeItem": ENROLLED,
    "getProgress": ENROLLED,
    "listEvents": ENROLLED,
}
"""Operations not listed here need no body and no preparation."""


def example_of(operation: str) -> Example:
    return EXAMPLES.get(operation, Example())
