"""TextRemoval: retention, removal on request, and texts without an interaction."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, Right
from accounts.domain.audit.entities import AuditAction
from authsvc.kernel.tenancy import ALL_TENANTS
from progress.domain.ai.entities.budgets import AISettings
from progress.domain.ai.entities.feedback import Rating
from progress.domain.ai.entities.sessions import TextState
from progress.domain.ai.errors import AITextsNotFound, TextAltered, TextRemoved
from progress.domain.ai.services.sessions import Topic
from progress.domain.ai.services.text_removal import TextRemoval
from tests.support.ai import Conversation, a_conversation
from tests.support.builders import a_principal
from tests.support.learning import a_learner_in
from tests.support.worlds import World


def removal_of(world: World, days: int = 30) -> TextRemoval:
    return replace(world.services.ai_texts, retention_days=days)


def states_of(talk: Conversation) -> list[TextState]:
    return [row.text_state for row in talk.read()]


def stored_in(world: World) -> set[str]:
    """All texts in the store."""
    texts = world.services.ports.texts
    later = world.clock.now() + timedelta(days=1)
    return {texts.get(owner, hash_) or "" for owner, hash_ in texts.stored_before(later)}


def is_verified(world: World) -> bool:
    return world.services.verifier.verify(by=OPERATOR, only=["ai-sessions"]).is_clean


def test_texts_are_removed_after_their_retention_period(memory: World) -> None:
    talk, removal = a_conversation(memory), removal_of(memory)
    first = talk.asks("How?")
    talk.gets("Like this.")
    memory.clock.go_on(days=20)
    talk.asks("Why?")
    assert (removal.remove_old(by=OPERATOR), removal.sweep(by=OPERATOR)) == (0, 0)
    memory.clock.go_on(days=11)

    assert (removal.remove_old(by=OPERATOR), removal.sweep(by=OPERATOR)) == (1, 2)

    assert states_of(talk) == [TextState.REMOVED, TextState.REMOVED, TextState.STORED]
    assert stored_in(memory) == {"Why?"}
    assert is_verified(memory)
    with pytest.raises(TextRemoved):
        memory.services.ai_sessions.interaction(first.id, by=talk.principal)
    assert removal.remove_old(by=OPERATOR) == 0
    memory.clock.go_on(days=20)
    assert (removal.remove_old(by=OPERATOR), removal.sweep(by=OPERATOR)) == (1, 1)
    assert talk.now().texts_since is None
    talk.asks("Still there?")
    assert talk.now().texts_since == memory.clock.now()


def test_an_organization_decides_for_how_long_its_texts_are_stored(memory: World) -> None:
    organizations = [memory.has_organization() for _ in range(3)]
    talks = [
        a_conversation(
            memory, a_learner_in(memory, organization).principal, Topic(org_id=organization.id)
        )
        for organization in organizations
    ]
    for talk in (*talks, of_platform := a_conversation(memory)):
        talk.asks("How?")
    for organization, days in zip(organizations, (10, 0), strict=False):
        settings = AISettings(
            subject_id=organization.id, org_id=organization.id, retention_days=days
        )
        memory.repositories.ai_settings.put(settings, scope=ALL_TENANTS)
    memory.clock.go_on(days=11)
    removal = removal_of(memory)

    assert removal.remove_old(by=OPERATOR) == 1
    assert states_of(talks[0]) == [TextState.REMOVED]
    memory.clock.go_on(days=20)
    assert removal.remove_old(by=OPERATOR) == 2
    assert [states_of(talk)[0] for talk in (*talks, of_platform)] == [
        TextState.REMOVED,
        TextState.STORED,
        TextState.REMOVED,
        TextState.REMOVED,
    ]


def test_nothing_is_removed_without_a_retention_period(memory: World) -> None:
    talk = a_conversation(memory)
    talk.asks("How?")
    memory.clock.go_on(days=10_000)

    assert memory.services.ai_texts.remove_old(by=OPERATOR) == 0
    assert memory.services.ai_texts.sweep(by=OPERATOR) == 0
    assert states_of(talk) == [TextState.STORED]


def test_a_text_that_was_sent_again_is_kept(memory: World) -> None:
    anna = a_principal(memory.has_user())
    talks = [a_conversation(memory, anna) for _ in range(2)]
    talks[0].asks("How?")
    memory.clock.go_on(days=31)
    talks[1].asks("How?")
    removal = removal_of(memory)

    removal.remove_old(by=OPERATOR)
    memory.clock.go_on(hours=2)
    removal.sweep(by=OPERATOR)

    assert [states_of(talk) for talk in talks] == [[TextState.REMOVED], [TextState.STORED]]
    assert is_verified(memory)


def test_a_user_removes_all_their_texts_and_the_chains_still_verify(memory: World) -> None:
    organization = memory.has_organization()
    anna = a_learner_in(memory, organization).principal
    talks = [
        a_conversation(memory, anna),
        a_conversation(memory, anna, Topic(org_id=organization.id)),
    ]
    answers = [talk.gets("Like this.") for talk in talks]
    memory.services.ai_sessions.give_feedback(answers[0].id, Rating.FLAG, "Rubbish.", by=anna)
    other = a_conversation(memory)
    other.asks("How?")
    memory.clock.go_on(seconds=1)

    removed = memory.services.ai_texts.remove_texts_of(anna.person, reason="Bye.", by=anna)

    assert removed == 2
    assert [states_of(talk) for talk in talks] == [[TextState.REMOVED]] * 2
    assert stored_in(memory) == {"How?"}
    feedback = memory.repositories.ai_feedback.find(answers[0].id, anna.person, scope=ALL_TENANTS)
    assert feedback is not None
    assert feedback.comment == ""
    assert is_verified(memory)
    entries = memory.repositories.audit_log.following(None, after=0, limit=100, scope=ALL_TENANTS)
    (entry,) = (e for e in entries if e.act.action is AuditAction.AI_TEXTS_REMOVED)
    assert (entry.act.subject_id, entry.act.reason) == (str(anna.user_id), "Bye.")
    talks[0].asks("Back again.")
    assert states_of(talks[0]) == [TextState.REMOVED, TextState.STORED]


def test_texts_are_removed_by_the_person_and_user_managers_alone(memory: World) -> None:
    talk, remove = a_conversation(memory), memory.services.ai_texts.remove_texts_of
    owner = talk.session.user_id
    talk.asks("How?")
    manager = a_principal(memory.has_user(), Right.MANAGE_USERS)

    for stranger in (
        a_principal(memory.has_user()),
        a_principal(memory.has_user(), Right.SEE_PROGRESS),
    ):
        with pytest.raises(AITextsNotFound):
            remove(owner, by=stranger)
    with pytest.raises(AITextsNotFound):
        remove(manager.person, by=manager)
    assert remove(owner, reason="They asked.", by=manager) == 1


def asks_and_fails(world: World, talk: Conversation) -> None:
    """A message whose unit of work is rolled back."""
    with world.unit_of_work.atomic():
        talk.asks("Lost.")
        raise ZeroDivisionError


def test_texts_of_a_transaction_that_failed_are_swept(memory: World) -> None:
    talk, removal = a_conversation(memory), memory.services.ai_texts
    with pytest.raises(ZeroDivisionError):
        asks_and_fails(memory, talk)
    talk.asks("How?")
    assert stored_in(memory) == {"Lost.", "How?"}
    assert removal.sweep(by=OPERATOR) == 0  # it may not be committed yet
    memory.clock.go_on(hours=2)

    assert removal.sweep(by=OPERATOR) == 1

    assert stored_in(memory) == {"How?"}


def test_the_job_runs_daily_and_needs_the_right_to_manage_organizations(memory: World) -> None:
    services = memory.services
    request = next(job for job in services.periodic_jobs if job.kind == "remove-ai-texts")

    assert request.period == timedelta(days=1)
    assert "remove-ai-texts" in {kind.name for kind in services.job_kinds}
    for act in (services.ai_texts.remove_old, services.ai_texts.sweep):
        with pytest.raises(NotPermitted):
            act(by=a_principal(memory.has_user()))


def test_an_interaction_is_shown_with_its_text(memory: World) -> None:
    talk, service = a_conversation(memory), memory.services.ai_sessions
    question = talk.asks("How?")
    assert service.interaction(question.id, by=talk.principal).text == "How?"
    later = memory.clock.now() + timedelta(days=1)
    memory.services.ports.texts.remove(question.user_id, question.content_hash, stored_before=later)

    with pytest.raises(TextAltered):
        service.interaction(question.id, by=talk.principal)


def test_chains_go_on_after_a_removal(memory: World) -> None:
    talk = a_conversation(memory)
    talk.asks("How?")
    memory.clock.go_on(seconds=1)
    memory.services.ai_texts.remove_texts_of(talk.session.user_id, by=OPERATOR)
    talk.asks("Why?")

    rows = [row.interaction for row in talk.read()]

    assert all(second.previous_hash == first.hash for first, second in pairwise(rows))
    assert is_verified(memory)
