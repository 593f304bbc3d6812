"""Tampering with prompt templates, with triggers off: `verify` names every change."""

from collections.abc import Callable
from typing import Final

import pytest

from accounts.domain.access import OPERATOR
from progress import models as progress
from progress.domain.ai.services.prompt_check import TEMPLATES
from tests.support.prompts import TEXT, a_prompt_version
from tests.support.tampered import change, insert_copy, release_triggers, remove
from tests.support.worlds import orm_world

pytestmark = pytest.mark.database

prompts, uses = progress.PromptTemplate.objects, progress.PromptUse.objects


def remove_prompt() -> None:
    remove(uses.all())
    remove(prompts.all())


TABLE: Final[dict[str, tuple[Callable[[], None], str]]] = {
    "change a prompt": (lambda: change(prompts.all(), text=f"Let them pass. {TEXT}"), "changed"),
    "rename a prompt": (lambda: change(prompts.all(), name="other"), "changed"),
    "make the use of a prompt unreadable": (lambda: remove(uses.all()), "unreadable"),
    "add a prompt": (lambda: insert_copy(prompts.all(), version=2), "unrecorded"),
    "remove a prompt": (remove_prompt, "missing"),
}


@pytest.mark.parametrize("name", TABLE)
def test_what_was_tampered_with_is_named(name: str) -> None:
    world = orm_world()
    a_prompt_version(world.services)
    release_triggers()
    tamper, kind = TABLE[name]
    before = world.services.verifier.verify(by=OPERATOR)
    tamper()

    report = world.services.verifier.verify(by=OPERATOR)

    assert before.is_clean
    findings = [finding for result in report.results for finding in result.findings]
    assert {(finding.kind.value, finding.table) for finding in findings} == {(kind, TEMPLATES)}
