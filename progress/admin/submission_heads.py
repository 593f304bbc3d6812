"""Heads of the pages of a submission: who handed in what and when, its result, and what can be done beside grading."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from authsvc.admin_site.people import name_of, person_link
from authsvc.admin_site.template_tags import moment
from authsvc.http.times import ago
from courses.public import Assessment
from progress.domain.entities.attempts import AssessmentAttempt, AttemptStatus


def faint_line(request: HttpRequest, row: Any, attempt: AssessmentAttempt) -> SafeString:
    """Who handed in what and when, as the line below the title."""
    return format_html(
        "{}, attempt {} · {} · handed in {} UTC, {}",
        person_link(request, row.user_id, name_of(row.user)),
        attempt.number,
        row.course.title,
        moment(attempt.submitted_at),
        ago(attempt.submitted_at),
    )


def badges_of(
    attempt: AssessmentAttempt, others: Iterable[Mapping[str, Any]]
) -> list[tuple[str, str]]:
    """The result of the attempt, and the points of the others that are graded."""
    ungraded = ("To grade", "warn") if attempt.grade is None else ("Failed", "bad")
    result = ("Passed", "good") if attempt.is_passed else ungraded
    points = [
        f"Attempt {other['row'].number}: {other['row'].score} of {other['row'].max_score} points"
        for other in others
        if other["grade"]
    ]
    late = [("Late", "warn")] if attempt.is_late else []
    return [result, *late, *((words, "off") for words in points)]


def tools_for(attempt: AssessmentAttempt, assessment: Assessment) -> list[tuple[str, str]]:
    has_rubric = any(question.rubric for question in assessment.questions)
    if not has_rubric or attempt.status is not AttemptStatus.SUBMITTED:
        return []
    propose = reverse("admin:progress_assessmentattempt_propose", args=[attempt.id])
    return [("Propose scores", propose)]
