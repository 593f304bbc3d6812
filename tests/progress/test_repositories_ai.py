"""AI session repositories, on every store."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import UserId
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from authsvc.kernel.verification import UserRange
from progress.domain.ai.entities.feedback import AIFeedback, Rating
from progress.domain.ai.entities.sessions import (
    NOT_GENERATED,
    AIInteraction,
    AIInteractionId,
    AISession,
    AISessionId,
    AISessionSelection,
)
from progress.domain.ai.errors import AIInteractionNotFound, AISessionNotFound
from progress.domain.ai.ports import Role
from tests.support.ai import ALL, an_ai_session, an_interaction
from tests.support.builders import NOON
from tests.support.pages import pages_of
from tests.support.worlds import World

PLATFORM: Final = TenantScope()
EVERYTHING: Final = AISessionSelection()


def has_session(world: World, **parts: object) -> AISession:
    user_id = parts.pop("user_id", None) or world.has_user().id
    session = an_ai_session(user_id, **parts)  # type: ignore[arg-type]  # the id of a user
    world.repositories.ai_sessions.add(session, scope=ALL_TENANTS)
    return session


def has_interactions(world: World, session: AISession, number: int) -> list[AIInteraction]:
    interactions = []
    for _ in range(number):
        interactions.append(an_interaction(session))
        world.repositories.ai_interactions.append(interactions[-1], scope=ALL_TENANTS)
        session = session.after(interactions[-1])
        world.repositories.ai_sessions.save(session, scope=ALL_TENANTS)
    return interactions


def elsewhere(world: World) -> TenantScope:
    return TenantScope.into(world.has_organization().id)


def test_a_session_is_returned_as_it_was_stored(world: World) -> None:
    course = world.has_course(org_id=world.has_organization().id)
    session = has_session(world, org_id=course.org_id, course_id=course.id, item_id=uuid4())
    ai_sessions, scope = world.repositories.ai_sessions, TenantScope.into(course.org_id)

    assert ai_sessions.get(session.id, scope=scope) == session
    assert ai_sessions.get_for_update(session.id, scope=scope) == session
    for other in (PLATFORM, elsewhere(world)):
        with pytest.raises(AISessionNotFound):
            ai_sessions.get(session.id, scope=other)
        with pytest.raises(AISessionNotFound):
            ai_sessions.get_for_update(session.id, scope=other)
    with pytest.raises(AISessionNotFound):
        ai_sessions.get(AISessionId(uuid4()), scope=ALL_TENANTS)


def test_the_end_and_the_head_of_a_session_are_all_that_changes(world: World) -> None:
    session = has_session(world)
    changed = replace(
        session, ended_at=NOON, sequence=2, hash="h" * 64, removed_through=1, client_id="other"
    )

    world.repositories.ai_sessions.save(changed, scope=PLATFORM)

    ai_sessions = world.repositories.ai_sessions.get(session.id, scope=PLATFORM)
    assert ai_sessions == replace(changed, client_id=session.client_id)


def test_nothing_is_written_outside_of_the_scope(world: World) -> None:
    session = has_session(world, org_id=world.has_organization().id)
    (interaction,) = has_interactions(world, session, 1)
    feedback = a_flag(interaction)

    with pytest.raises(OutsideTenantScope):
        world.repositories.ai_sessions.add(session, scope=PLATFORM)
    with pytest.raises(OutsideTenantScope):
        world.repositories.ai_sessions.save(session, scope=PLATFORM)
    with pytest.raises(OutsideTenantScope):
        world.repositories.ai_interactions.append(interaction, scope=PLATFORM)
    with pytest.raises(OutsideTenantScope):
        world.repositories.ai_feedback.put(feedback, scope=PLATFORM)


def test_sessions_are_listed_newest_first_by_user_course_and_organization(world: World) -> None:
    course = world.has_course(org_id=world.has_organization().id)
    anna = world.has_user().id
    sessions = [
        has_session(
            world,
            user_id=anna,
            org_id=course.org_id,
            course_id=course.id,
            started_at=NOON + timedelta(minutes=minute // 2),
        )
        for minute in range(5)
    ]
    other = has_session(world)
    ai_sessions, scope = world.repositories.ai_sessions, TenantScope.into(course.org_id)
    newest_first = sorted(sessions, key=lambda s: (s.started_at, s.id), reverse=True)

    for selection in (
        AISessionSelection(user_id=anna),
        AISessionSelection(org_id=course.org_id),
        AISessionSelection(course_id=course.id),
    ):
        pages = pages_of(partial(ai_sessions.page_of, selection, scope=scope), limit=2)
        assert [session for page in pages for session in page] == newest_first
        assert ai_sessions.page_of(selection, ALL, scope=PLATFORM).items == ()
    assert ai_sessions.page_of(EVERYTHING, ALL, scope=PLATFORM).items == (other,)
    assert ai_sessions.count() >= 6


def test_an_interaction_is_returned_as_it_was_stored(world: World) -> None:
    session = has_session(world, org_id=world.has_organization().id)
    answer = an_interaction(session)
    question = an_interaction(
        session.after(answer),
        role=Role.USER,
        generation=NOT_GENERATED,
        recorded_by=None,
    )
    ai_interactions, scope = world.repositories.ai_interactions, TenantScope.into(session.org_id)
    for interaction in (answer, question):
        ai_interactions.append(interaction, scope=scope)

    assert ai_interactions.get(answer.id, scope=scope) == answer
    assert ai_interactions.get(question.id, scope=scope) == question
    assert ai_interactions.page_of_session(session.id, ALL, scope=scope).items == (answer, question)
    assert ai_interactions.page_of_session(session.id, ALL, scope=PLATFORM).items == ()
    with pytest.raises(AIInteractionNotFound):
        ai_interactions.get(answer.id, scope=elsewhere(world))
    with pytest.raises(AIInteractionNotFound):
        ai_interactions.get(AIInteractionId(uuid4()), scope=ALL_TENANTS)


def test_interactions_are_read_in_pages(world: World) -> None:
    session = has_session(world)
    interactions = has_interactions(world, session, 5)
    ai_interactions = world.repositories.ai_interactions

    pages = pages_of(
        lambda request: ai_interactions.page_of_session(session.id, request, scope=PLATFORM),
        limit=2,
    )

    assert [row for page in pages for row in page] == interactions


def test_streams_are_read_in_order_with_their_heads(world: World) -> None:
    sessions = [has_session(world) for _ in range(3)]
    streams = {session.id: has_interactions(world, session, 2) for session in sessions}
    in_order = sorted(sessions, key=lambda session: (session.user_id, session.id))
    keys = {(session.user_id, session.id) for session in sessions}
    stored = world.repositories

    heads = [row for row in stored.ai_sessions.in_streams(scope=ALL_TENANTS) if row.key in keys]
    rows = [row for row in stored.ai_interactions.in_streams(scope=ALL_TENANTS) if row.key in keys]
    first = UserRange(above=None, up_to=in_order[0].user_id)

    assert [row.id for row in heads] == [session.id for session in in_order]
    assert [row.item for row in rows] == [row for s in in_order for row in streams[s.id]]
    assert [
        row.id
        for row in stored.ai_sessions.in_streams(users=first, scope=PLATFORM)
        if row.key in keys
    ] == [in_order[0].id]
    assert [
        row.item
        for row in stored.ai_interactions.in_streams(users=first, scope=PLATFORM)
        if row.key in keys
    ] == streams[in_order[0].id]


def test_a_text_is_needed_as_long_as_one_session_has_it(world: World) -> None:
    anna = world.has_user().id
    sessions = [has_session(world, user_id=anna) for _ in range(2)]
    ai_interactions = world.repositories.ai_interactions
    for session, content_hash in zip(sessions, ("a" * 64, "a" * 64), strict=True):
        interaction = an_interaction(session, content_hash=content_hash)
        ai_interactions.append(interaction, scope=PLATFORM)
        world.repositories.ai_sessions.save(session.after(interaction), scope=PLATFORM)
    hashes = ["a" * 64, "b" * 64]

    assert ai_interactions.needed_texts(anna, hashes, scope=PLATFORM) == {"a" * 64}
    assert ai_interactions.needed_texts(world.has_user().id, hashes, scope=PLATFORM) == set()
    for session in sessions:
        head = world.repositories.ai_sessions.get(session.id, scope=PLATFORM)
        assert ai_interactions.needed_texts(anna, hashes, scope=PLATFORM) == {"a" * 64}
        world.repositories.ai_sessions.save(replace(head, removed_through=1), scope=PLATFORM)
    assert ai_interactions.needed_texts(anna, hashes, scope=PLATFORM) == set()


def test_interactions_have_positions_in_the_order_of_all_sessions(world: World) -> None:
    ai_interactions = world.repositories.ai_interactions
    before, number = ai_interactions.settled_position(), ai_interactions.count()
    interactions = [row for _ in range(2) for row in has_interactions(world, has_session(world), 2)]

    last = ai_interactions.settled_position()
    hashes = list(ai_interactions.hashes(after=before))

    assert [hash_ for _, hash_ in hashes] == [row.hash for row in interactions]
    assert hashes[-1][0] == last
    assert list(ai_interactions.hashes(after=before, up_to=hashes[0][0])) == hashes[:1]
    assert ai_interactions.count() == number + 4


def a_flag(interaction: AIInteraction, **parts: object) -> AIFeedback:
    feedback = AIFeedback(
        interaction_id=interaction.id,
        user_id=interaction.user_id,
        org_id=interaction.org_id,
        rating=Rating.FLAG,
        comment="Wrong knot.",
        given_at=NOON,
    )
    return replace(feedback, **parts)  # type: ignore[arg-type]  # parts of feedback


def test_feedback_replaces_that_of_the_same_user(world: World) -> None:
    session = has_session(world, org_id=world.has_organization().id)
    (interaction,) = has_interactions(world, session, 1)
    ai_feedback, scope = world.repositories.ai_feedback, TenantScope.into(session.org_id)
    ai_feedback.put(a_flag(interaction), scope=scope)
    others = a_flag(interaction, user_id=world.has_user().id)
    ai_feedback.put(others, scope=scope)
    later = a_flag(
        interaction, rating=Rating.THUMBS_UP, comment="", given_at=NOON + timedelta(days=1)
    )

    ai_feedback.put(later, scope=scope)

    assert ai_feedback.find(interaction.id, session.user_id, scope=scope) == later
    assert ai_feedback.find(interaction.id, others.user_id, scope=scope) == others
    assert ai_feedback.find(interaction.id, session.user_id, scope=PLATFORM) is None
    assert ai_feedback.find(AIInteractionId(uuid4()), session.user_id, scope=scope) is None


def test_ratings_are_those_of_the_user_in_scope(world: World) -> None:
    session = has_session(world, org_id=world.has_organization().id)
    liked, flagged, unrated = has_interactions(world, session, 3)
    ids, anna = [liked.id, flagged.id, unrated.id], session.user_id
    ai_feedback, scope = world.repositories.ai_feedback, TenantScope.into(session.org_id)
    ai_feedback.put(a_flag(liked, rating=Rating.THUMBS_UP), scope=scope)
    ai_feedback.put(a_flag(flagged), scope=scope)
    ai_feedback.put(a_flag(unrated, user_id=world.has_user().id), scope=scope)

    ratings = ai_feedback.ratings_by(anna, ids, scope=scope)

    assert ratings == {liked.id: Rating.THUMBS_UP, flagged.id: Rating.FLAG}
    assert ai_feedback.ratings_by(anna, [liked.id], scope=scope) == {liked.id: Rating.THUMBS_UP}
    assert ai_feedback.ratings_by(anna, [], scope=scope) == {}
    assert ai_feedback.ratings_by(anna, ids, scope=PLATFORM) == {}


def test_sessions_of_a_user_are_locked_by_id(world: World) -> None:
    anna, org_id = world.has_user().id, world.has_organization().id
    sessions = [has_session(world, user_id=anna, org_id=owner) for owner in (None, org_id, None)]
    has_session(world)
    ai_sessions, by_id = world.repositories.ai_sessions, sorted(sessions, key=lambda s: s.id)

    assert ai_sessions.all_of_for_update(anna, scope=TenantScope.into(org_id)) == by_id
    assert ai_sessions.all_of_for_update(anna, scope=PLATFORM) == [
        session for session in by_id if session.org_id is None
    ]


def test_sessions_with_old_texts_are_found_by_organization(world: World) -> None:
    org_id = world.has_organization().id
    sessions = [
        has_session(world, org_id=owner, texts_since=since)
        for owner, since in (
            (None, NOON - timedelta(days=20_000)),
            (org_id, NOON - timedelta(days=20_001)),
            (org_id, NOON - timedelta(days=19_000)),
            (None, None),
        )
    ]
    ai_sessions, moment = world.repositories.ai_sessions, NOON - timedelta(days=19_500)

    def old_ones(**parts: Any) -> list[AISession]:
        options: dict[str, Any] = {"limit": 10, "scope": ALL_TENANTS} | parts
        return ai_sessions.with_texts_before(moment, **options)

    assert old_ones() == [sessions[1], sessions[0]]
    assert old_ones(limit=1) == [sessions[1]]
    assert old_ones(within=[org_id]) == [sessions[1]]
    assert old_ones(outside=[org_id]) == [sessions[0]]
    assert old_ones(scope=PLATFORM) == [sessions[0]]
    assert ai_sessions.with_texts_before(NOON, limit=1, within=[], scope=ALL_TENANTS) == []


def test_the_last_interaction_before_a_time_is_found(world: World) -> None:
    session = has_session(world)
    first, second = has_interactions(world, session, 2)
    third = an_interaction(
        session.after(second), occurred_at=NOON + timedelta(days=1), previous_hash=second.hash
    )
    ai_interactions = world.repositories.ai_interactions
    ai_interactions.append(third, scope=PLATFORM)

    later = NOON + timedelta(hours=1)
    assert ai_interactions.last_before(session.id, later, scope=PLATFORM) == second
    assert ai_interactions.last_before(session.id, NOON, scope=PLATFORM) is None
    assert first.sequence == 1


def test_comments_of_a_user_are_emptied(world: World) -> None:
    session = has_session(world)
    interactions = has_interactions(world, session, 2)
    ai_feedback = world.repositories.ai_feedback
    other = a_flag(interactions[0], user_id=world.has_user().id)
    for feedback in (a_flag(interactions[0]), a_flag(interactions[1], comment=""), other):
        ai_feedback.put(feedback, scope=PLATFORM)

    assert ai_feedback.remove_comments(session.user_id, scope=PLATFORM) == 1
    assert ai_feedback.remove_comments(session.user_id, scope=PLATFORM) == 0

    stored = ai_feedback.find(interactions[0].id, session.user_id, scope=PLATFORM)
    assert stored == a_flag(interactions[0], comment="")
    assert ai_feedback.find(interactions[0].id, other.user_id, scope=PLATFORM) == other


def test_pages_are_bounded(world: World) -> None:
    anna = world.has_user().id
    for _ in range(3):
        has_session(world, user_id=anna)

    page = world.repositories.ai_sessions.page_of(
        AISessionSelection(user_id=anna), PageRequest(limit=2), scope=PLATFORM
    )

    assert len(page.items) == 2
    assert page.next_cursor is not None


def test_the_agent_of_an_interaction_is_stored_and_covered_by_its_hash(world: World) -> None:
    session = an_ai_session(world.has_user().id)
    interaction = an_interaction(session, agent="helper")
    world.repositories.ai_sessions.add(session, scope=ALL_TENANTS)

    world.repositories.ai_interactions.append(interaction, scope=ALL_TENANTS)

    stored = world.repositories.ai_interactions.get(interaction.id, scope=ALL_TENANTS)
    assert stored == interaction
    assert replace(stored, agent=None).computed_hash() != stored.hash


def test_an_interaction_without_an_agent_has_the_hash_from_before_there_were_agents() -> None:
    interaction = an_interaction(
        an_ai_session(UserId(UUID(int=3))),
        id=UUID(int=1),
        session_id=UUID(int=2),
        user_id=UUID(int=3),
        recorded_by=None,
        previous_hash="0" * 64,
    )

    assert interaction.hash == "23398fdc857a5ed1beb905d94818fa496b8bdf1e2cc12c67115f18f12c22720e"
