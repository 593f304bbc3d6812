"""docs/audit.md lists every security event with its facts and reasons."""

import json
import re
from typing import Final

from accounts.domain.identity.entities.security_log import (
    KeyRotation,
    SecurityEvent,
    SecurityFacts,
    SignInFailure,
)
from accounts.domain.identity.entities.sessions import SessionEnd
from authsvc.config.logs import CHATTY
from tests.support.documents import fences, page, table_under

PAGE: Final = page("docs/audit.md")
EVENTS: Final = table_under("## Events", PAGE)
REASONS: Final = table_under("## Reasons", PAGE)


def _names_in(text: str) -> list[str]:
    """The text in code spans."""
    return re.findall(r"`([^`]+)`", text)


def test_every_event_is_described_in_the_order_of_the_code() -> None:
    assert [_names_in(event) for event, _, _ in EVENTS] == [[event] for event in SecurityEvent]


def test_every_fact_is_one_that_can_be_stated_and_all_are_used() -> None:
    named = {name for _, _, facts in EVENTS for name in _names_in(facts)}

    assert named == set(SecurityFacts.__annotations__)


def test_every_reason_is_named() -> None:
    named = {tuple(_names_in(events)): _names_in(reasons) for events, reasons in REASONS}

    assert named == {
        ("sign-in-failed",): [*SignInFailure],
        ("session-ended", "sessions-ended"): [*SessionEnd],
        ("signing-keys-rotated",): [*KeyRotation],
    }


def test_events_with_a_reason_are_those_that_say_so() -> None:
    with_reason = {_names_in(event)[0] for event, _, facts in EVENTS if "`reason`" in facts}

    assert with_reason == {name for events, _ in REASONS for name in _names_in(events)}


def test_the_example_names_an_event_and_facts_of_it() -> None:
    example = fences(PAGE)[0]
    line = json.loads(example.text)

    (facts,) = (facts for event, _, facts in EVENTS if _names_in(event) == [line["event"]])
    of_every_line = {"event", "request_id", "logger", "level", "timestamp"}
    assert set(line) - of_every_line <= set(_names_in(facts))
    assert line["reason"] in set(SignInFailure)


def test_the_libraries_that_are_held_back_are_named() -> None:
    _, _, after = PAGE.partition("\n## What is not logged\n")

    assert set(CHATTY) <= set(_names_in(after))
