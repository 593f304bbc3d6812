"""Prompt templates: their versions, which of them answers in a session, and what is recorded of changes."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, Right
from accounts.domain.audit.entities import AuditAction, AuditEntry
from authsvc.kernel.tenancy import ALL_TENANTS
from progress.domain.ai.entities.prompts import (
    LONGEST_NAME,
    PromptStatus,
    PromptTemplate,
    PromptTemplateId,
    prompt_of,
    table_of_results,
)
from progress.domain.ai.entities.sessions import SessionType
from progress.domain.ai.errors import (
    InvalidPromptTemplate,
    PromptAlreadyActive,
    PromptAlreadyRetired,
    PromptNameTaken,
    PromptNotOnTrial,
    PromptTemplateNotFound,
    PromptTrialRunning,
    PromptVersionOutdated,
)
from progress.domain.ai.prompts import (
    LONGEST_PROMPT,
    SAMPLE_CONTEXT,
    TUTORING,
    Prompt,
    errors_in,
    instructions,
)
from progress.domain.ai.services.prompts import PromptDraft, PromptService
from tests.support.ai import Conversation, a_conversation, an_ai_session
from tests.support.builders import NOON, a_principal
from tests.support.prompts import TEXT, a_prompt_template, a_prompt_version
from tests.support.tutors import ScriptedModel, use_model
from tests.support.worlds import World

WHY = "For shorter answers."


def entries_of(world: World, template: PromptTemplate) -> list[AuditEntry]:
    log = world.repositories.audit_log
    chain = log.following(None, after=0, limit=100, scope=ALL_TENANTS)
    return [entry for entry in chain if entry.act.subject_id == str(template.id)]


def answered(conversation: Conversation, model: ScriptedModel) -> tuple[str, str]:
    """The name and version of the prompt under which the tutor answers."""
    tutor, by = use_model(conversation.world.services, model), conversation.principal
    list(tutor.answer(tutor.ask(conversation.session.id, "Which bend?", by=by), by=by))
    message, answer = (read.interaction.generation for read in conversation.read()[-2:])
    assert message.prompt_version == answer.prompt_version
    return answer.prompt_template, answer.prompt_version


def test_the_built_in_template_answers_until_a_version_is_active(world: World) -> None:
    template, model = a_prompt_version(world.services), ScriptedModel()
    conversation = a_conversation(world)
    assert answered(conversation, model) == ("tutoring", "1")

    world.services.ai_prompts.activate(template.id, because=WHY, by=OPERATOR)

    assert answered(conversation, model) == ("socratic", "1")
    assert model.last.system.startswith("Ask what they have tried.\n\nEverything between <course")
    world.services.ai_prompts.retire(template.id, because=WHY, by=OPERATOR)
    assert answered(conversation, model) == ("tutoring", "1")


def test_versions_are_numbered_and_the_first_after_the_built_in_one_is_the_second(
    memory: World,
) -> None:
    first = a_prompt_version(memory.services)
    second = a_prompt_version(memory.services, TEXT.replace("\n", "\r\n"), after=1)
    of_built_in = a_prompt_version(memory.services, name="tutoring")

    assert (first.version, second.version, of_built_in.version) == (1, 2, 2)
    assert second.text == TEXT
    assert second.status is PromptStatus.DRAFT


@pytest.mark.parametrize(
    ("name", "after"), [("socratic", None), ("socratic", 0), ("socratic", 2), ("tutoring", 0)]
)
def test_an_edit_of_an_earlier_version_is_refused(
    memory: World, name: str, after: int | None
) -> None:
    a_prompt_version(memory.services)

    with pytest.raises(PromptVersionOutdated, match="latest version is 1"):
        a_prompt_version(memory.services, name=name, after=after)


def test_a_name_is_for_one_type_of_session(memory: World) -> None:
    other = a_prompt_template(name="other", session_type=SessionType.CONTENT_GENERATION)
    memory.repositories.prompt_templates.add(other)

    with pytest.raises(PromptNameTaken):
        a_prompt_version(memory.services, name="other", after=1)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "Enter a text."),
        (" \n", "Enter a text."),
        ("x" * (LONGEST_PROMPT + 1), "at most 20000 characters"),
        (TEXT.replace("{{data_rules}}", ""), "Use {{data_rules}} once."),
        (TEXT + "{{course_data}}", "Use {{course_data}} once."),
        (TEXT + "{{answer_key}}", "There is no placeholder {{answer_key}}."),
        (TEXT + "{{ course_data }}", "only around the name of a placeholder"),
        (TEXT + "{{", "only around the name of a placeholder"),
        (TEXT + "}}", "only around the name of a placeholder"),
        (TEXT + "{{course_data", "only around the name of a placeholder"),
    ],
)
def test_a_text_has_each_placeholder_once_and_no_others(
    memory: World, text: str, error: str
) -> None:
    with pytest.raises(InvalidPromptTemplate) as raised:
        a_prompt_version(memory.services, text)

    assert error in " ".join(field.detail for field in raised.value.field_errors)
    assert memory.repositories.prompt_templates.latest("socratic") is None


def test_the_built_in_text_and_single_braces_are_valid() -> None:
    assert errors_in(TUTORING.text) == []
    assert errors_in(TEXT + "Format code as {x: 1} or ${y}.") == []


@pytest.mark.parametrize("name", ["", "Socratic", "two words", "a--b", "-a", "x" * 81, "é"])
def test_a_name_is_a_slug(memory: World, name: str) -> None:
    with pytest.raises(InvalidPromptTemplate):
        a_prompt_version(memory.services, name=name)
    a_prompt_version(memory.services, name="x" * LONGEST_NAME)


def test_there_are_templates_only_for_sessions_that_the_service_answers_in(memory: World) -> None:
    draft = PromptDraft(name="x", session_type=SessionType.CONTENT_GENERATION, text=TEXT)

    with pytest.raises(InvalidPromptTemplate):
        memory.services.ai_prompts.create_version(draft, because=WHY, by=OPERATOR)


def test_a_placeholder_in_the_data_is_only_text() -> None:
    context = replace(SAMPLE_CONTEXT, item_text="{{learner_data}} {{data_rules}} {{x}}")

    system = instructions(Prompt(id="x", version="1", text=TEXT), context)

    assert "{{learner_data}} {{data_rules}} {{x}}" in system
    assert system.count("<learner_data>\n") == 1


def test_an_activation_retires_the_version_that_was_active(world: World) -> None:
    prompts = world.services.ai_prompts
    first, second = a_prompt_version(world.services), a_prompt_version(world.services, after=1)
    prompts.activate(first.id, because=WHY, by=OPERATOR)

    world.clock.go_on(minutes=1)
    activated = prompts.activate(second.id, because="Better.", by=OPERATOR)

    assert activated.activated_at == world.clock.at
    stored = world.repositories.prompt_templates
    assert stored.get(first.id).status is PromptStatus.RETIRED
    assert stored.get(second.id) == activated
    with pytest.raises(PromptAlreadyActive):
        prompts.activate(second.id, because=WHY, by=OPERATOR)
    assert [entry.act.action for entry in entries_of(world, first)] == [
        AuditAction.PROMPT_CREATED,
        AuditAction.PROMPT_ACTIVATED,
        AuditAction.PROMPT_RETIRED,
    ]
    created, entry = entries_of(world, second)
    assert created.act.after["version"] == 2
    assert entry.act.reason == "Better."
    assert (entry.act.before, entry.act.after) == ({"status": "draft"}, {"status": "active"})
    # A retired version can be activated again.
    assert prompts.activate(first.id, because=WHY, by=OPERATOR).status is PromptStatus.ACTIVE


def test_a_trial_gets_its_share_of_the_sessions_and_none_changes_sides() -> None:
    active = a_prompt_template().activated(by=None, at=NOON)
    trial = a_prompt_template(version=2).on_trial(20, at=NOON)
    person = a_principal().person
    sessions = [an_ai_session(person) for _ in range(2000)]

    versions = [prompt_of(session, [active, trial]).version for session in sessions]

    # The chance of a fair share to be outside of these bounds is less than one in 10^9.
    assert 280 < versions.count("2") < 520
    assert versions == [prompt_of(session, [trial, active]).version for session in sessions]
    # Another trial has another sample.
    again = a_prompt_template(version=3).on_trial(20, at=NOON)
    assert [prompt_of(session, [again]).version == "3" for session in sessions] != [
        version == "2" for version in versions
    ]


def test_a_session_that_began_before_a_trial_is_not_in_it(memory: World) -> None:
    prompts, template = memory.services.ai_prompts, a_prompt_version(memory.services)
    earlier = [a_conversation(memory) for _ in range(20)]
    memory.clock.go_on(minutes=1)
    prompts.start_trial(template.id, 99, because=WHY, by=OPERATOR)

    later = [a_conversation(memory) for _ in range(20)]

    assert {prompts.prompt_for(talk.session).id for talk in earlier} == {"tutoring"}
    assert "socratic" in {prompts.prompt_for(talk.session).id for talk in later}
    prompts.end_trial(template.id, because=WHY, by=OPERATOR)
    assert {prompts.prompt_for(talk.session).id for talk in later} == {"tutoring"}


def test_one_version_is_on_trial_at_a_time(world: World) -> None:
    prompts = world.services.ai_prompts
    first, second = a_prompt_version(world.services), a_prompt_version(world.services, after=1)
    prompts.start_trial(first.id, 10, because=WHY, by=OPERATOR)

    for template in (first, second):
        with pytest.raises(PromptTrialRunning):
            prompts.start_trial(template.id, 20, because=WHY, by=OPERATOR)
    with pytest.raises(PromptNotOnTrial):
        prompts.end_trial(second.id, because=WHY, by=OPERATOR)

    # An activation ends the trial of that version.
    activated = prompts.activate(first.id, because=WHY, by=OPERATOR)
    assert (activated.traffic_percent, activated.trial_since) == (0, None)
    with pytest.raises(PromptAlreadyActive):
        prompts.start_trial(first.id, 10, because=WHY, by=OPERATOR)
    assert prompts.start_trial(second.id, 20, because=WHY, by=OPERATOR).traffic_percent == 20


@pytest.mark.parametrize("percent", [-1, 0, 100])
def test_a_trial_has_some_of_the_sessions_but_not_all(memory: World, percent: int) -> None:
    template = a_prompt_version(memory.services)

    with pytest.raises(InvalidPromptTemplate):
        memory.services.ai_prompts.start_trial(template.id, percent, because=WHY, by=OPERATOR)


def test_a_version_is_retired_once(memory: World) -> None:
    template, prompts = a_prompt_version(memory.services), memory.services.ai_prompts
    prompts.retire(template.id, because=WHY, by=OPERATOR)

    with pytest.raises(PromptAlreadyRetired):
        prompts.retire(template.id, because=WHY, by=OPERATOR)


CHANGES: list[Callable[[PromptService, PromptTemplateId], object]] = [
    lambda prompts, id_: prompts.activate(id_, because=WHY, by=OPERATOR),
    lambda prompts, id_: prompts.start_trial(id_, 10, because=WHY, by=OPERATOR),
    lambda prompts, id_: prompts.end_trial(id_, because=WHY, by=OPERATOR),
    lambda prompts, id_: prompts.retire(id_, because=WHY, by=OPERATOR),
    lambda prompts, id_: prompts.preview(id_),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_version_that_is_missing_is_not_found(
    world: World, change: Callable[[PromptService, PromptTemplateId], object]
) -> None:
    with pytest.raises(PromptTemplateNotFound):
        change(world.services.ai_prompts, PromptTemplateId(uuid4()))


def test_changes_and_results_need_their_rights(memory: World) -> None:
    prompts, template = memory.services.ai_prompts, a_prompt_version(memory.services)
    others = replace(OPERATOR, rights=OPERATOR.rights - {Right.MANAGE_PROMPTS})
    learner = a_principal(memory.has_user())

    for change in (prompts.activate, prompts.end_trial, prompts.retire):
        with pytest.raises(NotPermitted):
            change(template.id, because=WHY, by=others)
    with pytest.raises(NotPermitted):
        prompts.start_trial(template.id, 10, because=WHY, by=others)
    with pytest.raises(NotPermitted):
        a_prompt_version(memory.services, after=1, by=others)
    with pytest.raises(NotPermitted):
        prompts.results(by=learner)
    assert prompts.results(by=others) == []


def test_the_results_of_the_last_ninety_days_are_a_table(memory: World) -> None:
    conversation = a_conversation(memory)
    answered(conversation, ScriptedModel())

    (result,) = memory.services.ai_prompts.results(by=OPERATOR)

    head, row = table_of_results([result])
    assert head[:4] == ("prompt_template", "prompt_version", "sessions", "answers")
    assert row[:4] == ("tutoring", "1", 1, 1)
    memory.clock.go_on(days=91)
    assert memory.services.ai_prompts.results(by=OPERATOR) == []


def test_a_preview_shows_the_data_of_a_sample(memory: World) -> None:
    template = a_prompt_version(memory.services)

    preview = memory.services.ai_prompts.preview(template.id)

    assert preview.startswith("Ask what they have tried.")
    assert "Item: The bowline" in preview
    assert "Position: item 2 of 5." in preview
