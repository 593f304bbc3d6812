"""Search of the audit log, and its export as a task."""

import csv
import json
from io import StringIO

import pytest

from accounts.api.serializers import AuditEntrySerializer
from accounts.domain.access import NotPermitted, Principal, Right
from accounts.domain.audit.entities import AuditAction, AuditSelection, AuditSide, SubjectType
from accounts.domain.tasks.services.audit_exports import AuditFormat, members_of
from authsvc.http.rendering import json_of
from authsvc.jobs.entities import StoredFile
from tests.accounts.auditing import an_act, an_entry, log_of, record_act
from tests.support.builders import a_principal
from tests.support.jobs import stored, work_off
from tests.support.tenants import has_organization, has_root
from tests.support.worlds import World

EVERYTHING = AuditSelection()


@pytest.fixture
def root(memory: World) -> Principal:
    return has_root(memory)


def recorded(world: World, by: Principal, count: int) -> None:
    for number in range(count):
        world.clock.go_on(minutes=1)
        record_act(world.services, an_act(subject_id=f"subject {number}"), by=by)


def subjects(entries: object) -> list[str]:
    assert isinstance(entries, tuple)
    return [entry.act.subject_id for entry in entries]


def exported(
    world: World, selection: AuditSelection, form: AuditFormat, *, by: Principal
) -> StoredFile:
    world.clock.go_on(minutes=1)
    task = world.services.audit_export_tasks.start(selection, form, by=by)
    work_off(world.services)
    assert stored(world, task.id).error == ""
    return world.services.tasks.result_of(task.id, by=by)


def test_pages_lead_to_older_and_to_newer_entries(memory: World, root: Principal) -> None:
    recorded(memory, root, 5)
    search = memory.services.audit_search

    first = search.page_of(EVERYTHING, limit=2, by=root)
    second = search.page_of(EVERYTHING, limit=2, older=first.older, by=root)
    third = search.page_of(EVERYTHING, limit=2, older=second.older, by=root)
    back = search.page_of(EVERYTHING, limit=2, newer=third.newer, by=root)

    assert subjects(first.entries) == ["subject 4", "subject 3"]
    assert first.newer is None
    assert subjects(third.entries) == ["subject 0"]
    assert third.older is None
    assert subjects(back.entries) == subjects(second.entries) == ["subject 2", "subject 1"]
    assert search.page_of(EVERYTHING, limit=2, newer=back.newer, by=root) == first


def test_the_log_is_searched_and_exported_with_the_right_to_read_it(memory: World) -> None:
    anna = a_principal(memory.has_user())

    with pytest.raises(NotPermitted):
        memory.services.audit_search.page_of(EVERYTHING, limit=2, by=anna)
    with pytest.raises(NotPermitted):
        list(memory.services.audit_search.pages_of(EVERYTHING, by=anna))
    with pytest.raises(NotPermitted):
        memory.services.audit_export_tasks.start(EVERYTHING, AuditFormat.CSV, by=anna)
    assert log_of(memory) == []


def test_a_selection_is_the_same_after_it_was_stored(memory: World, root: Principal) -> None:
    selection = AuditSelection(
        parties=frozenset({"timetable", str(root.user_id)}),
        side=AuditSide.SUBJECT,
        actions=frozenset({AuditAction.USER_EDITED}),
        org_id=has_organization(memory).id,
        client_id="back-office",
        reference="a" * 32,
        since=memory.clock.now(),
        until=memory.clock.now(),
    )

    for original in (selection, EVERYTHING, AuditSelection(parties=frozenset())):
        members = json.loads(json.dumps(original.as_members()))
        assert AuditSelection.of_members(members) == original


def test_an_export_as_json_lines_has_what_the_api_shows(memory: World, root: Principal) -> None:
    recorded(memory, root, 250)

    file = exported(memory, EVERYTHING, AuditFormat.JSON_LINES, by=root)

    lines = [json.loads(line) for line in file.content.splitlines()]
    assert [line["subject_id"] for line in lines] == [f"subject {number}" for number in range(250)]
    entry = an_entry()
    shown = json.loads(json_of(entry, AuditEntrySerializer))
    assert members_of(entry) == shown | {"organization_id": None}


def test_an_export_as_csv_has_names_and_no_formulas(memory: World, root: Principal) -> None:
    anna = memory.has_user(name="=Anna")
    act = an_act(subject_type=SubjectType.USER, subject_id=str(anna.id), reason="=1+1")
    record_act(memory.services, act, by=root)

    file = exported(memory, EVERYTHING, AuditFormat.CSV, by=root)

    (row,) = csv.DictReader(StringIO(file.content.decode()))
    assert (row["subject"], row["reason"], row["before"]) == (
        "'=Anna",
        "'=1+1",
        '{"role": "learner"}',
    )
    assert row["actor_id"] == str(root.user_id)
    assert row["actor"]


def test_an_export_is_recorded_and_ends_where_it_was_asked_for(
    memory: World, root: Principal
) -> None:
    recorded(memory, root, 1)
    selection = AuditSelection(actions=frozenset({AuditAction.MEMBER_ROLE_CHANGED}))

    file = exported(memory, selection, AuditFormat.JSON_LINES, by=root)

    assert len(file.content.splitlines()) == 1
    act = log_of(memory)[-1].act
    assert (act.action, act.after["format"]) == (AuditAction.AUDIT_EXPORTED, "jsonl")
    filters = AuditSelection.of_members(act.after["filters"])  # type: ignore[arg-type]  # JSON of an entry
    assert filters.until == memory.clock.now()
    assert filters.actions == selection.actions


def test_the_file_is_for_those_who_may_read_the_log(memory: World, root: Principal) -> None:
    task = memory.services.audit_export_tasks.start(EVERYTHING, AuditFormat.CSV, by=root)

    assert stored(memory, task.id).arguments["right"] == Right.READ_AUDIT
