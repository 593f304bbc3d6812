"""docs/audit.md describes the audit log, and its program verifies exports."""

import json
import re
import subprocess
import sys
from typing import Any, Final
from uuid import UUID

from accounts.api.serializers import AuditEntrySerializer
from accounts.domain.access import OPERATOR, UserId
from accounts.domain.audit.entities import AuditAction, SubjectType
from accounts.domain.organizations.entities import Organization, OrganizationChanges
from tests.support.application import Application, Person
from tests.support.documents import Fence, fences, page, table_under

_, _, PAGE = page("docs/audit.md").partition("\n## The audit log\n")
MEMBERS: Final = table_under("### Entries", PAGE.partition("\n### Recorded actions\n")[0])


def _names_in(text: str) -> list[str]:
    """The text in code spans."""
    return re.findall(r"`([^`]+)`", text)


def _fence(language: str) -> Fence:
    (fence,) = (fence for fence in fences(PAGE) if fence.language == language)
    return fence


def _exported(application: Application) -> tuple[Organization, list[str]]:
    """The audit log of an organization with some entries, as lines."""
    anna: Person = application.signed_in()
    knots = application.services.organizations.create(
        name="Knots", slug="knots", owner_id=UserId(UUID(anna.id)), by=OPERATOR
    )
    for name in ("Knöpfe", "Knoten 🪢"):
        application.services.organizations.edit(
            knots.id, OrganizationChanges(name=name), by=OPERATOR
        )
    text = anna.caller.get(f"/v1/orgs/{knots.id}/audit/export").text
    return knots, text.splitlines(keepends=True)


def _verified(organization: Organization, lines: list[str]) -> tuple[int, str]:
    """The exit status and the output of the program on the page."""
    ran = subprocess.run(  # it runs a program from the documents
        [sys.executable, "-c", _fence("python").text, str(organization.id)],
        input="".join(lines),
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    return ran.returncode, (ran.stdout + ran.stderr).strip()


def test_every_act_is_described_in_the_order_of_the_code() -> None:
    described = [_names_in(action) for action, _ in table_under("### Recorded actions", PAGE)]

    assert described == [[action] for action in AuditAction]


def test_every_member_of_an_entry_is_described_in_the_order_of_the_api() -> None:
    described = [name for names, _ in MEMBERS for name in _names_in(names)]

    assert described == list(AuditEntrySerializer().fields)


def test_every_kind_of_subject_is_named() -> None:
    (text,) = (what for names, what in MEMBERS if "`subject_type`" in names)

    assert _names_in(text) == [*SubjectType]


def test_the_example_is_an_entry() -> None:
    example: dict[str, Any] = json.loads(_fence("json").text)

    assert list(example) == list(AuditEntrySerializer().fields)
    assert example["action"] in set(AuditAction)
    assert example["subject_type"] in set(SubjectType)


def test_the_program_on_the_page_verifies_an_export(application: Application) -> None:
    knots, lines = _exported(application)

    status, text = _verified(knots, lines)

    assert len(lines) == 3
    assert (status, text) == (0, f"3 {json.loads(lines[-1])['hash']}")


def test_the_program_on_the_page_finds_out_who_changes_or_takes_an_entry(
    application: Application,
) -> None:
    knots, (first, second, third) = _exported(application)

    changed = _verified(knots, [first, second.replace("Knots", "Knobs"), third])
    taken = _verified(knots, [first, third])

    assert changed == (1, "entry 2 was changed")
    assert taken == (1, "entry 2 is missing, or does not follow from the one before")
