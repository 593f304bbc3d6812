"""The tables in docs/verifying-badges.md are complete; its commands run with those of the quickstart."""

import re
from inspect import getsource
from typing import Final

from credentials.domain.entities.badges import (
    MOST_BYTES,
    BadgeOutcome,
    BadgeStepName,
    BadgeVerdict,
)
from credentials.openbadges import records
from tests.support.documents import page, table_under

PAGE: Final = page("docs/verifying-badges.md")


def test_each_fault_of_records_is_described() -> None:
    rows = table_under("## Check the records behind a credential", PAGE)

    described = {sentence.strip(".") for sentence, _ in rows}
    written = re.findall(r'yield f?"(?:\{record_id\}: )?([^"]+)\."', getsource(records))
    assert described == set(written)


def test_all_steps_outcomes_and_verdicts_are_described() -> None:
    steps = [row[0].strip("`") for row in table_under("## Steps", PAGE)]
    verdicts = [row[0].strip("`") for row in table_under("## Verdicts", PAGE)]

    assert steps == list(BadgeStepName)
    assert verdicts == list(BadgeVerdict)
    assert [outcome for outcome in BadgeOutcome if f"`{outcome.value}`" not in PAGE] == []
    assert f"up to {MOST_BYTES // 2**20} MiB" in PAGE
