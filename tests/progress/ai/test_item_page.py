"""The page of an item over HTTP: who sees it, and what is posted to it."""

import re
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from django.test import Client

from accounts.domain.access import OPERATOR, OrgRole, UserId
from authsvc.composition.container import Services
from courses.definitions.courses import read_definition
from courses.domain.entities.assessments import Answer
from courses.domain.entities.courses import Course
from progress.domain.ai.entities.budgets import BudgetKind, BudgetLimit
from progress.domain.ai.services.budgets import BudgetPolicy
from progress.domain.entities.grades import CriterionScore, Mark
from progress.models import ProgressEvent
from tests.support.application import Application, Person, a_client
from tests.support.attempts import Examinee
from tests.support.browser_sessions import begin_session
from tests.support.builders import a_principal
from tests.support.exams import WITH_LEVELS
from tests.support.learning import a_published_course, items_of
from tests.support.staff import USERS, a_user_of, root_browser
from tests.support.tutors import FINISHED, STARTED, ScriptedModel, break_off, text_in, use_model

pytestmark = pytest.mark.database


@dataclass(frozen=True)
class Visit:
    """Anna, signed in to the pages, on the first item of a course."""

    application: Application
    anna: Person
    course: Course
    browser: Client

    @property
    def path(self) -> str:
        item = items_of(self.application.services, self.course)[0]
        return f"/courses/{self.course.slug}/items/{item}"

    def page(self) -> str:
        response = self.browser.get(self.path)
        assert response.status_code == 200
        return response.content.decode()

    def enrols(self) -> None:
        self.anna.caller.post(f"/v1/courses/{self.course.slug}/enroll")


@pytest.fixture
def visit(application: Application) -> Visit:
    anna, browser = application.signed_in(), a_client()
    from accounts.models import User  # noqa: PLC0415  # needs a database, which this fixture has

    browser.force_login(User.objects.get(pk=anna.id))
    return Visit(application, anna, a_published_course(application.services), browser)


def test_the_last_grade_is_shown_question_by_question(application: Application) -> None:
    text = WITH_LEVELS.replace("max_score: 5", "max_score: 5\n              feedback: A *bight*.")
    text = text.replace("scoring: rubric", "scoring: rubric\n          due: 2036-12-01T18:00:00Z")
    course = application.published(read_definition(text))
    user, browser = a_user_of(application), a_client()
    begin_session(browser, user.id)
    anna = Examinee(services=application.services, principal=a_principal(user), course=course)
    anna.enrols(course)
    attempt = anna.takes("project", feedback=Answer(text="Use less rope."))
    page = f"/courses/{course.slug}/items/{attempt.item_id}"
    before = browser.get(page).content.decode()
    scores = (
        CriterionScore(criterion="holds", score=1),
        CriterionScore(criterion="looks", score=2),
    )
    marks = (
        Mark(question_id=anna.question("picture").id, score=3, criteria=scores),
        Mark(question_id=anna.question("feedback").id, score=1, comment="Neat."),
    )

    application.services.grading.grade(attempt.id, marks, by=OPERATOR)

    after = browser.get(page).content.decode()
    assert ">1 December 2036, 18:00 UTC</time>" in before
    assert "Your result" not in before
    assert "<em>bight</em>" not in before
    assert "A <em>bight</em>." in after
    assert "Your result: 4 of 6 points, passed" in after
    assert "It holds. <strong>1 of 3</strong>: Some of it holds." in after
    assert "“Neat.”" in after


def test_strangers_sign_in_first(visit: Visit) -> None:
    response = a_client().get(visit.path)

    assert response.status_code == 302
    assert response["Location"].startswith("/signin?next=/courses/")


def test_the_page_is_one_of_the_account_below_its_courses(visit: Visit) -> None:
    page = visit.page()

    assert '<a href="/account/courses" aria-current="page">Courses</a>' in page
    assert page.count('aria-current="page"') == 1
    assert '<a class="skip" href="#main">' in page


def test_the_tutor_is_for_those_who_are_enrolled(visit: Visit) -> None:
    assert "Ask the tutor" not in visit.page()

    visit.enrols()

    assert "Ask the tutor" in visit.page()


def test_an_unknown_item_is_not_found(visit: Visit) -> None:
    other = a_published_course(visit.application.services)
    item = items_of(visit.application.services, other)[0]

    assert visit.browser.get(f"/courses/{visit.course.slug}/items/{item}").status_code == 404
    assert visit.browser.get(f"/courses/none/items/{item}").status_code == 404


def test_a_visitor_has_the_roles_of_their_memberships(visit: Visit) -> None:
    services = visit.application.services
    bo = visit.application.signed_in(name="Bo")
    organization = services.organizations.create(
        name="Knots", slug="knots", owner_id=UserId(UUID(bo.id)), by=OPERATOR
    )
    assert services.organizations.roles_of(UserId(UUID(bo.id))) == {organization.id: OrgRole.OWNER}
    assert services.organizations.roles_of(UserId(UUID(visit.anna.id))) == {}


