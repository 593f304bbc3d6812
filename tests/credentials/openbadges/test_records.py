"""Records that third parties compare with the evidence of a credential."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest

from authsvc.kernel.canonical import checksum
from credentials.openbadges.multibase import digest_multibase
from credentials.openbadges.records import faults_of, main

ATTEMPT: Final = "urn:uuid:0b0f3a52-94ad-4b44-8d3a-1f9b3f0b1c2d"
COMPLETION: Final = "urn:uuid:6f1d4f0e-6f0a-4b0e-9d6e-0a1b2c3d4e5f"
EVENT: Final = "5d0c5b9e-7a43-4d0b-9d4c-3a1a0c2f6b11"
_ATTEMPT: Final[dict[str, Any]] = {"id": ATTEMPT, "score": 9, "text": "Größe"}
_PASS: Final[dict[str, Any]] = {"id": EVENT, "payload": {"sha256": checksum(_ATTEMPT)}}
_DONE: Final[dict[str, Any]] = {"id": COMPLETION, "type": "course_completed"}
CREDENTIAL: Final[dict[str, Any]] = {
    "id": "https://school.example/v1/issued/1",
    "evidence": [
        {
            "id": ATTEMPT,
            "genre": "Attempt",
            "narrative": f"Recorded as event {EVENT} with the SHA-256 {checksum(_PASS)}, which binds.",
            "digestMultibase": digest_multibase(checksum(_ATTEMPT)),
        },
        {"id": COMPLETION, "genre": "Event", "digestMultibase": digest_multibase(checksum(_DONE))},
    ],
}
SHOWN: Final[dict[str, Any]] = {
    "credential": CREDENTIAL["id"],
    "records": [
        {"id": ATTEMPT, "content": _ATTEMPT, "event": _PASS},
        {"id": COMPLETION, "content": _DONE},
    ],
}
Change = Callable[[dict[str, Any]], object]
CHANGES: Final[dict[str, tuple[Change, str]]] = {
    "score": (
        lambda shown: shown["records"][0]["content"].update(score=10),
        f"{ATTEMPT}: the content of the record was changed.",
    ),
    "member": (
        lambda shown: shown["records"][1]["content"].update(more=1),
        f"{COMPLETION}: the content of the record was changed.",
    ),
    "event": (
        lambda shown: shown["records"][0]["event"].update(id=COMPLETION),
        f"{ATTEMPT}: the event that recorded it was changed.",
    ),
    "no event": (
        lambda shown: shown["records"][0].pop("event"),
        f"{ATTEMPT}: the event that recorded it was changed.",
    ),
    "missing": (lambda shown: shown["records"].pop(), f"{COMPLETION}: the record is missing."),
    "foreign": (
        lambda shown: shown["records"].append({"id": "urn:x", "content": {}}),
        "urn:x: the credential does not name this record.",
    ),
    "twice": (
        lambda shown: shown["records"].append(shown["records"][1]),
        f"{COMPLETION}: the record is stated twice.",
    ),
    "credential": (
        lambda shown: shown.update(credential="https://other.example/1"),
        "The records are those of another credential.",
    ),
}


def test_untouched_records_are_those_that_the_credential_names() -> None:
    assert list(faults_of(CREDENTIAL, SHOWN)) == []


@pytest.mark.parametrize(("change", "fault"), CHANGES.values(), ids=CHANGES)
def test_each_kind_of_change_is_named(change: Change, fault: str) -> None:
    shown = deepcopy(SHOWN)
    change(shown)

    assert set(faults_of(CREDENTIAL, shown)) == {fault}


def test_an_event_that_binds_another_attempt_is_named() -> None:
    credential, shown = deepcopy(CREDENTIAL), deepcopy(SHOWN)
    other = {"id": EVENT, "payload": {"sha256": "0" * 64}}
    shown["records"][0]["event"] = other
    narrative = f"Recorded as event {EVENT} with the SHA-256 {checksum(other)}."
    credential["evidence"][0]["narrative"] = narrative

    faults = list(faults_of(credential, shown))

    assert faults == [f"{ATTEMPT}: the event recorded something else."]


@pytest.mark.parametrize("shown", [{}, {"records": 1}, {"records": [1, {"id": 5}]}])
def test_records_in_another_shape_are_all_missing(shown: dict[str, Any]) -> None:
    assert sum("is missing" in fault for fault in faults_of(CREDENTIAL, shown)) == 2


def test_the_command_prints_what_is_wrong_and_says_so_by_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [str(tmp_path / name) for name in ("credential.json", "records.json", "doubled.json")]
    for name, content in zip(names, (CREDENTIAL, SHOWN), strict=False):
        Path(name).write_text(json.dumps(content))
    Path(names[2]).write_text('{"records": [], "records": []}')

    assert main(names[:2]) == 0
    assert capsys.readouterr().out == "All 2 records are those that the credential names.\n"
    assert main([names[0], names[0]]) == 1
    assert "is missing" in capsys.readouterr().out
    assert main([names[0], names[2]]) == 2
    assert "has a member twice" in capsys.readouterr().err
    assert main([names[0]]) == 2
    assert "usage: " in capsys.readouterr().err
