"""Grading help: proposals beside the grader's scores, never instead of them."""

import json

import pytest

from accounts.domain.access import OPERATOR
from authsvc.kernel.tenancy import ALL_TENANTS
from authsvc.overview.entities import Subject
from courses.domain.entities.assessments import Answer, Criterion, Level, Question, QuestionKind
from progress.domain.ai.entities.budgets import BudgetKey, BudgetKind, month_of
from progress.domain.ai.entities.sessions import SessionType
from progress.domain.ai.errors import (
    NothingToPropose,
    ProposalUnusable,
    TutorUnavailable,
)
from progress.domain.ai.offline_model import offline_reply
from progress.domain.ai.ports import FinishReason
from progress.domain.ai.services.grading_prompt import GRADING, request_for, scores_in
from progress.domain.entities.attempts import AttemptStatus
from tests.support.ai import ALL
from tests.support.proposals import (
    COST,
    HOW,
    PRICES,
    WHY,
    GradingModel,
    a_grader,
    an_essayist,
    essay_of,
    graded,
    proposed,
    reviews_of,
    use_grading_model,
)
from tests.support.tutors import STARTED, ScriptedModel, break_off
from tests.support.worlds import World


def test_scores_are_proposed_for_each_criterion_with_their_reason(world: World) -> None:
    anna, bo, model = an_essayist(world), a_grader(world), GradingModel()
    attempt = essay_of(anna)
    grading_help = use_grading_model(world.services, model, prices=PRICES)

    proposals = grading_help.propose(attempt.id, by=bo)

    assert {
        (proposal.criterion, proposal.score, proposal.max_score, proposal.reason)
        for proposal in proposals
    } == {
        ("friction", 2, 3, "Because of friction."),
        ("clear", 1, 2, "Because of clear."),
        ("steps", 2, 2, "Because of steps."),
    }
    assert {(proposal.provider, proposal.model_id) for proposal in proposals} == {
        ("scripted", "knots-1-20261101")
    }
    assert {(proposal.prompt_template, proposal.prompt_version) for proposal in proposals} == {
        ("grading", "2")
    }
    assert {proposal.cost_micro_usd for proposal in proposals} == {COST}
    stored = grading_help.of_attempt(attempt.id, by=bo)
    assert sorted(stored, key=lambda proposal: proposal.id) == sorted(
        proposals, key=lambda proposal: proposal.id
    )


def test_a_proposal_grades_nothing(world: World) -> None:
    anna, bo = an_essayist(world), a_grader(world)
    attempt = essay_of(anna)
    events = anna.log_of(anna.course)

    use_grading_model(world.services, GradingModel()).propose(attempt.id, by=bo)

    after = world.services.grading.get(attempt.id, by=bo)
    assert (after, after.status) == (attempt, AttemptStatus.SUBMITTED)
    assert anna.log_of(anna.course) == events


def test_a_proposal_for_a_criterion_with_levels_has_the_points_of_one() -> None:
    levels = tuple(Level(score=score, text=f"Level {score}") for score in (3, 1, 0))
    form = Criterion(key="form", text="Form", max_score=3, levels=levels)
    question = Question(
        key="why",
        kind=QuestionKind.CODE,
        prompt="Why?",
        max_score=3,
        rubric=(form,),
        feedback="For authors to say",
    )

    request = request_for(question, "Friction.")

    assert "For authors to say" not in request.system
    assert '"levels": [{"score": 3, "text": "Level 3"}, ' in request.system
    assert scores_in(offline_reply(request), question)[0].score == 1
    with pytest.raises(ProposalUnusable):
        scores_in(proposed(form=2), question)


