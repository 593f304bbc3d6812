"""AISessionCheck: detection of changed, missing and added interactions, sessions and texts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.domain.access import OPERATOR
from tests.support.ai import Conversation, a_conversation
from tests.support.worlds import World


def findings_in(world: World) -> list[tuple[str, str, str]]:
    """Kind, table and detail of each finding."""
    (result,) = world.services.verifier.verify(by=OPERATOR, only=["ai-sessions"]).results
    return [(finding.kind, finding.table, finding.detail) for finding in result.findings]


def interactions(world: World) -> Any:
    return world.repositories.ai_interactions.store  # type: ignore[attr-defined]  # in memory


def sessions(world: World) -> Any:
    return world.repositories.ai_sessions.store  # type: ignore[attr-defined]  # in memory


@pytest.fixture
def talk(memory: World) -> Conversation:
    talk = a_conversation(memory)
    talk.asks("How?")
    talk.gets("Like this.")
    talk.asks("Why?")
    return talk


def test_untouched_sessions_have_no_findings(memory: World, talk: Conversation) -> None:
    a_conversation(memory)

    (result,) = memory.services.verifier.verify(by=OPERATOR, only=["ai-sessions"]).results

    assert result.findings == ()
    assert result.rows == {"progress_aisession": 2, "progress_aiinteraction": 3}


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (1, {"content_hash": "d" * 64}),
        (2, {"occurred_at": timedelta(seconds=1)}),
        (3, {"client_id": "another"}),
    ],
)
def test_a_changed_interaction_is_found(
    memory: World, talk: Conversation, number: int, change: dict[str, Any]
) -> None:
    row = interactions(memory)[number]
    if "occurred_at" in change:
        change = {"occurred_at": row.occurred_at + change["occurred_at"]}
    interactions(memory)[number] = replace(row, **change)

    assert findings_in(memory) == [
        ("changed", "progress_aiinteraction", f"interaction {number} was changed")
    ]


def test_a_rewritten_interaction_does_not_link(memory: World, talk: Conversation) -> None:
    row = interactions(memory)[2]
    interactions(memory)[2] = replace(row, content_hash="d" * 64).sealed()

    (finding,) = findings_in(memory)

    assert finding == (
        "unlinked",
        "progress_aiinteraction",
        "interaction 3 does not follow from the one before",
    )


def test_a_removed_interaction_is_missing(memory: World, talk: Conversation) -> None:
    del interactions(memory)[2]

    assert findings_in(memory) == [
        ("missing", "progress_aiinteraction", "interaction 2 is missing")
    ]


def test_interactions_cut_off_at_the_end_are_found(memory: World, talk: Conversation) -> None:
    del interactions(memory)[3]

    assert findings_in(memory) == [
        ("head-differs", "progress_aisession", "the session ends with another interaction")
    ]


def test_a_removed_session_is_missing(memory: World, talk: Conversation) -> None:
    del sessions(memory)[talk.session.id]

    assert findings_in(memory) == [
        ("missing", "progress_aisession", "there are interactions of it, but it is missing")
    ]


def test_a_session_that_was_changed_after_its_start_is_found(
    memory: World, talk: Conversation
) -> None:
    empty = a_conversation(memory)
    for session_id in (talk.session.id, empty.session.id):
        session = sessions(memory)[session_id]
        sessions(memory)[session_id] = replace(session, client_id="another")

    assert (
        findings_in(memory)
        == [("changed", "progress_aisession", "the session was changed after it was started")] * 2
    )


def test_a_text_that_was_changed_or_removed_is_found(memory: World, talk: Conversation) -> None:
    texts, owner = memory.services.ports.texts, talk.session.user_id
    first, second, third = (row.interaction for row in talk.read())
    texts.remove(owner, first.content_hash, stored_before=memory.clock.now() + timedelta(days=1))
    texts._texts[owner, third.content_hash] = b"x", memory.clock.now()  # type: ignore[attr-defined]  # noqa: SLF001  # as an attacker would

    assert findings_in(memory) == [
        ("missing", "ai-texts", "the text of interaction 1 is missing"),
        ("changed", "ai-texts", "the text of interaction 3 was changed"),
    ]
    assert second.sequence == 2