def test_a_message_is_answered_as_a_stream_or_by_a_redirect(visit: Visit) -> None:
    use_model(visit.application.services, ScriptedModel([STARTED, "A *bight*.", FINISHED]))
    visit.enrols()

    streamed = visit.browser.post(
        visit.path, {"text": "What is it?"}, headers={"accept": "text/event-stream"}
    )
    answer = text_in(streamed.getvalue().decode())
    redirected = visit.browser.post(visit.path, {"text": "And what else?"})

    assert answer == "A *bight*."
    assert streamed["Cache-Control"] == "no-store"
    assert (redirected.status_code, redirected["Location"]) == (302, f"{visit.path}#latest")
    page = visit.page()
    assert page.count("<em>bight</em>") == 2
    assert "And what else?" in page


def test_the_rating_of_an_answer_is_shown(visit: Visit) -> None:
    use_model(visit.application.services, ScriptedModel())
    visit.enrols()
    visit.browser.post(visit.path, {"text": "What is it?"})
    (feedback,) = set(re.findall(r'action="(/courses/[^"]+/answers/[^"]+)"', visit.page()))

    visit.browser.post(feedback, {"rating": "thumbs_up"})
    assert pressed_in(visit.page()) == ["thumbs_up"]

    visit.browser.post(feedback, {"rating": "flag"})
    assert pressed_in(visit.page()) == []
    assert "Reported" in visit.page()


def pressed_in(page: str) -> list[str]:
    return re.findall(r'value="(\w+)" aria-pressed="true"', page)


@pytest.mark.parametrize(
    ("tokens", "notice", "is_disabled"),
    [
        (0, None, False),
        (160, "81 % of your budget of this month is used.", False),
        (130, "Your budget of this month is used up.", True),
    ],
)
def test_a_budget_that_is_nearly_spent_is_announced(
    visit: Visit, tokens: int, notice: str | None, *, is_disabled: bool
) -> None:
    services = visit.application.services
    use_model(services, ScriptedModel())
    limit_learners(services, tokens=tokens)
    visit.enrols()
    visit.browser.post(visit.path, {"text": "What is it?"})

    page = visit.page()

    assert ("budget" in page) == bool(notice)
    assert notice is None or notice in page
    assert ("<button disabled>Send</button>" in page) == is_disabled


def limit_learners(services: Services, *, tokens: int) -> None:
    limits = {BudgetKind.LEARNER: BudgetLimit(tokens=tokens)}
    budgets = replace(services.ai_usage.budgets, policy=BudgetPolicy(limits=limits))
    vars(services)["ai_usage"] = replace(services.ai_usage, budgets=budgets)


def test_the_page_says_for_how_long_texts_are_stored(visit: Visit) -> None:
    visit.enrols()
    services = visit.application.services

    for days, sentence in [(90, "are stored for 90 days, and"), (0, "are stored, and")]:
        vars(services)["ai_texts"] = replace(services.ai_texts, retention_days=days)
        assert sentence in visit.page()


def test_an_answer_that_broke_off_is_shown_as_such(visit: Visit) -> None:
    use_model(visit.application.services, ScriptedModel([STARTED, "A bi", break_off]))
    visit.enrols()

    visit.browser.post(visit.path, {"text": "What is it?"})

    page = visit.page()
    assert "The language model did not answer" in page
    assert "The answer broke off." in page


@pytest.mark.parametrize("text", ["", "x" * 4001])
def test_a_message_has_a_text_of_bounded_length(visit: Visit, text: str) -> None:
    visit.enrols()

    assert visit.browser.post(visit.path, {"text": text}).status_code == 422


def test_an_item_is_completed(visit: Visit) -> None:
    visit.enrols()

    response = visit.browser.post(visit.path, {"complete": "yes"})

    assert response["Location"] == visit.path
    assert "You have completed this item." in visit.page()


def test_feedback_on_answers_of_others_is_not_found(visit: Visit) -> None:
    use_model(visit.application.services, ScriptedModel())
    visit.enrols()
    bo = visit.application.signed_in(name="Bo")
    session = bo.caller.post("/v1/ai/sessions", {"session_type": "tutoring"}).json["id"]
    log = bo.caller.post(
        f"/v1/ai/sessions/{session}/interactions", {"role": "user", "text": "Mine."}
    )

    response = visit.browser.post(f"{visit.path}/answers/{log.json['id']}", {"rating": "flag"})

    assert response.status_code == 404


def test_staff_in_the_place_of_a_learner_see_no_conversation_and_leave_their_mark(
    visit: Visit,
) -> None:
    use_model(visit.application.services, ScriptedModel([STARTED, "A *bight*.", FINISHED]))
    visit.enrols()
    visit.browser.post(visit.path, {"text": "What is it?"})
    root = root_browser(visit.application)
    root.post(f"{USERS}{visit.anna.id}/sign-in-as/", reason="They asked for help.")

    page = root.client.get(visit.path).content.decode()
    root.client.post(visit.path, {"text": "Said by somebody else"})
    root.client.post(visit.path, {"complete": "yes"})

    assert "Mark as complete" in page
    assert "bight" not in page
    assert "Said by somebody else" not in visit.page()
    assert "You have completed this item." in visit.page()
    events = ProgressEvent.objects.filter(type="item_completed")
    assert [event.agent for event in events] == ["back-office"]
