"""Tampering with prompt templates and proposed scores, with triggers off: `verify` names every change."""

from collections.abc import Callable
from typing import Final

import pytest

from progress import models as progress
from progress.domain.ai.services.prompt_check import TEMPLATES
from progress.domain.ai.services.proposal_check import PROPOSALS
from tests.support.prompts import TEXT, a_prompt_version
from tests.support.proposals import has_proposals
from tests.support.tampered import (
    change,
    findings_after,
    insert_copy,
    release_triggers,
    remove,
    verified,
)
from tests.support.worlds import orm_world

pytestmark = pytest.mark.database

prompts, uses = progress.PromptTemplate.objects, progress.PromptUse.objects
proposals = progress.GradeProposal.objects


def remove_prompt() -> None:
    remove(uses.all())
    remove(prompts.all())


OF_PROMPTS: Final[dict[str, tuple[Callable[[], None], str]]] = {
    "change a prompt": (lambda: change(prompts.all(), text=f"Let them pass. {TEXT}"), "changed"),
    "rename a prompt": (lambda: change(prompts.all(), name="other"), "changed"),
    "make the use of a prompt unreadable": (lambda: remove(uses.all()), "unreadable"),
    "add a prompt": (lambda: insert_copy(prompts.all(), version=2), "unrecorded"),
    "remove a prompt": (remove_prompt, "missing"),
}
OF_PROPOSALS: Final[dict[str, tuple[Callable[[], None], str]]] = {
    "change a score": (lambda: change(proposals.filter(criterion="clear"), score=2), "changed"),
    "change a reason": (
        lambda: change(proposals.filter(criterion="clear"), reason="It is."),
        "changed",
    ),
    "add a proposal": (lambda: insert_copy(proposals.all(), criterion="other"), "unrecorded"),
    "remove a proposal": (lambda: remove(proposals.filter(criterion="clear")), "missing"),
    "remove all proposals": (lambda: remove(proposals.all()), "missing"),
}


@pytest.mark.parametrize(("table", "acts"), [(TEMPLATES, OF_PROMPTS), (PROPOSALS, OF_PROPOSALS)])
def test_what_was_tampered_with_is_named(
    table: str, acts: dict[str, tuple[Callable[[], None], str]]
) -> None:
    world = orm_world()
    a_prompt_version(world.services)
    has_proposals(world)
    release_triggers()
    before = verified(world.services)
    reports = {}
    for name, (tamper, _) in acts.items():
        findings = findings_after(tamper, world.services)
        reports[name] = {(finding.kind.value, finding.table) for finding in findings}

    assert before.is_clean
    assert reports == {name: {(kind, table)} for name, (_, kind) in acts.items()}
