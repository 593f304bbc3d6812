"""Outcomes of AI sessions."""

import pytest

from accounts.domain.access import OPERATOR, NotPermitted
from progress.domain.ai.entities.outcomes import table_of_outcomes
from progress.domain.ai.services.sessions import Topic
from tests.support.ai import a_conversation
from tests.support.attempts import RIGHT, an_examinee
from tests.support.learning import a_learner, a_published_course, items_of
from tests.support.worlds import World


def test_sessions_before_a_completion_are_counted_with_their_cost(memory: World) -> None:
    course = a_published_course(memory.services)
    anna, ben = a_learner(memory), a_learner(memory, "Ben")
    first, *_ = items_of(memory.services, course)
    for learner in (anna, ben):
        learner.enrols(course)
        for topic in (Topic(course=course.slug, item_id=first), Topic(course=course.slug)):
            talk = a_conversation(memory, learner.principal, topic)
            talk.asks("How?")
            talk.gets("Like this.")
    memory.clock.go_on(minutes=1)
    for item_id in items_of(memory.services, course):
        anna.completes(course, item_id)
    memory.clock.go_on(minutes=1)
    a_conversation(memory, anna.principal, Topic(course=course.slug))

    outcome = memory.services.ai_outcomes.of_course(course.slug, by=OPERATOR)

    assert (outcome.number_of_sessions, outcome.learners, outcome.completions) == (5, 2, 1)
    assert outcome.cost_micro_usd == outcome.cost_per_completion_micro_usd == 4 * 960
    assert [session.was_completed for session in outcome.sessions].count(True) == 2
    assert [(item.item_id, item.sessions, item.learners) for item in outcome.items] == [
        (first, 2, 2),
        (None, 3, 2),
    ]
    head, *lines = table_of_outcomes(outcome.sessions)
    assert head[:2] == ("session_id", "item_id")
    assert len(lines) == 5
    assert str(anna.principal.user_id) not in str(lines)


def test_sessions_before_a_pass_are_counted_by_item(memory: World) -> None:
    anna = an_examinee(memory)
    attempt = anna.answers(anna.begins(), **RIGHT)
    before = a_conversation(
        memory, anna.principal, Topic(course=anna.course.slug, item_id=attempt.item_id)
    )
    whole = a_conversation(memory, anna.principal, Topic(course=anna.course.slug))
    others = [
        a_conversation(memory, anna.principal, Topic(course=anna.course.slug, item_id=item_id))
        for item_id in items_of(memory.services, anna.course)
        if item_id != attempt.item_id
    ]
    memory.clock.go_on(minutes=1)
    memory.services.attempts.submit(attempt.id, by=anna.principal)
    memory.clock.go_on(minutes=1)
    after = a_conversation(memory, anna.principal, Topic(course=anna.course.slug))

    outcome = memory.services.ai_outcomes.of_course(anna.course.slug, by=OPERATOR)

    passed = {session.session_id for session in outcome.sessions if session.was_passed}
    assert passed == {before.session.id, whole.session.id}
    assert after.session.id not in passed
    assert outcome.sessions_before_pass == 2
    assert outcome.number_of_sessions == 3 + len(others)
    assert outcome.cost_per_completion_micro_usd is None


def test_outcomes_are_for_those_who_see_progress(memory: World) -> None:
    course, anna = a_published_course(memory.services), a_learner(memory)

    with pytest.raises(NotPermitted):
        memory.services.ai_outcomes.of_course(course.slug, by=anna.principal)
    assert memory.services.ai_outcomes.of_course(course.slug, by=OPERATOR).items == ()
