"""AI sessions: those of the caller, and those of learners for staff.

Responses to requests that change something contain no texts, because they are stored under the Idempotency-Key.
"""

from http import HTTPStatus
from typing import Final

from accounts.public import (
    OrganizationId,
    OrganizationNotFound,
    Principal,
    Right,
    Scope,
    UserId,
)
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.reading import Members
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest
from courses.public import CourseNotFound, ItemNotFound
from progress.api.ai_serializers import (
    AIInteractionSerializer,
    AISessionSerializer,
    FeedbackRequestSerializer,
    FeedbackSerializer,
    LogInteractionRequestSerializer,
    ReadInteractionSerializer,
    RemovedTextsSerializer,
    RemoveTextsRequestSerializer,
    StartSessionRequestSerializer,
)
from progress.domain.ai.entities.feedback import AIFeedback, Rating
from progress.domain.ai.entities.sessions import (
    AIInteraction,
    AIInteractionId,
    AISession,
    AISessionId,
    Generation,
    ReadInteraction,
    SessionType,
)
from progress.domain.ai.errors import (
    AIInteractionNotFound,
    AISessionEnded,
    AISessionNotFound,
    AITextsNotFound,
    TextAltered,
    TextRemoved,
)
from progress.domain.ai.ports import FinishReason, Role, TokenUsage
from progress.domain.ai.services.sessions import Topic
from progress.domain.errors import NotEnrolled

OWN: Final = Access(Whose.ONESELF)


class AISessionListView(ApiView):
    @operation(
        name="listMyAISessions",
        summary="List the caller's AI sessions, newest first",
        access=OWN,
        scope=Scope.AI_READ,
        page_of=AISessionSerializer,
    )
    def get(self, *, page: PageRequest, by: Principal) -> Page[AISession]:
        return services().ai_sessions.page_for(page, by=by)

    @operation(
        name="startAISession",
        summary="Start an AI session, about an item of a course or anything else",
        access=OWN,
        scope=Scope.AI_WRITE,
        status=HTTPStatus.CREATED,
        body=StartSessionRequestSerializer,
        answer=AISessionSerializer,
        errors=(CourseNotFound, ItemNotFound, NotEnrolled, OrganizationNotFound),
        is_idempotent=True,
    )
    def post(self, *, body: Members, by: Principal) -> AISession:
        topic = Topic(course=body["course"], item_id=body["item_id"], org_id=body["org_id"])
        return services().ai_sessions.start(SessionType(body["session_type"]), topic, by=by)


class AISessionView(ApiView):
    @operation(
        name="getAISession",
        summary="Get an AI session of the caller",
        access=OWN,
        scope=Scope.AI_READ,
        answer=AISessionSerializer,
        errors=(AISessionNotFound,),
        has_etag=True,
    )
    def get(self, session_id: AISessionId, *, by: Principal) -> AISession:
        return services().ai_sessions.get(session_id, by=by)


class AIInteractionListView(ApiView):
    @operation(
        name="listAIInteractions",
        summary="List the interactions of an AI session of the caller with their texts, oldest first",
        access=OWN,
        scope=Scope.AI_READ,
        page_of=ReadInteractionSerializer,
        errors=(AISessionNotFound,),
    )
    def get(
        self, session_id: AISessionId, *, page: PageRequest, by: Principal
    ) -> Page[ReadInteraction]:
        return services().ai_sessions.interactions_of(session_id, page, by=by)

    @operation(
        name="logAIInteraction",
        summary="Log an interaction of an AI session; its text is redacted before it is stored",
        access=OWN,
        scope=Scope.AI_WRITE,
        status=HTTPStatus.CREATED,
        body=LogInteractionRequestSerializer,
        answer=AIInteractionSerializer,
        errors=(AISessionNotFound, AISessionEnded),
        is_idempotent=True,
    )
    def post(self, session_id: AISessionId, *, body: Members, by: Principal) -> AIInteraction:
        role, generation = Role(body["role"]), _generation(body)
        return services().ai_sessions.record(
            session_id, role, body["text"], generation, is_reported=True, by=by
        )


