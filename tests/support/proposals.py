"""Proposed scores in tests: an essay with a rubric, its learner, graders, and models that propose."""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from accounts.domain.access import OPERATOR, Principal, Right
from accounts.domain.organizations.entities import Organization
from authsvc.composition.container import Services
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.definitions.courses import read_definition
from courses.domain.entities.assessments import Answer
from courses.domain.entities.courses import Course
from progress.domain.ai.entities.sessions import AISessionSelection
from progress.domain.ai.ports import ModelRequest
from progress.domain.ai.services.grading_help import GradingHelp
from progress.domain.ai.services.settings import AIDecisions
from progress.domain.ai.usage import Prices
from progress.domain.entities.attempts import AssessmentAttempt
from progress.domain.entities.grades import GradeProposalId, Mark
from progress.domain.entities.proposals import GradeProposal
from tests.support.ai import ALL
from tests.support.application import Application, Person
from tests.support.attempts import Examinee, another_examinee
from tests.support.builders import NOON, a_principal
from tests.support.tutors import FINISHED, STARTED, ScriptedModel
from tests.support.worlds import World

ESSAY: Final = """\
format: 1
slug: essays
title: Essays on knots
modules:
  - key: only
    title: Only
    items:
      - key: essay
        title: An essay
        type: assessment
        required: true
        body: Write.
        assessment:
          type: project
          scoring: rubric
          pass_percent: 50
          questions:
            - key: why
              kind: code
              prompt: Why does a bowline hold?
              max_score: 5
              rubric:
                - key: friction
                  text: It names friction.
                  max_score: 3
                - key: clear
                  text: It is clear.
                  max_score: 2
            - key: how
              kind: peer
              prompt: How would you teach it?
              max_score: 2
              rubric:
                - key: steps
                  text: It has steps.
                  max_score: 2
"""
PRICES: Final = Prices(input=Decimal(3), cached=Decimal("0.3"), output=Decimal(15))
COST: Final = 60 * 3 + 12 + 30 * 15
"""Of a call of the scripted model, at these prices."""
ANSWERS: Final = {
    "why": Answer(text="The turns press on each other."),
    "how": Answer(text="Slowly, by hand."),
}


def proposed(**scores: int) -> str:
    """What a model writes that proposes these scores by criterion."""
    return json.dumps(
        {
            "scores": [
                {"criterion": key, "score": score, "reason": f"Because of {key}."}
                for key, score in scores.items()
            ]
        }
    )


WHY: Final = proposed(friction=2, clear=1)
HOW: Final = proposed(steps=2)


class GradingModel(ScriptedModel):
    """Answers each request with the text of the first key that its instructions contain."""

    def __init__(self, answers: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.answers = answers or {"Why does": WHY, "How would": HOW}

    def answer(self, request: ModelRequest) -> Any:
        text = next(text for key, text in self.answers.items() if key in request.system)
        self.script = (STARTED, text, FINISHED)
        return super().answer(request)


def use_grading_model(services: Services, model: Any, **parts: Any) -> GradingHelp:
    """Let these services ask this model for scores."""
    services_of = vars(services)
    grading_help = replace(services.grading_help, model=model, **parts)
    services_of.pop("proposal_tasks", None)
    services_of["grading_help"] = grading_help
    return grading_help


def an_essay_course(
    world: World, organization: Organization | None = None, *, is_on: bool = True
) -> Course:
    """A published course with an essay, whose graders can ask for proposed scores unless it is off."""
    authoring, org_id = world.services.authoring, organization.id if organization else None
    draft = authoring.create(read_definition(ESSAY), org_id=org_id, by=OPERATOR)
    course = authoring.publish(draft.slug, by=OPERATOR)
    decisions = AIDecisions(proposes_grades=is_on)
    world.services.ai_settings.decide_for_course(str(course.id), decisions, by=OPERATOR)
    return course


def essay_of(anna: Examinee, **answers: Answer) -> AssessmentAttempt:
    """A submitted essay of the learner."""
    attempt = anna.services.attempts.start(_essay(anna).id, by=anna.principal)
    questions = {question.key: question.id for question in _essay(anna).questions}
    by_id = {questions[key]: answer for key, answer in (ANSWERS | answers).items()}
    anna.services.attempts.save(attempt.id, by_id, by=anna.principal)
    return anna.hands_in(attempt)


def an_essayist(world: World, organization: Organization | None = None, **how: Any) -> Examinee:
    return another_examinee(world, an_essay_course(world, organization, **how))


def submitted_essay(application: Application, anna: Person, root: Person) -> str:
    """The path of a submitted essay of Anna's, on a course for which Root has turned proposals on."""
    slug = application.published(read_definition(ESSAY)).slug
    root.caller.put(f"/v1/courses/{slug}/ai-settings", {"proposes_grades": True})
    anna.caller.post(f"/v1/courses/{slug}/enroll")
    course = anna.caller.get(f"/v1/courses/{slug}").json
    item = anna.caller.get(f"/v1/courses/{slug}/items/{course['modules'][0]['items'][0]['id']}")
    assessment = item.json["assessment"]
    started = anna.caller.post(f"/v1/assessments/{assessment['id']}/attempts").json
    responses = [
        {"question_id": question["id"], "text": answer.text}
        for question, answer in zip(assessment["questions"], ANSWERS.values(), strict=True)
    ]
    place = f"/v1/attempts/{started['id']}"
    anna.caller.put(f"{place}/responses", {"responses": responses})
    anna.caller.post(f"{place}/submit")
    return place


def has_proposals(world: World) -> None:
    """Let a learner hand in an essay, and a model propose scores for it."""
    attempt = essay_of(an_essayist(world))
    use_grading_model(world.services, GradingModel()).propose(attempt.id, by=a_grader(world))


def a_grader(world: World) -> Principal:
    """Bo, who grades for the platform."""
    return a_principal(world.has_user(name="Bo"), Right.GRADE_ATTEMPTS)


def graded(anna: Examinee, attempt: AssessmentAttempt, by: Any, *scores: int) -> AssessmentAttempt:
    questions = anna.assessment("essay").questions
    marks = tuple(
        Mark(question_id=question.id, score=score)
        for question, score in zip(questions, scores, strict=True)
    )
    return anna.services.grading.grade(attempt.id, marks, by=by)


def reviews_of(world: World, user_id: Any) -> list[Any]:
    selection = AISessionSelection(user_id=user_id)
    page = world.repositories.ai_sessions.page_of(selection, ALL, scope=ALL_TENANTS)
    return list(page.items)


def a_proposal(attempt: AssessmentAttempt, **parts: Any) -> GradeProposal:
    defaults = {
        "id": GradeProposalId(uuid4()),
        "attempt_id": attempt.id,
        "org_id": attempt.org_id,
        "question_id": uuid4(),
        "criterion": "clear",
        "score": 1,
        "max_score": 2,
        "reason": "It is clear.",
        "provider": "anthropic",
        "model_id": "claude-sonnet-4-5",
        "prompt_template": "grading",
        "prompt_version": "1",
        "cost_micro_usd": 960,
        "interaction_id": uuid4(),
        "requested_by": uuid4(),
        "created_at": NOON,
    }
    return GradeProposal(**(defaults | parts))


def _essay(anna: Examinee) -> Any:
    return anna.assessment("essay")
