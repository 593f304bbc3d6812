"""AI sessions: starting and ending them, logging their interactions, and reading both."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import uuid4

from accounts.public import OrganizationId, OrganizationNotFound, Principal
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import CatalogService, ItemId
from progress.domain.ai.entities.feedback import AIFeedback, AIFlag, AIFlagId, Rating
from progress.domain.ai.entities.sessions import (
    NOT_GENERATED,
    AIInteraction,
    AIInteractionId,
    AISession,
    AISessionId,
    AISessionSelection,
    Generation,
    ReadInteraction,
    SessionType,
)
from progress.domain.ai.errors import AIInteractionNotFound, AISessionNotFound
from progress.domain.ai.ports import Role, TextStore
from progress.domain.ai.redaction import redacted
from progress.domain.ai.repositories.protocols.sessions import (
    AIFeedbackRepository,
    AIFlagRepository,
    AIInteractionRepository,
    AISessionRepository,
)
from progress.domain.ai.services.texts import TextReader
from progress.domain.errors import NotEnrolled
from progress.domain.repositories.protocols.progress import ProgressRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a session is about: a course, an item of it, or nothing; without a course, an organization may own it."""

    course: str | None = None
    item_id: ItemId | None = None
    org_id: OrganizationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AISessionService:
    """What users do with their own AI sessions; those of others do not exist for them.

    Texts are redacted before anything is stored, and stored before the interaction is committed.
    """

    sessions: AISessionRepository
    interactions: AIInteractionRepository
    feedback: AIFeedbackRepository
    flags: AIFlagRepository
    progress: ProgressRepository
    catalog: CatalogService
    texts: TextStore
    text_reader: TextReader
    unit_of_work: UnitOfWork
    clock: Clock

    def start(
        self, session_type: SessionType, topic: Topic | None = None, *, by: Principal
    ) -> AISession:
        """Start a session of the caller; on a course, they must be enrolled.

        Raises Impersonating, CourseNotFound, NotEnrolled, ItemNotFound, OrganizationNotFound.
        """
        by.require_in_person()
        topic = topic or Topic()
        with self.unit_of_work.atomic():
            session = self._new_session(session_type, topic, by)
            self.sessions.add(session, scope=by.member_scope)
        return session

    def record(
        self,
        session_id: AISessionId,
        role: Role,
        text: str,
        generation: Generation = NOT_GENERATED,
        *,
        is_answer: bool = False,
        is_reported: bool = False,
        by: Principal,
    ) -> AIInteraction:
        """Log a message of the caller's session.

        With *is_answer* it is the answer to a message that was logged before, and is accepted after the end of the
        session, too: it was generated, and paid for. With *is_reported*, a client logs a message to or from a tutor of
        its own. Raises AISessionNotFound, AISessionEnded.
        """
        with self.unit_of_work.atomic():
            session = self._own_for_update(session_id, by)
            if not is_answer:
                session.require_open()
            return self.append(
                session,
                role,
                text,
                generation,
                is_reported=is_reported,
                scope=by.member_scope,
                by=by,
            )

    def append(
        self,
        session: AISession,
        role: Role,
        text: str,
        generation: Generation = NOT_GENERATED,
        *,
        is_reported: bool = False,
        scope: TenantScope,
        by: Principal,
    ) -> AIInteraction:
        """Log a message of a session that the calling service has locked, inside its unit of work."""
        content_hash = self.texts.put(session.user_id, redacted(text))
        interaction = AIInteraction(
            id=AIInteractionId(uuid4()),
            session_id=session.id,
            user_id=session.user_id,
            org_id=session.org_id,
            sequence=session.sequence + 1,
            role=role,
            content_hash=content_hash,
            generation=generation,
            is_reported=is_reported,
            occurred_at=self.clock.now(),
            recorded_by=by.user_id,
            client_id=by.client_id,
            agent=by.agent,
            previous_hash=session.hash,
        ).sealed()
        self.interactions.append(interaction, scope=scope)
        self.sessions.save(session.after(interaction), scope=scope)
        return interaction

    def end(self, session_id: AISessionId, *, by: Principal) -> AISession:
        """End the caller's session. Raises AISessionNotFound, AISessionEnded."""
        with self.unit_of_work.atomic():
            session = self._own_for_update(session_id, by).ended(at=self.clock.now())
            self.sessions.save(session, scope=by.member_scope)
        return session

    def get(self, session_id: AISessionId, *, by: Principal) -> AISession:
        """Return the caller's session. Raises AISessionNotFound."""
        return self._own(self.sessions.get(session_id, scope=by.member_scope), by)

    def page_for(self, request: PageRequest, *, by: Principal) -> Page[AISession]:
        """Return the caller's sessions, newest first."""
        selection = AISessionSelection(user_id=by.person)
        return self.sessions.page_of(selection, request, scope=by.member_scope)

    def interactions_of(
        self, session_id: AISessionId, request: PageRequest, *, by: Principal
    ) -> Page[ReadInteraction]:
        """Return the interactions of the caller's session with their texts, oldest first.

        Raises AISessionNotFound.
        """
        session = self.get(session_id, by=by)
        page = self.interactions.page_of_session(session.id, request, scope=by.member_scope)
        return self.text_reader.read_page(session, page)

    def interaction(self, interaction_id: AIInteractionId, *, by: Principal) -> ReadInteraction:
        """Return an interaction of the caller with its text.

        Raises AIInteractionNotFound, TextRemoved, TextAltered.
        """
        interaction = self._own_interaction(interaction_id, by)
        session = self.sessions.get(interaction.session_id, scope=by.member_scope)
        return self.text_reader.require(session, interaction)

    def ratings_of(
        self, interactions: Iterable[ReadInteraction], *, by: Principal
    ) -> Mapping[AIInteractionId, Rating]:
        """Return the caller's ratings of these interactions, as far as they have rated them."""
        ids = [read.interaction.id for read in interactions]
        return self.feedback.ratings_by(by.person, ids, scope=by.member_scope)

    def give_feedback(
        self, interaction_id: AIInteractionId, rating: Rating, comment: str, *, by: Principal
    ) -> AIFeedback:
        """Rate an interaction of the caller's own session, instead of an earlier rating of theirs.

        A flag stays open until staff decide about it. Raises Impersonating, AIInteractionNotFound.
        """
        by.require_in_person()
        with self.unit_of_work.atomic():
            interaction = self._own_interaction(interaction_id, by)
            feedback = AIFeedback(
                interaction_id=interaction.id,
                user_id=by.person,
                org_id=interaction.org_id,
                rating=rating,
                comment=redacted(comment),
                given_at=self.clock.now(),
            )
            self.feedback.put(feedback, scope=by.member_scope)
            if rating is Rating.FLAG:
                self._flag(interaction, feedback, by)
        return feedback

    def _flag(self, interaction: AIInteraction, feedback: AIFeedback, by: Principal) -> None:
        flag = AIFlag(
            id=AIFlagId(uuid4()),
            interaction_id=interaction.id,
            session_id=interaction.session_id,
            user_id=feedback.user_id,
            org_id=feedback.org_id,
            comment=feedback.comment,
            flagged_at=feedback.given_at,
        )
        self.flags.open(flag, scope=by.member_scope)

    def _new_session(self, session_type: SessionType, topic: Topic, by: Principal) -> AISession:
        course_id, org_id = None, topic.org_id
        if topic.course is not None:
            progress = self.progress.find(by.person, topic.course, scope=by.member_scope)
            if progress is None or not progress.is_enrolled:
                self.catalog.learnable_by(by, topic.course)
                raise NotEnrolled
            if topic.item_id is not None:
                number, scope = progress.course_version, by.member_scope
                version = self.catalog.version(progress.course_id, number, scope=scope)
                version.outline.item(topic.item_id)
            course_id, org_id = progress.course_id, progress.org_id
        elif org_id is not None and not by.is_in(org_id):
            raise OrganizationNotFound
        return AISession(
            id=AISessionId(uuid4()),
            user_id=by.person,
            org_id=org_id,
            course_id=course_id,
            item_id=topic.item_id,
            session_type=session_type,
            client_id=by.client_id,
            started_at=self.clock.now(),
        ).opened()

    def _own_interaction(self, interaction_id: AIInteractionId, by: Principal) -> AIInteraction:
        interaction = self.interactions.get(interaction_id, scope=by.member_scope)
        if interaction.user_id != by.person:
            raise AIInteractionNotFound
        return interaction

    def _own_for_update(self, session_id: AISessionId, by: Principal) -> AISession:
        return self._own(self.sessions.get_for_update(session_id, scope=by.member_scope), by)

    def _own(self, session: AISession, by: Principal) -> AISession:
        if session.user_id != by.person:
            raise AISessionNotFound
        return session
