"""Anchors: their chain, their signatures, and what they find."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from accounts.adapters.anchors import (
    ConfiguredAnchorExporter,
    JwsAnchorSigner,
    as_line,
    read_anchors,
)
from accounts.adapters.keys import KeyRing, new_key_ring
from accounts.domain.access import OPERATOR, NotPermitted, Right
from accounts.domain.audit.entities import Anchor
from accounts.domain.audit.errors import AnchorNotTrusted
from accounts.domain.audit.repositories.memory import InMemoryAnchorRepository
from accounts.domain.audit.services.anchors import AnchorService
from accounts.domain.audit.services.verifier import Verifier
from authsvc.kernel.unit_of_work import InsideUnitOfWork
from tests.accounts.auditing import an_act, record_act
from tests.support.builders import NOON, a_principal
from tests.support.learning import a_learner, a_published_course
from tests.support.worlds import World


def acted(memory: World, times: int = 1) -> None:
    for _ in range(times):
        record_act(memory.services, an_act(), by=OPERATOR)


def with_keys(memory: World, keys: KeyRing) -> tuple[AnchorService, Verifier]:
    """The services of a process that has these signing keys."""
    signer = JwsAnchorSigner(keys=keys)
    verifier = memory.services.verifier
    return (
        replace(memory.services.anchors, signer=signer),
        replace(verifier, anchor_check=replace(verifier.anchor_check, signer=signer)),
    )


def findings_in(verifier: Verifier, *exported: Anchor) -> list[tuple[str, str]]:
    report = verifier.verify(by=OPERATOR, only=["anchors"], exported=exported)
    return [(f.kind, f.id) for result in report.results for f in result.findings]


def store_of(memory: World) -> Any:
    assert isinstance(memory.repositories.anchors, InMemoryAnchorRepository)
    return memory.repositories.anchors.store


def test_an_anchor_states_how_far_the_logs_have_come(memory: World) -> None:
    course = a_published_course(memory.services)
    a_learner(memory).enrols(course)

    anchor = memory.services.anchors.make(by=OPERATOR)

    statement = memory.services.anchors.signer.read(anchor)
    assert (anchor.sequence, statement.sequence, statement.made_at) == (1, 1, NOON)
    assert statement.previous_hash == "0" * 64
    assert statement.logs["progress_progressevent"].count == 1
    assert statement.logs["accounts_auditentry"].count == 2
    assert statement.counts["courses_courseversion"] == 1
    assert statement.counts["credentials_usercredential"] == 0


def test_an_anchor_follows_from_the_one_before(memory: World) -> None:
    first = memory.services.anchors.make(by=OPERATOR)
    acted(memory, 3)

    second = memory.services.anchors.make(by=OPERATOR)

    statement = memory.services.anchors.signer.read(second)
    assert (second.sequence, statement.previous_hash) == (2, first.hash)
    assert statement.logs["accounts_auditentry"].count == 3


def test_a_digest_that_was_continued_is_that_of_the_whole_log(memory: World) -> None:
    for _ in range(3):
        acted(memory, 2)
        last = memory.services.anchors.make(by=OPERATOR)
    continued = memory.services.anchors.signer.read(last).logs

    store_of(memory).clear()
    at_once = memory.services.anchors.make(by=OPERATOR)

    assert memory.services.anchors.signer.read(at_once).logs == continued


def test_the_key_that_was_rotated_still_verifies_its_anchors(memory: World) -> None:
    old = new_key_ring()
    new = old.rotated(at=NOON, signs_from=NOON, ends=NOON)
    with_keys(memory, old)[0].make(by=OPERATOR)
    service, verifier = with_keys(memory, new)

    service.make(by=OPERATOR)

    assert findings_in(verifier) == []
    assert findings_in(with_keys(memory, KeyRing(new.keys[-2:]))[1]) == []


def test_an_anchor_of_an_unknown_key_is_named_and_not_continued(memory: World) -> None:
    with_keys(memory, new_key_ring())[0].make(by=OPERATOR)

    with pytest.raises(AnchorNotTrusted):
        memory.services.anchors.make(by=OPERATOR)

    assert findings_in(memory.services.verifier) == [("key-unknown", "anchor 1")]


def test_after_compromised_keys_the_operator_continues_with_a_new_one(memory: World) -> None:
    with_keys(memory, new_key_ring())[0].make(by=OPERATOR)

    memory.services.anchors.make(has_new_key=True, by=OPERATOR)

    assert findings_in(memory.services.verifier) == []


@pytest.mark.parametrize("has_new_key", [False, True])
def test_an_anchor_that_was_changed_is_not_continued(memory: World, *, has_new_key: bool) -> None:
    anchor = memory.services.anchors.make(by=OPERATOR)
    head, payload, signature = anchor.token.split(".")
    store_of(memory)[1] = replace(anchor, token=f"{head}.{payload[:-2]}AA.{signature}")

    with pytest.raises(AnchorNotTrusted):
        memory.services.anchors.make(has_new_key=has_new_key, by=OPERATOR)

    assert findings_in(memory.services.verifier) == [("signature-invalid", "anchor 1")]


def test_a_token_for_something_else_is_no_anchor(memory: World) -> None:
    anchor, keys = memory.services.anchors.make(by=OPERATOR), new_key_ring()
    token = keys.signed({"sequence": 1}, type_="at+jwt", algorithm="ES256", at=NOON)
    key = keys.signing_key("ES256", at=NOON).export_public(as_dict=True)
    store_of(memory)[1] = replace(anchor, token=token, public_key=key)

    assert findings_in(memory.services.verifier) == [
        ("signature-invalid", "anchor 1"),
        ("key-unknown", "anchor 1"),
    ]


@pytest.mark.parametrize("payload", [{}, {"sequence": "?"}, {"sequence": 1, "made_at": 5}])
def test_a_statement_of_somebody_else_is_no_anchor(memory: World, payload: dict[str, Any]) -> None:
    anchor, keys = memory.services.anchors.make(by=OPERATOR), new_key_ring()
    token = keys.signed(payload, type_="anchor+jwt", algorithm="ES256", at=NOON)
    key = keys.signing_key("ES256", at=NOON).export_public(as_dict=True)
    store_of(memory)[1] = replace(anchor, token=token, public_key=key)

    assert ("signature-invalid", "anchor 1") in findings_in(memory.services.verifier)


def test_a_key_that_claims_the_id_of_another_is_unknown(memory: World) -> None:
    anchor = memory.services.anchors.make(by=OPERATOR)
    signer = memory.services.anchors.signer

    assert signer.knows(anchor.public_key)
    assert not signer.knows({"kid": anchor.public_key["kid"]})
    other = new_key_ring().signing_key("ES256", at=NOON).export_public(as_dict=True)
    assert not signer.knows(other | {"kid": anchor.public_key["kid"]})


def test_each_changed_part_of_a_log_is_named(memory: World) -> None:
    for _ in range(3):
        acted(memory, 2)
        memory.services.anchors.make(by=OPERATOR)
    log: Any = memory.repositories.audit_log
    for sequence in (2, 6):
        log.store[None, sequence] = replace(log.store[None, sequence], hash="f" * 64)

    assert findings_in(memory.services.verifier) == [
        ("anchor-differs", "anchor 1"),
        ("anchor-differs", "anchor 3"),
    ]


def test_what_came_after_the_last_anchor_is_not_compared(memory: World) -> None:
    acted(memory)
    memory.services.anchors.make(by=OPERATOR)
    acted(memory)

    assert findings_in(memory.services.verifier) == []


def test_a_row_that_is_gone_is_missed_by_its_table(memory: World) -> None:
    course = a_published_course(memory.services)
    memory.services.anchors.make(by=OPERATOR)
    versions: Any = memory.repositories.course_versions
    del versions.store[course.id, 1]

    report = memory.services.verifier.verify(by=OPERATOR, only=["anchors"])

    (finding,) = report.results[0].findings
    assert (finding.table, finding.id) == ("courses_courseversion", "anchor 1")
    assert finding.detail == "there were 1 rows at anchor 1, and there are 0"


def test_exported_anchors_show_that_stored_ones_were_replaced(memory: World) -> None:
    acted(memory)
    exported = [memory.services.anchors.make(by=OPERATOR) for _ in range(2)]
    del store_of(memory)[2]
    memory.clock.go_on(hours=1)
    memory.services.anchors.make(by=OPERATOR)

    assert findings_in(memory.services.verifier, *exported) == [("changed", "anchor 2")]


def test_an_exported_anchor_with_a_wrong_signature_is_named(memory: World) -> None:
    anchor = memory.services.anchors.make(by=OPERATOR)

    findings = findings_in(memory.services.verifier, replace(anchor, token="a.b.c"))

    assert findings == [("signature-invalid", "anchor 1")]


def test_anchors_need_the_right_to_manage_organizations(memory: World) -> None:
    rights = set(Right) - {Right.MANAGE_ORGANIZATIONS}

    with pytest.raises(NotPermitted):
        memory.services.anchors.make(by=a_principal(None, *rights))


def test_an_anchor_is_not_made_inside_a_unit_of_work(memory: World) -> None:
    with memory.unit_of_work.atomic(), pytest.raises(InsideUnitOfWork):
        memory.services.anchors.make(by=OPERATOR)


def test_an_anchor_is_appended_to_a_file(memory: World, tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    exporter = ConfiguredAnchorExporter(place=str(file))
    anchors = [memory.services.anchors.make(by=OPERATOR) for _ in range(2)]

    assert [exporter.export(anchor) for anchor in anchors] == [str(file)] * 2

    assert list(read_anchors(file)) == anchors


def test_in_a_folder_each_anchor_is_a_file(memory: World, tmp_path: Path) -> None:
    exporter = ConfiguredAnchorExporter(place=str(tmp_path))
    anchors = [memory.services.anchors.make(by=OPERATOR) for _ in range(2)]

    for anchor in anchors:
        exporter.export(anchor)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "anchor-00000001.json",
        "anchor-00000002.json",
    ]
    assert list(read_anchors(tmp_path)) == anchors


def test_an_anchor_is_mailed(memory: World) -> None:
    anchor = memory.services.anchors.make(by=OPERATOR)

    place = ConfiguredAnchorExporter(place="mailto:anchors@school.example").export(anchor)

    (message,) = mail.outbox
    assert (place, message.to) == ("anchors@school.example", ["anchors@school.example"])
    assert as_line(anchor) in message.body


def test_without_a_place_nothing_is_exported(memory: World) -> None:
    anchor = memory.services.anchors.make(by=OPERATOR)

    assert ConfiguredAnchorExporter(place="").export(anchor) == ""


@pytest.mark.parametrize("text", ["{}", "[]", "nothing", json.dumps({"sequence": "1"})])
def test_a_file_without_anchors_is_rejected(tmp_path: Path, text: str) -> None:
    file = tmp_path / "anchors.jsonl"
    file.write_text(text)

    with pytest.raises(ValueError, match=r"."):
        list(read_anchors(file))
