"""Races for the prompt that answers: of activations and trials at once, one version of each is left."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Final

import pytest

from accounts.domain.access import OPERATOR
from authsvc.kernel.errors import DomainError
from progress.domain.ai.entities.prompts import PromptStatus, PromptTemplate
from progress.domain.ai.entities.sessions import SessionType
from progress.domain.ai.errors import PromptTrialRunning, PromptVersionOutdated
from tests.support.databases import connected_to
from tests.support.prompts import a_prompt_version
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

AT_ONCE: Final = 8


def errors_of(database_url: str, acts: list[Callable[[], object]]) -> list[type[DomainError]]:
    """The domain errors of acts that all begin at once."""
    barrier = Barrier(len(acts))

    def error_of(act: Callable[[], object]) -> type[DomainError] | None:
        with connected_to(database_url):
            barrier.wait()
            try:
                act()
            except DomainError as error:
                return type(error)
            return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return [error for error in pool.map(error_of, acts) if error is not None]


def versions_of(town: World, name: str) -> list[PromptTemplate]:
    return [a_prompt_version(town.services, name=name, after=number) for number in range(AT_ONCE)]


def number_of(town: World, status: PromptStatus) -> int:
    used = town.repositories.prompt_templates.used_in(SessionType.TUTORING)
    return [template.status for template in used].count(status)


def test_of_activations_at_once_one_is_left_active(town: World, database_url: str) -> None:
    prompts = town.services.ai_prompts
    versions = versions_of(town, "activations")

    errors = errors_of(
        database_url,
        [partial(prompts.activate, row.id, because="Now.", by=OPERATOR) for row in versions],
    )

    assert errors == []
    assert number_of(town, PromptStatus.ACTIVE) == 1


def test_of_trials_at_once_one_is_started(town: World, database_url: str) -> None:
    prompts = town.services.ai_prompts
    versions = versions_of(town, "trials")

    errors = errors_of(
        database_url,
        [partial(prompts.start_trial, row.id, 10, because="Now.", by=OPERATOR) for row in versions],
    )

    assert errors == [PromptTrialRunning] * (AT_ONCE - 1)
    assert number_of(town, PromptStatus.TRIAL) == 1


def test_of_edits_at_once_one_is_the_next_version(town: World, database_url: str) -> None:
    a_prompt_version(town.services, name="edits")
    edit = partial(a_prompt_version, town.services, name="edits", after=1)

    errors = errors_of(database_url, [edit] * AT_ONCE)

    assert errors == [PromptVersionOutdated] * (AT_ONCE - 1)
    latest = town.repositories.prompt_templates.latest("edits")
    assert latest is not None
    assert latest.version == 2
