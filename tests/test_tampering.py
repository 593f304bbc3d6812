"""Tampering with the database, with triggers off: `verify` names every change."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final
from uuid import uuid4

import pytest

from accounts import models as accounts
from credentials import models as credentials
from progress import models as progress
from tests.support.blocks import undone_block
from tests.support.tampered import (
    LATER,
    Tampered,
    a_school,
    another_anchor,
    change,
    change_answers,
    change_marks,
    change_terms,
    cut_tail_of_audit_log,
    entries_of_organization,
    exchange_positions,
    findings_after,
    first,
    forge_outline,
    hide_the_event,
    insert_copy,
    issue_by_hand,
    make_items_optional,
    remove,
    remove_attempt,
    remove_audit_log,
    remove_credential,
    renumber_anchors,
    resign_all_anchors,
    second,
    swap_hashes,
    swap_holders,
    swap_sequences,
    verified,
)

pytestmark = pytest.mark.database

EVENTS: Final = "progress_progressevent"
PROGRESS: Final = "progress_courseprogress"
ATTEMPTS: Final = "progress_assessmentattempt"
ISSUED: Final = "credentials_usercredential"
DEFINITIONS: Final = "credentials_credential"
VERSIONS: Final = "courses_courseversion"
ENTRIES: Final = "accounts_auditentry"
HEADS: Final = "accounts_audithead"
ANCHORS: Final = "accounts_anchor"

Tampering = Callable[[Tampered], None]


events, latest = Tampered.events, Tampered.rewrite
issued, attempt, version = Tampered.issued, Tampered.attempt, Tampered.version
grades, definitions = progress.AttemptGrade.objects, credentials.Credential.objects
anchors, heads = accounts.Anchor.objects, accounts.AuditHead.objects
second_entry = accounts.AuditEntry.objects.filter(org=None, sequence=2)

TABLE: Final[dict[str, tuple[Tampering, str, str]]] = {
    # the event log
    "change an event": (
        lambda s: change(second(s), idempotency_key="k"),
        "changed",
        EVENTS,
    ),
    "date an event back": (
        lambda s: change(second(s), occurred_at=LATER),
        "changed",
        EVENTS,
    ),
    "change a payload": (
        lambda s: change(first(s), payload={"course_version": 2}),
        "changed",
        EVENTS,
    ),
    "break a payload": (
        lambda s: change(first(s), payload=[]),
        "unreadable",
        EVENTS,
    ),
    "make up an event type": (
        lambda s: change(second(s), type="withdrawn"),
        "unreadable",
        EVENTS,
    ),
    "move an event to another learner": (
        lambda s: change(events(s).filter(sequence=5), user_id=s.cleo.principal.user_id),
        "missing",
        EVENTS,
    ),
    "swap two events": (swap_sequences, "unlinked", EVENTS),
    "swap two hashes": (swap_hashes, "changed", EVENTS),
    "remove the first event": (
        lambda s: remove(first(s)),
        "missing",
        EVENTS,
    ),
    "remove an event": (lambda s: remove(events(s).filter(sequence=3)), "missing", EVENTS),
    "cut the tail": (lambda s: remove(events(s).filter(sequence=5)), "head-differs", PROGRESS),
    "add an event": (
        lambda s: insert_copy(events(s), id=uuid4(), sequence=6, position=None),
        "unlinked",
        EVENTS,
    ),
    "cut the tail with its head": (
        lambda s: latest(s, lambda log: log[:-1]),
        "anchor-differs",
        EVENTS,
    ),
    "remove a stream with its projection": (
        lambda s: latest(s, lambda _: []),
        "anchor-differs",
        EVENTS,
    ),
    "rebuild the history": (
        lambda s: latest(
            s, lambda log: [log[0], *(replace(e, occurred_at=LATER) for e in log[1:])]
        ),
        "anchor-differs",
        EVENTS,
    ),
    "rebuild the history without an event": (
        lambda s: latest(s, lambda log: log[:1] + log[2:]),
        "anchor-differs",
        EVENTS,
    ),
    "record events in another order": (exchange_positions, "anchor-differs", EVENTS),
    # the projection
    "change a share": (
        lambda s: change(s.projection(), percent_complete=9, completed_at=None),
        "projection-differs",
        PROGRESS,
    ),
    "change a status": (
        lambda s: change(s.projection(), status="withdrawn"),
        "projection-differs",
        PROGRESS,
    ),
    "change completed items": (
        lambda s: change(s.projection(), completed_items=[]),
        "projection-differs",
        PROGRESS,
    ),
    "make progress unreadable": (
        lambda s: change(s.projection(), status="asleep"),
        "unreadable",
        PROGRESS,
    ),
    "change a head": (
        lambda s: change(s.projection(), hash="f" * 64),
        "head-differs",
        PROGRESS,
    ),
    "remove progress": (lambda s: remove(s.projection()), "projection-differs", PROGRESS),
    "add progress": (
        lambda s: insert_copy(s.projection(), user_id=s.cleo.principal.user_id, registration=None),
        "missing",
        EVENTS,
    ),
    # attempts and grades
    "change a score": (lambda s: change(attempt(s), score=4), "changed", ATTEMPTS),
    "change answers": (change_answers, "changed", ATTEMPTS),
    "mix types of answers": (
        lambda s: change_answers(s, choices=[1, "noose"]),
        "changed",
        ATTEMPTS,
    ),
    "void an attempt": (lambda s: change(attempt(s), status="voided"), "changed", ATTEMPTS),
    "change a pass mark": (lambda s: change(attempt(s), pass_score=1), "changed", ATTEMPTS),
    "date an attempt back": (
        lambda s: change(attempt(s), submitted_at=LATER),
        "changed",
        ATTEMPTS,
    ),
    "move an attempt to another learner": (
        lambda s: change(attempt(s), user_id=s.anna.principal.user_id),
        "unrecorded",
        ATTEMPTS,
    ),
    "remove an attempt": (remove_attempt, "missing", ATTEMPTS),
    "add an attempt": (
        lambda s: insert_copy(attempt(s), number=2, status="submitted", score=None),
        "unrecorded",
        ATTEMPTS,
    ),
    "make answers unreadable": (
        lambda s: change(attempt(s), responses=[{}]),
        "unreadable",
        ATTEMPTS,
    ),
    "change marks": (change_marks, "changed", ATTEMPTS),
    "change a grader": (lambda s: change(grades.all(), graded_by=uuid4()), "changed", ATTEMPTS),
    "remove a grade": (lambda _: remove(grades.all()), "changed", ATTEMPTS),
    "add a grade": (lambda _: insert_copy(grades.all(), number=2), "changed", ATTEMPTS),
    # issued credentials and revocations
    "issue a credential by hand": (issue_by_hand, "unrecorded", ISSUED),
    "give a credential to another holder": (
        lambda s: change(issued(s), user_id=s.cleo.principal.user_id),
        "unrecorded",
        ISSUED,
    ),
    "swap two holders": (swap_holders, "unrecorded", ISSUED),
    "date a credential back": (lambda s: change(issued(s), issued_at=LATER), "changed", ISSUED),
    "let a credential last for ever": (
        lambda s: change(issued(s), expires_at=None),
        "changed",
        ISSUED,
    ),
    "change the terms of a credential": (change_terms, "changed", ISSUED),
    "make terms unreadable": (lambda s: change(issued(s), terms={}), "unreadable", ISSUED),
    "remove a credential": (remove_credential, "missing", ISSUED),
    "take a revocation back": (
        lambda s: change(issued(s, s.ben), revoked_at=None, revocation_reason="", is_current=True),
        "changed",
        ISSUED,
    ),
    "change a reason": (
        lambda s: change(issued(s, s.ben), revocation_reason="Lost."),
        "changed",
        ISSUED,
    ),
    "revoke by hand": (
        lambda s: change(
            issued(s), revoked_at=LATER, revocation_reason="Copied.", is_current=False
        ),
        "changed",
        ISSUED,
    ),
    "hide that a credential is current": (
        lambda s: change(issued(s), is_current=False),
        "changed",
        ISSUED,
    ),
    # definitions
    "change criteria": (
        lambda _: change(definitions.all(), criteria="Nothing."),
        "changed",
        DEFINITIONS,
    ),
    "raise a version": (
        lambda _: change(definitions.all(), version=2),
        "unrecorded",
        DEFINITIONS,
    ),
    "add a definition": (lambda _: insert_copy(definitions.all()), "unrecorded", DEFINITIONS),
    # course versions
    "change a published course": (forge_outline, "changed", VERSIONS),
    "change a published course and its checksum": (
        lambda s: forge_outline(s, checksum="f" * 64),
        "changed",
        VERSIONS,
    ),
    "make all items optional": (make_items_optional, "changed", VERSIONS),
    "date a version back": (
        lambda s: change(version(s), published_at=LATER),
        "changed",
        VERSIONS,
    ),
    "remove a version": (lambda s: remove(version(s)), "missing", VERSIONS),
    "add a version": (lambda s: insert_copy(version(s), number=2), "unrecorded", VERSIONS),
    "make an outline unreadable": (
        lambda s: change(version(s), outline=[{}]),
        "unreadable",
        VERSIONS,
    ),
    # audit logs
    "change an audit entry": (
        lambda _: change(second_entry, client_id="x"),
        "changed",
        ENTRIES,
    ),
    "remove an audit entry": (
        lambda _: remove(second_entry),
        "missing",
        ENTRIES,
    ),
    "add an audit entry": (
        lambda _: insert_copy(entries_of_organization(), id=uuid4(), sequence=5, position=None),
        "unlinked",
        ENTRIES,
    ),
    "make up an action": (
        lambda _: change(second_entry, action="x"),
        "unreadable",
        ENTRIES,
    ),
    "break an audit entry": (
        lambda _: change(second_entry, after=[]),
        "unreadable",
        ENTRIES,
    ),
    "remove a head": (lambda _: remove(heads.exclude(sequence=4)), "missing", HEADS),
    "change the head of a log": (
        lambda _: change(heads.filter(sequence=4), hash="f" * 64),
        "head-differs",
        HEADS,
    ),
    "cut the tail of an audit log with its head": (
        cut_tail_of_audit_log,
        "anchor-differs",
        ENTRIES,
    ),
    "remove an audit log with its head": (remove_audit_log, "anchor-differs", ENTRIES),
    # anchors
    "change an anchor": (
        lambda _: change(anchors.filter(pk=1), token="a.b.c"),
        "signature-invalid",
        ANCHORS,
    ),
    "remove an anchor": (lambda _: remove(anchors.filter(pk=1)), "missing", ANCHORS),
    "remove the last anchor": (lambda _: remove(anchors.filter(pk=2)), "missing", ANCHORS),
    "remove all anchors": (lambda _: remove(anchors.all()), "missing", ANCHORS),
    "renumber an anchor": (renumber_anchors, "missing", ANCHORS),
    "swap a key": (
        lambda s: change(anchors.filter(pk=2), public_key=another_anchor(s, 2)["public_key"]),
        "signature-invalid",
        ANCHORS,
    ),
    "sign an anchor with another key": (
        lambda s: change(anchors.filter(pk=2), **another_anchor(s, 2)),
        "key-unknown",
        ANCHORS,
    ),
    "sign all anchors with another key": (resign_all_anchors, "unlinked", ANCHORS),
}
"""What is done, and the kind and the table of a finding that names it."""

ALTERING: Final[tuple[str, ...]] = (
    "give a credential to another holder",
    "date a credential back",
    "let a credential last for ever",
    "change the terms of a credential",
)
"""What makes a credential another one than was issued."""


@pytest.fixture
def school() -> Tampered:
    return a_school()


def test_an_untouched_school_has_no_findings(school: Tampered) -> None:
    report = verified(school.world.services, school.exported)

    assert [result.findings for result in report.results] == [()] * 11
    assert all(result.rows for result in report.results)


def test_what_was_tampered_with_is_named(school: Tampered) -> None:
    reports = {name: named(school, name) for name in TABLE}

    assert {name: report for name, report in reports.items() if TABLE[name][1:] not in report} == {}


def named(school: Tampered, name: str) -> list[tuple[str, str]]:
    """The kinds and tables of what is reported of a school that was tampered with."""
    tamper = partial(TABLE[name][0], school)
    findings = findings_after(tamper, school.world.services, school.exported)
    assert all(finding.id and finding.detail for finding in findings), findings
    assert "Anna" not in str(findings)
    return [(finding.kind, finding.table) for finding in findings]


def test_strangers_are_told_that_a_credential_was_altered(school: Tampered) -> None:
    (held,) = school.anna.held()
    tamperings = {name: TABLE[name][0] for name in ALTERING} | {"hide its event": hide_the_event}
    answers = {}
    for name, tamper in tamperings.items():
        with undone_block(school.world.services.unit_of_work):
            tamper(school)
            verification = school.world.services.issuing.verify(held.issued.id)
        answers[name] = (verification.status.value, verification.valid)

    assert held.valid
    assert answers == dict.fromkeys(tamperings, ("altered", False))


def test_every_table_that_says_something_about_people_is_tampered_with() -> None:
    assert len(TABLE) >= 40
    tables = {EVENTS, PROGRESS, ATTEMPTS, ISSUED, DEFINITIONS, VERSIONS, ENTRIES, HEADS, ANCHORS}
    assert {table_name for _, _, table_name in TABLE.values()} == tables
