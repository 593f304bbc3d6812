"""Flags on AI interactions, and what staff decide about them."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.domain.access import NotPermitted, OrgRole
from accounts.domain.audit.entities import AuditAction
from authsvc.kernel.tenancy import ALL_TENANTS
from progress.domain.ai.entities.feedback import AIFlag, AIFlagId, FlagOutcome, Rating
from progress.domain.ai.errors import AIFlagDecided, AIFlagNotFound
from progress.domain.ai.services.sessions import Topic
from tests.support.ai import Conversation, a_conversation
from tests.support.builders import a_principal
from tests.support.learning import a_learner_in
from tests.support.organizations import a_member
from tests.support.worlds import World


def flags_in(world: World) -> list[AIFlag]:
    stored: Any = world.repositories.ai_flags
    return list(stored.store.values())


def flagged(world: World, comment: str = "Wrong knot.") -> Conversation:
    """A conversation in an organization, with an answer that is flagged."""
    organization = world.has_organization()
    anna = a_learner_in(world, organization).principal
    talk = a_conversation(world, anna, Topic(org_id=organization.id))
    answer = talk.gets("Like this.")
    world.services.ai_sessions.give_feedback(answer.id, Rating.FLAG, comment, by=anna)
    return talk


def an_instructor(world: World, talk: Conversation) -> Any:
    assert talk.session.org_id is not None
    return a_member(talk.session.org_id, role=OrgRole.INSTRUCTOR, user=world.has_user())


def test_a_flag_opens_a_review_and_thumbs_do_not(memory: World) -> None:
    talk = flagged(memory)
    answer = talk.gets("Or like this.")
    rate = memory.services.ai_sessions.give_feedback

    rate(answer.id, Rating.THUMBS_DOWN, "", by=talk.principal)

    (flag,) = flags_in(memory)
    assert (flag.comment, flag.is_open, flag.session_id) == ("Wrong knot.", True, talk.session.id)
    rate(flag.interaction_id, Rating.FLAG, "Very wrong.", by=talk.principal)
    rate(flag.interaction_id, Rating.THUMBS_UP, "", by=talk.principal)
    (flag,) = flags_in(memory)
    assert (flag.comment, flag.is_open) == ("Very wrong.", True)


def test_staff_decide_once_with_a_note_that_is_audited(memory: World) -> None:
    talk = flagged(memory)
    (flag,), bo = flags_in(memory), an_instructor(memory, talk)
    decide = memory.services.ai_flags.decide

    decided = decide(flag.id, FlagOutcome.UPHELD, note="It is a granny knot.", by=bo)

    assert (decided.outcome, decided.note) == (FlagOutcome.UPHELD, "It is a granny knot.")
    assert (decided.decided_by, decided.decided_at) == (bo.user_id, memory.clock.now())
    assert flags_in(memory) == [decided]
    with pytest.raises(AIFlagDecided):
        decide(flag.id, FlagOutcome.DISMISSED, note="", by=bo)
    entries = memory.repositories.audit_log.following(
        talk.session.org_id, after=0, limit=100, scope=ALL_TENANTS
    )
    (entry,) = (e for e in entries if e.act.action is AuditAction.AI_FLAG_DECIDED)
    assert entry.act.after == {"flag": str(flag.id), "outcome": "upheld"}
    assert (entry.act.reason, entry.actor_id) == ("It is a granny knot.", bo.user_id)


def test_a_decided_interaction_can_be_flagged_again(memory: World) -> None:
    talk = flagged(memory)
    (flag,), bo = flags_in(memory), an_instructor(memory, talk)
    memory.services.ai_flags.decide(flag.id, FlagOutcome.DISMISSED, note="Fine.", by=bo)

    memory.services.ai_sessions.give_feedback(
        flag.interaction_id, Rating.FLAG, "Not fine.", by=talk.principal
    )

    assert sorted(flag.is_open for flag in flags_in(memory)) == [False, True]


def test_others_decide_nothing(memory: World) -> None:
    talk = flagged(memory)
    (flag,), decide = flags_in(memory), memory.services.ai_flags.decide

    with pytest.raises(NotPermitted):
        decide(flag.id, FlagOutcome.DISMISSED, note="", by=talk.principal)
    stranger, missing = a_principal(memory.has_user()), AIFlagId(uuid4())
    with pytest.raises(AIFlagNotFound):
        decide(flag.id, FlagOutcome.DISMISSED, note="", by=stranger)
    with pytest.raises(AIFlagNotFound):
        decide(missing, FlagOutcome.DISMISSED, note="", by=talk.principal)


def test_the_comment_of_a_flag_is_removed_with_the_texts(memory: World) -> None:
    talk = flagged(memory)

    memory.services.ai_texts.remove_texts_of(talk.session.user_id, by=talk.principal)

    assert [flag.comment for flag in flags_in(memory)] == [""]