def test_the_model_is_told_the_question_its_rubric_and_the_answer_alone(memory: World) -> None:
    anna, model = an_essayist(memory), GradingModel()
    attempt = essay_of(anna, why=Answer(text="Friction. Write to anna@school.example."))

    use_grading_model(memory.services, model).propose(attempt.id, by=a_grader(memory))

    why, how = model.requests
    assert why.system.startswith(GRADING.text)
    assert "It names friction." in why.system
    assert "It has steps." not in why.system
    (turn,) = why.turns
    assert turn.text == ("<answer_data>\nFriction. Write to [e-mail removed].\n</answer_data>")
    user = memory.repositories.users.get(anna.principal.person)
    prompts = "\n".join([why.system, turn.text, how.system, *(turn.text for turn in how.turns)])
    assert user.email not in prompts
    assert str(user.id) not in prompts
    assert "Slowly" not in turn.text


def test_each_answer_is_logged_in_a_review_of_the_grader(world: World) -> None:
    anna, bo = an_essayist(world), a_grader(world)
    attempt = essay_of(anna)
    proposals = use_grading_model(world.services, GradingModel(), prices=PRICES).propose(
        attempt.id, by=bo
    )

    reviews = reviews_of(world, bo.person)

    assert [review.session_type for review in reviews] == [SessionType.ASSESSMENT_REVIEW] * 2
    assert all(not review.is_open for review in reviews)
    assert {review.course_id for review in reviews} == {anna.course.id}
    answers = {}
    for review in reviews:
        page = world.services.ai_sessions.interactions_of(review.id, ALL, by=bo)
        message, answer = page.items
        assert "The turns press" not in (message.text or "")
        answers[answer.interaction.id] = answer
        generation = answer.interaction.generation
        assert (generation.prompt_template, generation.finish_reason) == (
            "grading",
            FinishReason.STOP,
        )
        assert generation.cost_micro_usd == COST
    assert {proposal.interaction_id for proposal in proposals} == set(answers)
    assert {answer.text for answer in answers.values()} == {WHY, HOW}
    assert reviews_of(world, anna.principal.person) == []


def test_what_proposals_cost_is_shown_with_the_usage_of_the_course(world: World) -> None:
    anna, bo = an_essayist(world), a_grader(world)
    use_grading_model(world.services, GradingModel(), prices=PRICES).propose(
        essay_of(anna).id, by=bo
    )
    overview = world.services.overview
    subject = Subject(course_id=anna.course.id)

    report = world.services.ai_usage.of_course(anna.course.slug, by=OPERATOR)
    usage = overview.ai_usage(overview.period(None, None), subject, scope=ALL_TENANTS)

    assert sum(row.cost_micro_usd for row in report.rows) == 2 * COST
    assert report.budget.state.spent.cost_micro_usd == 2 * COST
    assert list(usage.cost_micro_usd.values()) == [2 * COST]


def test_scores_are_proposed_once(memory: World) -> None:
    anna, bo, model = an_essayist(memory), a_grader(memory), GradingModel()
    attempt = essay_of(anna)
    grading_help = use_grading_model(memory.services, model)
    grading_help.propose(attempt.id, by=bo)

    again = grading_help.propose(attempt.id, by=a_grader(memory))

    assert (again, len(model.requests)) == ([], 2)
    with pytest.raises(NothingToPropose):
        grading_help.require_possible(attempt.id, by=bo)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Full marks!",
        f"```json\n{WHY}\n```",
        f"{WHY} Well done.",
        "[]",
        "null",
        '{"scores": {}}',
        '{"scores": []}',
        proposed(friction=2),
        proposed(friction=2, clear=1, style=2),
        proposed(friction=2, style=1),
        proposed(friction=4, clear=1),
        proposed(friction=-1, clear=1),
        WHY.replace('"score": 2', '"score": 2.0'),
        WHY.replace('"score": 2', '"score": true'),
        WHY.replace('"score": 2', '"score": "2"'),
        WHY.replace('"score": 2', '"score": NaN'),
        WHY.replace('"score": 2', '"score": 1e3'),
        WHY.replace('"score": 2', '"score": 2, "score": 3'),
        WHY.replace("Because of clear.", " "),
        WHY.replace("Because of clear.", "x" * 1001),
        WHY.replace("Because of clear.", "\\u0000"),
        WHY.replace("Because of clear.", "\\ud800"),
        WHY.replace('"reason": "Because of clear."', '"reason": null'),
        WHY.replace('"criterion": "clear"', '"criterion": "friction"'),
        WHY.replace('"criterion": "clear"', '"criterion": ["clear"]'),
        json.dumps({**json.loads(WHY), "grade": 7}),
        "[" * 50_000,
        '{"scores": [' + "9" * 5_000 + "]}",
        " " * 100_001,
    ],
    ids=range(30),
)
def test_what_is_not_one_score_within_bounds_per_criterion_is_not_stored(
    memory: World, text: str
) -> None:
    anna, bo = an_essayist(memory), a_grader(memory)
    attempt = essay_of(anna)
    grading_help = use_grading_model(memory.services, GradingModel({"Why does": text}))

    with pytest.raises(ProposalUnusable):
        grading_help.propose(attempt.id, by=bo)

    assert grading_help.of_attempt(attempt.id, by=bo) == []
    (review,) = reviews_of(memory, bo.person)
    assert review.sequence == 2
    assert not review.is_open


