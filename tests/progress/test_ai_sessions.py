"""AISessionService and AISessionOversight."""

from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, OrgRole, PersonNeeded, Right
from accounts.domain.audit.entities import AuditAction
from accounts.domain.organizations.errors import OrganizationNotFound
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.outlines import ItemId
from courses.domain.errors import CourseNotFound, ItemNotFound
from progress.domain.ai.entities.feedback import Rating
from progress.domain.ai.entities.sessions import (
    AIInteractionId,
    AISessionId,
    SessionType,
    TextState,
)
from progress.domain.ai.errors import AIInteractionNotFound, AISessionEnded, AISessionNotFound
from progress.domain.ai.ports import Role
from progress.domain.ai.services.sessions import Topic
from progress.domain.errors import NotEnrolled
from tests.support.ai import ALL, GENERATED, a_conversation
from tests.support.builders import a_principal
from tests.support.learning import a_learner, a_learner_in, a_published_course, items_of
from tests.support.organizations import a_member
from tests.support.worlds import World

DAY: Final = timedelta(days=1)


def test_a_conversation_is_logged_with_its_texts_in_a_chain(memory: World) -> None:
    talk = a_conversation(memory)

    question, answer = talk.asks("How do I tie a bowline?"), talk.gets("What have you tried?")

    assert [(row.interaction, row.text) for row in talk.read()] == [
        (question, "How do I tie a bowline?"),
        (answer, "What have you tried?"),
    ]
    assert question.previous_hash == talk.session.opening_hash
    assert answer.previous_hash == question.hash == question.computed_hash()
    assert (talk.now().sequence, talk.now().hash) == (2, answer.hash)
    assert (question.role, answer.role) == (Role.USER, Role.ASSISTANT)
    assert answer.generation == GENERATED
    assert answer.recorded_by == talk.principal.user_id


def test_contact_data_is_removed_before_anything_is_stored(memory: World) -> None:
    talk = a_conversation(memory)

    talk.asks("I am anna@school.example.")

    (row,) = talk.read()
    assert row.text == "I am [e-mail removed]."


