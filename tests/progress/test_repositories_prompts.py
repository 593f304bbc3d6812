"""Repositories of prompt templates and of their results, on every store."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from progress.domain.ai.entities.feedback import AIFeedback, Rating
from progress.domain.ai.entities.prompts import (
    PromptResult,
    PromptStatus,
    PromptTemplateId,
    in_order,
)
from progress.domain.ai.entities.sessions import AIInteraction, SessionType
from progress.domain.ai.errors import PromptTemplateNotFound, PromptVersionOutdated
from progress.domain.ai.ports import Role
from tests.progress.test_repositories_ai_budgets import a_flag_on
from tests.support.ai import GENERATED, an_ai_session, an_interaction
from tests.support.attempts import RIGHT, an_examinee
from tests.support.builders import NOON
from tests.support.prompts import a_prompt_template
from tests.support.worlds import World

PLATFORM = TenantScope()


def test_a_version_is_read_as_it_was_stored(world: World) -> None:
    prompt_templates, author = world.repositories.prompt_templates, world.has_user()
    template = a_prompt_template(created_by=author.id, text="{{data_rules}} 🪢\n")

    prompt_templates.add(template)

    assert prompt_templates.get(template.id) == template
    assert prompt_templates.latest("socratic") == template
    assert prompt_templates.latest("other") is None
    with pytest.raises(PromptTemplateNotFound):
        prompt_templates.get(PromptTemplateId(uuid4()))


def test_a_number_is_given_once_for_each_name(world: World) -> None:
    prompt_templates = world.repositories.prompt_templates
    first, second = a_prompt_template(), a_prompt_template(version=2)
    for template in (first, second, a_prompt_template(name="other")):
        prompt_templates.add(template)

    with pytest.raises(PromptVersionOutdated), world.unit_of_work.atomic():
        prompt_templates.add(a_prompt_template(version=2))

    assert prompt_templates.latest("socratic") == second
    keys = [row.key for row in prompt_templates.in_order()]
    assert keys == [("other", 1), ("socratic", 1), ("socratic", 2)]


def test_only_what_a_version_is_used_for_is_saved(world: World) -> None:
    prompt_templates, author = world.repositories.prompt_templates, world.has_user()
    active, trial, draft = (a_prompt_template(version=number) for number in (1, 2, 3))
    other = a_prompt_template(name="other", session_type=SessionType.CONTENT_GENERATION)
    for template in (active, trial, draft, other):
        prompt_templates.add(template)
    active = active.activated(by=author.id, at=NOON)
    trial = trial.on_trial(20, at=NOON)

    prompt_templates.save(active)
    prompt_templates.save(trial)

    by_version = {row.version: row for row in prompt_templates.used_in(SessionType.TUTORING)}
    assert by_version == {1: active, 2: trial}
    assert prompt_templates.used_in(SessionType.CONTENT_GENERATION) == []
    with world.unit_of_work.atomic():
        versions = prompt_templates.all_for_update(SessionType.TUTORING)
    assert sorted(versions, key=lambda row: row.version) == [active, trial, draft]
    prompt_templates.save(active.retired())
    assert prompt_templates.get(active.id).status is PromptStatus.RETIRED
    assert prompt_templates.used_in(SessionType.TUTORING) == [trial]


class Answers:
    """A learner who passes an exam, and answers under several prompts."""

    def __init__(self, world: World) -> None:
        self.world, self.repositories = world, world.repositories
        self.anna = an_examinee(world)

    def answer(self, version: str, *, about: bool = True, **parts: Any) -> AIInteraction:
        course = self.anna.course
        session = an_ai_session(self.anna.principal.person, course_id=course.id if about else None)
        generation = replace(GENERATED, prompt_template="tutoring", prompt_version=version)
        interaction = an_interaction(session, **({"generation": generation} | parts))
        self.repositories.ai_sessions.add(session, scope=ALL_TENANTS)
        self.repositories.ai_interactions.append(interaction, scope=ALL_TENANTS)
        return interaction

    def rate(self, interaction: AIInteraction, rating: Rating) -> None:
        feedback = AIFeedback(
            interaction_id=interaction.id,
            user_id=interaction.user_id,
            org_id=None,
            rating=rating,
            comment="",
            given_at=NOON,
        )
        self.repositories.ai_feedback.put(feedback, scope=PLATFORM)

    def results(self, **parts: Any) -> list[PromptResult]:
        where: dict[str, Any] = {"since": NOON, "scope": PLATFORM} | parts
        return self.repositories.ai_outcomes.by_prompt(**where)


def test_results_are_counted_by_version(world: World) -> None:
    answers = Answers(world)
    rated = [answers.answer("2"), answers.answer("2"), answers.answer("2", about=False)]
    answers.answer("10", about=False)
    for interaction, rating in zip(
        rated, (Rating.THUMBS_UP, Rating.THUMBS_UP, Rating.THUMBS_DOWN), strict=True
    ):
        answers.rate(interaction, rating)
    answers.repositories.ai_flags.open(a_flag_on(rated[0]), scope=PLATFORM)
    world.clock.go_on(minutes=1)
    attempt = answers.anna.answers(answers.anna.begins(), **RIGHT)
    world.services.attempts.submit(attempt.id, by=answers.anna.principal)

    second, tenth = answers.results()

    assert second == PromptResult(
        prompt_template="tutoring",
        prompt_version="2",
        sessions=3,
        answers=3,
        thumbs_up=2,
        thumbs_down=1,
        flags=1,
        sessions_before_pass=2,
        sessions_before_completion=0,
        cost_micro_usd=3 * 960,
    )
    assert (second.thumbs_up_percent, second.pass_percent) == (66, 66)
    assert (second.completion_percent, second.cost_per_session_micro_usd) == (0, 960)
    assert (tenth.prompt_version, tenth.sessions, tenth.sessions_before_pass) == ("10", 1, 0)
    assert tenth.thumbs_up_percent is None
    assert answers.results(since=NOON + timedelta(seconds=1)) == []


def test_only_answers_of_this_service_in_scope_count(world: World) -> None:
    answers, organization = Answers(world), world.has_organization()
    answers.answer("1", role=Role.USER)
    answers.answer("1", is_reported=True)
    answers.answer("1", generation=replace(GENERATED, prompt_template="", prompt_version=""))
    answers.answer("1", org_id=organization.id)

    assert answers.results() == []
    (result,) = answers.results(scope=TenantScope.into(organization.id))
    assert result.answers == 1


def test_numbers_are_in_their_order() -> None:
    def a_result(name: str, version: str) -> PromptResult:
        counts = dict.fromkeys(PromptResult.__slots__[2:], 1)
        return PromptResult(prompt_template=name, prompt_version=version, **counts)

    results = [a_result(*key) for key in (("b", "1"), ("a", "10"), ("a", "9"))]

    assert [(row.prompt_template, row.prompt_version) for row in in_order(results)] == [
        ("a", "9"),
        ("a", "10"),
        ("b", "1"),
    ]