def test_what_was_proposed_for_one_answer_stays_when_the_next_fails(memory: World) -> None:
    anna, bo = an_essayist(memory), a_grader(memory)
    attempt = essay_of(anna)
    model = GradingModel({"Why does": WHY, "How would": "Nothing."})
    grading_help = use_grading_model(memory.services, model)

    with pytest.raises(ProposalUnusable):
        grading_help.propose(attempt.id, by=bo)
    model.answers = {"How would": HOW}

    (later,) = grading_help.propose(attempt.id, by=bo)
    assert later.criterion == "steps"
    assert len(grading_help.of_attempt(attempt.id, by=bo)) == 3


def test_an_answer_that_breaks_off_is_logged_and_paid_for(memory: World) -> None:
    anna, bo = an_essayist(memory), a_grader(memory)
    attempt = essay_of(anna)
    model = ScriptedModel([STARTED, '{"sco', break_off])
    grading_help = use_grading_model(memory.services, model)

    with pytest.raises(TutorUnavailable):
        grading_help.propose(attempt.id, by=bo)

    (review,) = reviews_of(memory, bo.person)
    _, answer = memory.services.ai_sessions.interactions_of(review.id, ALL, by=bo).items
    assert answer.interaction.generation.finish_reason is FinishReason.ERROR
    key = BudgetKey(
        kind=BudgetKind.COURSE,
        subject_id=anna.course.id,
        month=month_of(memory.clock.now()),
    )
    (state,) = memory.repositories.ai_budgets.states([key])
    assert state.spent.tokens > 0
    assert state.reserved.tokens == 0


def test_a_cut_off_answer_is_unusable_even_if_it_parses(memory: World) -> None:
    anna = an_essayist(memory)
    attempt = essay_of(anna)
    grading_help = use_grading_model(memory.services, ScriptedModel([STARTED, WHY]))

    with pytest.raises(ProposalUnusable):
        grading_help.propose(attempt.id, by=a_grader(memory))


def test_the_graders_own_scores_count_and_the_grade_states_the_proposals(world: World) -> None:
    anna, bo = an_essayist(world), a_grader(world)
    attempt = essay_of(anna)
    proposals = use_grading_model(world.services, GradingModel()).propose(attempt.id, by=bo)

    graded(anna, attempt, bo, 5, 1)

    grade = world.services.grading.get(attempt.id, by=bo).grade
    assert grade is not None
    assert [mark.score for mark in grade.marks] == [5, 1]
    assert grade.graded_by == bo.user_id
    assert {proposal.id for proposal in grade.proposals} == {proposal.id for proposal in proposals}
    assert {proposal.model_id for proposal in grade.proposals} == {"knots-1-20261101"}
    assert world.services.grading_help.of_attempt(attempt.id, by=bo) != []


def test_a_grade_without_proposals_is_hashed_as_before(memory: World) -> None:
    anna, bo = an_essayist(memory), a_grader(memory)

    grade = graded(anna, essay_of(anna), bo, 5, 1).grade

    assert grade is not None
    assert set(grade.content) == {"marks", "graded_at", "graded_by", "reason"}