def test_a_session_on_an_item_needs_an_enrolment(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    item_id = items_of(memory.services, course)[0]
    start, tutoring = memory.services.ai_sessions.start, SessionType.TUTORING
    topic = Topic(course=course.slug, item_id=item_id)
    with pytest.raises(NotEnrolled):
        start(tutoring, topic, by=anna.principal)
    with pytest.raises(CourseNotFound):
        start(tutoring, Topic(course="nowhere"), by=anna.principal)
    anna.enrols(course)

    session = start(tutoring, topic, by=anna.principal)

    assert (session.course_id, session.item_id) == (course.id, item_id)
    missing = Topic(course=course.slug, item_id=ItemId(uuid4()))
    with pytest.raises(ItemNotFound):
        start(tutoring, missing, by=anna.principal)
    anna.withdraws(course)
    with pytest.raises(NotEnrolled):
        start(tutoring, topic, by=anna.principal)


def test_a_session_without_a_course_can_belong_to_an_organization_of_the_user(
    memory: World,
) -> None:
    organization = memory.has_organization()
    anna = a_learner_in(memory, organization).principal
    topic = Topic(org_id=organization.id)

    session = memory.services.ai_sessions.start(SessionType.CONTENT_GENERATION, topic, by=anna)

    assert session.org_id == organization.id
    for stranger in (a_principal(memory.has_user()), OPERATOR):
        with pytest.raises((OrganizationNotFound, PersonNeeded)):
            memory.services.ai_sessions.start(SessionType.TUTORING, topic, by=stranger)


def test_an_ended_session_takes_no_questions_but_the_answer_to_an_earlier_one(
    memory: World,
) -> None:
    talk = a_conversation(memory)
    talk.asks("How?")
    ended = talk.ends()

    with pytest.raises(AISessionEnded):
        talk.asks("And then?")
    with pytest.raises(AISessionEnded):
        talk.ends()
    talk.gets("Like this.")

    assert ended.ended_at == memory.clock.now()
    assert talk.now().ended_at == ended.ended_at
    assert talk.now().sequence == 2


def test_sessions_of_others_do_not_exist(memory: World) -> None:
    talk, service = a_conversation(memory), memory.services.ai_sessions
    question, other = talk.asks("How?"), a_principal(memory.has_user())
    request = PageRequest()

    with pytest.raises(AISessionNotFound):
        service.get(talk.session.id, by=other)
    with pytest.raises(AISessionNotFound):
        service.record(talk.session.id, Role.USER, "x", by=other)
    with pytest.raises(AISessionNotFound):
        service.end(talk.session.id, by=other)
    with pytest.raises(AISessionNotFound):
        service.interactions_of(talk.session.id, request, by=other)
    with pytest.raises(AISessionNotFound):
        service.get(AISessionId(uuid4()), by=other)
    with pytest.raises(AIInteractionNotFound):
        service.give_feedback(question.id, Rating.FLAG, "", by=other)
    with pytest.raises(AIInteractionNotFound):
        service.give_feedback(AIInteractionId(uuid4()), Rating.FLAG, "", by=talk.principal)
    assert service.page_for(request, by=other).items == ()
    assert [s.id for s in service.page_for(request, by=talk.principal).items] == [talk.session.id]


def test_a_text_that_was_altered_or_lost_is_not_shown(memory: World) -> None:
    talk, texts = a_conversation(memory), memory.services.ports.texts
    lost, altered = talk.asks("How?"), talk.gets("Like this.")
    owner = talk.session.user_id
    texts.remove(owner, lost.content_hash, stored_before=memory.clock.now() + DAY)
    texts._texts[owner, altered.content_hash] = b"Like that.", memory.clock.now()  # type: ignore[attr-defined]  # noqa: SLF001  # as an attacker would

    rows = talk.read()

    assert [(row.text, row.text_state) for row in rows] == [(None, TextState.DAMAGED)] * 2


def test_feedback_is_redacted_and_replaced(memory: World) -> None:
    talk = a_conversation(memory)
    answer, give = talk.gets("Like this."), memory.services.ai_sessions.give_feedback
    give(answer.id, Rating.THUMBS_UP, "", by=talk.principal)

    flag = give(answer.id, Rating.FLAG, "Ask anna@school.example", by=talk.principal)

    assert flag.comment == "Ask [e-mail removed]"
    stored = memory.repositories.ai_feedback.find(
        answer.id, talk.session.user_id, scope=ALL_TENANTS
    )
    assert stored == flag


def test_staff_see_the_sessions_of_their_learners_and_each_reading_is_recorded(
    memory: World,
) -> None:
    organization = memory.has_organization()
    anna = a_learner_in(memory, organization)
    topic = Topic(org_id=organization.id)
    talk, oversight = a_conversation(memory, anna.principal, topic), memory.services.ai_oversight
    talk.asks("How?")
    bo = a_member(organization.id, role=OrgRole.INSTRUCTOR, user=memory.has_user())
    head = a_member(organization.id, role=OrgRole.ADMIN, user=memory.has_user())

    (row,) = oversight.interactions_of(talk.session.id, ALL, by=bo).items

    assert row.text == "How?"
    listed = oversight.page_of_organization(organization.id, ALL, by=head)
    assert [session.id for session in listed.items] == [talk.session.id]
    with pytest.raises(NotPermitted):
        oversight.page_of_organization(organization.id, ALL, by=bo)
    other = a_member(organization.id, user=memory.has_user())
    with pytest.raises(NotPermitted):
        oversight.interactions_of(talk.session.id, ALL, by=other)
    for stranger in (a_principal(memory.has_user(), Right.SEE_PROGRESS),):
        with pytest.raises(AISessionNotFound):
            oversight.interactions_of(talk.session.id, ALL, by=stranger)
        with pytest.raises(OrganizationNotFound):
            oversight.page_of_organization(organization.id, ALL, by=stranger)
    entries = memory.repositories.audit_log.following(
        organization.id, after=0, limit=100, scope=ALL_TENANTS
    )
    looks = [entry for entry in entries if entry.act.action is AuditAction.LOOKED_INTO]
    assert [(look.actor_id, look.act.subject_id) for look in looks] == [
        (bo.user_id, str(talk.session.id))
    ]


def test_instructors_list_the_sessions_on_their_course(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.enrols(course)
    talk = a_conversation(memory, anna.principal, Topic(course=course.slug))
    a_conversation(memory)
    oversight = memory.services.ai_oversight

    listed = oversight.page_of_course(course.slug, ALL, by=OPERATOR)

    assert [session.id for session in listed.items] == [talk.session.id]
    with pytest.raises(NotPermitted):
        oversight.page_of_course(course.slug, ALL, by=anna.principal)