class EndAISessionView(ApiView):
    @operation(
        name="endAISession",
        summary="End an AI session of the caller; it takes no more interactions",
        access=OWN,
        scope=Scope.AI_WRITE,
        answer=AISessionSerializer,
        errors=(AISessionNotFound, AISessionEnded),
        is_idempotent=True,
    )
    def post(self, session_id: AISessionId, *, by: Principal) -> AISession:
        return services().ai_sessions.end(session_id, by=by)


class AIInteractionView(ApiView):
    @operation(
        name="getAIInteraction",
        summary="Get an interaction of the caller with its text; 410 once the text was removed",
        access=OWN,
        scope=Scope.AI_READ,
        answer=ReadInteractionSerializer,
        errors=(AIInteractionNotFound, TextRemoved, TextAltered),
    )
    def get(self, interaction_id: AIInteractionId, *, by: Principal) -> ReadInteraction:
        return services().ai_sessions.interaction(interaction_id, by=by)


class RemoveTextsView(ApiView):
    @operation(
        name="removeAITexts",
        summary="Remove all texts of a user's AI sessions for good; metrics and hashes are kept",
        access=Access(Whose.PERSON, Right.MANAGE_USERS),
        scope=Scope.AI_WRITE,
        body=RemoveTextsRequestSerializer,
        answer=RemovedTextsSerializer,
        errors=(AITextsNotFound,),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def post(self, user_id: UserId, *, body: Members, by: Principal) -> dict[str, int]:
        removed = services().ai_texts.remove_texts_of(user_id, reason=body["reason"], by=by)
        return {"sessions": removed}


class AIFeedbackView(ApiView):
    @operation(
        name="giveAIFeedback",
        summary="Rate or flag an interaction of the caller; replaces their earlier feedback on it",
        access=OWN,
        scope=Scope.AI_WRITE,
        body=FeedbackRequestSerializer,
        answer=FeedbackSerializer,
        errors=(AIInteractionNotFound,),
        is_idempotent=True,
    )
    def post(self, interaction_id: AIInteractionId, *, body: Members, by: Principal) -> AIFeedback:
        return services().ai_sessions.give_feedback(
            interaction_id, Rating(body["rating"]), body["comment"], by=by
        )


class AISessionReviewView(ApiView):
    @operation(
        name="reviewAISession",
        summary="List the interactions of a learner's AI session with their texts; an audited access",
        access=Access(Whose.HELD, Right.SEE_PROGRESS),
        scope=Scope.AI_READ,
        page_of=ReadInteractionSerializer,
        errors=(AISessionNotFound,),
    )
    def get(
        self, session_id: AISessionId, *, page: PageRequest, by: Principal
    ) -> Page[ReadInteraction]:
        return services().ai_oversight.interactions_of(session_id, page, by=by)


class CourseAISessionListView(ApiView):
    @operation(
        name="listAISessionsOfCourse",
        summary="List the AI sessions of all learners on a course, newest first",
        access=Access(Whose.HELD, Right.SEE_PROGRESS),
        scope=Scope.AI_READ,
        page_of=AISessionSerializer,
        errors=(CourseNotFound,),
    )
    def get(self, course: str, *, page: PageRequest, by: Principal) -> Page[AISession]:
        return services().ai_oversight.page_of_course(course, page, by=by)


class OrganizationAISessionListView(ApiView):
    @operation(
        name="listAISessionsOfOrganization",
        summary="List the AI sessions in an organization, newest first",
        access=Access(Whose.HELD, Right.MANAGE_MEMBERS),
        scope=Scope.AI_READ,
        page_of=AISessionSerializer,
        errors=(OrganizationNotFound,),
    )
    def get(self, org_id: OrganizationId, *, page: PageRequest, by: Principal) -> Page[AISession]:
        return services().ai_oversight.page_of_organization(org_id, page, by=by)


def _generation(body: Members) -> Generation:
    reason = body["finish_reason"]
    return Generation(
        provider=body["provider"],
        model_id=body["model_id"],
        usage=TokenUsage(
            input_tokens=body["input_tokens"],
            cached_tokens=body["cached_tokens"],
            output_tokens=body["output_tokens"],
        ),
        latency_ms=body["latency_ms"],
        time_to_first_token_ms=body["time_to_first_token_ms"],
        finish_reason=None if reason is None else FinishReason(reason),
        prompt_template=body["prompt_template"],
        prompt_version=body["prompt_version"],
        cost_micro_usd=body["cost_micro_usd"],
    )
