"""Exports of the audit log as tasks, as CSV for spreadsheets and as JSON Lines for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from enum import StrEnum
from typing import Any, Final

from accounts.domain.access import Principal, Right, Scope, UserId
from accounts.domain.audit.entities import (
    AuditAction,
    AuditEntry,
    AuditSelection,
    AuditSubject,
    SubjectType,
)
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.audit.services.search import AuditSearch
from accounts.domain.identity.repositories.protocols import UserRepository
from accounts.domain.tasks.entities import FILE, Task, TaskPlan
from accounts.domain.tasks.services.callers import TaskCallers
from accounts.domain.tasks.services.tasks import TaskService
from authsvc.jobs.entities import JobProgress
from authsvc.jobs.ports import JobKind, Run
from authsvc.kernel.clock import Clock
from authsvc.kernel.ids import parse_uuid
from authsvc.kernel.tables import Row, csv_of
from authsvc.kernel.unit_of_work import UnitOfWork

AUDIT_EXPORT: Final = "export-audit"
COLUMNS: Final = (
    "occurred_at",
    "actor",
    "actor_id",
    "client_id",
    "action",
    "subject_type",
    "subject",
    "subject_id",
    "organization_id",
    "reason",
    "before",
    "after",
    "request_id",
    "id",
    "hash",
)
"""The columns of a CSV file. `actor` and `subject` are the names of people, or their e-mail addresses without one."""


class AuditFormat(StrEnum):
    CSV = "csv"
    JSON_LINES = "jsonl"

    @property
    def media_type(self) -> str:
        return "text/csv" if self is AuditFormat.CSV else "application/jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditExportTasks:
    """Exports of selected entries, oldest first, up to the time at which the export was asked for."""

    search: AuditSearch
    users: UserRepository
    tasks: TaskService
    callers: TaskCallers
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    @property
    def kind(self) -> JobKind:
        return self.callers.kind(AUDIT_EXPORT, self._export)

    def start(self, selection: AuditSelection, form: AuditFormat, *, by: Principal) -> Task:
        """Start to export the entries, and record that. Raises NotPermitted, TooManyTasks."""
        by.require(Right.READ_AUDIT)
        now = self.clock.now()
        until = now if selection.until is None else min(selection.until, now)
        filters = replace(selection, until=until).as_members()
        plan = TaskPlan(
            kind=AUDIT_EXPORT,
            scope=Scope.ORGS_READ,
            right=Right.READ_AUDIT,
            input={"format": form.value, "filters": filters},
        )
        with self.unit_of_work.atomic():
            task = self.tasks.start(plan, by=by)
            self.audit_log.record(
                AuditAction.AUDIT_EXPORTED,
                AuditSubject(SubjectType.PLATFORM, SubjectType.PLATFORM, None),
                by=by,
                after={"format": form.value, "filters": filters, "task_id": str(task.id)},
            )
        return task

    def _export(self, run: Run, given: Mapping[str, Any], by: Principal) -> Mapping[str, Any]:
        form, number = AuditFormat(given["format"]), 0
        selection = AuditSelection.of_members(given["filters"])
        name = f"audit-log.{form.value}"
        with run.attaching(name, form.media_type) as file:
            if form is AuditFormat.CSV:
                file.write(csv_of([COLUMNS]).encode())
            for entries in self.search.pages_of(selection, by=by):
                is_csv = form is AuditFormat.CSV
                file.write(self._csv_of(entries) if is_csv else _json_lines_of(entries))
                number += len(entries)
                run.report(JobProgress(done=number, message="entries"))
        return {"entries": number, FILE: name}

    def _csv_of(self, entries: Sequence[AuditEntry]) -> bytes:
        people = {user_id for entry in entries for user_id in _people_in(entry)}
        names = {user.id: user.name or user.email for user in self.users.with_ids(people)}
        return csv_of(_row_of(entry, names) for entry in entries).encode()


def members_of(entry: AuditEntry) -> dict[str, Any]:
    """The entry as the API shows it, and the organization whose log it is in."""
    act = entry.act
    return {
        "id": str(entry.id),
        "organization_id": act.org_id and str(act.org_id),
        "sequence": entry.sequence,
        "action": act.action,
        "subject_type": act.subject_type,
        "subject_id": act.subject_id,
        "before": dict(act.before),
        "after": dict(act.after),
        "reason": act.reason,
        "actor_id": entry.actor_id and str(entry.actor_id),
        "client_id": entry.client_id,
        "request_id": entry.request_id,
        "occurred_at": _time_of(entry),
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }


def _json_lines_of(entries: Sequence[AuditEntry]) -> bytes:
    lines = (json.dumps(members_of(entry), ensure_ascii=False) for entry in entries)
    return "".join(f"{line}\n" for line in lines).encode()


def _row_of(entry: AuditEntry, names: Mapping[UserId, str]) -> Row:
    members = members_of(entry)
    person = _subject_of(entry)
    members["actor"] = names.get(entry.actor_id, "") if entry.actor_id else ""
    members["subject"] = names.get(person, "") if person else ""
    for name in ("before", "after"):
        members[name] = json.dumps(members[name], ensure_ascii=False) if members[name] else ""
    return [str(members[name] or "") for name in COLUMNS]


def _people_in(entry: AuditEntry) -> Iterator[UserId]:
    if entry.actor_id is not None:
        yield entry.actor_id
    if (person := _subject_of(entry)) is not None:
        yield person


def _subject_of(entry: AuditEntry) -> UserId | None:
    """The person that the entry is about, if it is about one."""
    is_person = entry.act.subject_type in (SubjectType.USER, SubjectType.MEMBER)
    user_id = parse_uuid(entry.act.subject_id) if is_person else None
    return None if user_id is None else UserId(user_id)


def _time_of(entry: AuditEntry) -> str:
    return entry.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
