"""My courses on the account pages: how far a learner is, what comes next, and the way back into a course."""

import re

import pytest

from accounts.domain.identity.entities.users import User
from courses.definitions.courses import read_definition
from courses.domain.entities.courses import Course
from tests.support.application import Application
from tests.support.browsing import Visitor, somebody
from tests.support.builders import a_principal
from tests.support.exams import EXAMS
from tests.support.learning import Learner, a_published_course, items_of

pytestmark = pytest.mark.database

PAGE = "/account/courses"
FIND = f"{PAGE}/find"


@pytest.fixture
def anna_and_visitor(application: Application) -> tuple[User, Visitor]:
    return somebody(application)


@pytest.fixture
def learner(application: Application, anna_and_visitor: tuple[User, Visitor]) -> Learner:
    anna, _ = anna_and_visitor
    return Learner(services=application.services, principal=a_principal(anna))


@pytest.fixture
def visitor(anna_and_visitor: tuple[User, Visitor]) -> Visitor:
    return anna_and_visitor[1]


@pytest.fixture
def course(application: Application) -> Course:
    return a_published_course(application.services)


def test_a_course_shows_how_far_the_learner_is_and_leads_to_the_next_item(
    application: Application, learner: Learner, visitor: Visitor, course: Course
) -> None:
    first, second, _ = items_of(application.services, course)
    learner.enrols(course)
    learner.completes(course, first)

    text = visitor.get(PAGE).text

    assert course.title in text
    assert "1 of 3 items" in text
    assert '<progress value="1" max="3"' in text
    title = application.services.catalog.item(course.slug, second, by=learner.principal).title
    assert f"Next: {title}" in text
    assert f'class="button" href="/courses/{course.slug}/items/{second}"' in text


def test_a_course_says_when_what_comes_next_is_due(
    application: Application, learner: Learner, visitor: Visitor
) -> None:
    definition = read_definition(EXAMS.replace("attempts: 3", "due: 2036-12-01T18:00:00Z"))
    learner.enrols(application.published(definition))

    text = visitor.get(PAGE).text

    assert "Next: A quiz, due on <time " in text
    assert ">1 December 2036, 18:00 UTC</time>" in text


def test_the_course_of_the_last_activity_comes_first_and_completed_ones_last(
    application: Application, learner: Learner, visitor: Visitor, course: Course
) -> None:
    other, passed = (a_published_course(application.services) for _ in range(2))
    learner.enrols(course)
    learner.enrols(other)
    learner.completes(course, items_of(application.services, course)[0])
    learner.passes(passed)

    text = visitor.get(PAGE).text

    slugs = re.findall(r'<h3><a href="/courses/([^/]+)/items', text)
    assert slugs == [course.slug, other.slug, passed.slug]
    assert text.count('class="button"') == 1, "one filled button"
    assert "Completed on" in text


def test_a_course_that_was_left_is_entered_again(
    learner: Learner, visitor: Visitor, course: Course
) -> None:
    learner.enrols(course)
    learner.withdraws(course)
    assert "You left this course." in visitor.get(PAGE).text

    visitor.post(PAGE, enrol=course.slug)

    page = visitor.get(PAGE)
    assert page.notes == [f"You are enrolled in {course.title}."]
    assert "You left this course." not in page.text
    assert learner.progress_on(course).is_enrolled


def test_courses_are_found_by_text_and_enrolled_in(
    application: Application, learner: Learner, visitor: Visitor, course: Course
) -> None:
    other = a_published_course(application.services)
    learner.enrols(other)
    assert f'href="{FIND}"' in visitor.get(PAGE).text

    everything, missing = visitor.get(FIND).text, visitor.get(f"{FIND}?q=nothing+like+it").text

    assert re.findall(r'name="enrol" value="([^"]+)"', everything) == [course.slug]
    assert other.title in everything
    assert course.title in visitor.get(f"{FIND}?q={course.title.lower()}").text
    assert "No course matches “nothing like it”." in missing
    assert visitor.get(f"{FIND}?cursor=none").status == 404
    visitor.post(PAGE, enrol=course.slug)
    assert learner.progress_on(course).is_enrolled


@pytest.mark.parametrize("slug", ["none", "", "../x"])
def test_an_unknown_course_is_a_message(visitor: Visitor, slug: str) -> None:
    visitor.post(PAGE, enrol=slug)

    assert "Course not found." in visitor.get(PAGE).notes[0]


def test_courses_of_others_are_not_shown(
    application: Application, visitor: Visitor, course: Course
) -> None:
    bo, _ = somebody(application, name="Bo", email="bo@school.example")
    Learner(services=application.services, principal=a_principal(bo)).enrols(course)

    assert course.title not in visitor.get(PAGE).text
