"""What follows from attempts."""

from dataclasses import dataclass

from authsvc.kernel.events import EventBus
from authsvc.kernel.reach import Reach
from courses.public import Assessment, AssessmentId, CatalogService, Outline
from progress.domain.entities import AssessmentAttempt, Cause, CourseProgress, Fact, Grade
from progress.domain.events import AssessmentGraded
from progress.domain.services.recording import Recorder


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Works inside the unit of work of the service that uses it, with the stream locked."""

    recorder: Recorder
    catalog: CatalogService
    events: EventBus

    def assessment_of(self, progress: CourseProgress, assessment_id: AssessmentId) -> Assessment:
        """As it is in the version that the learner is on. Raises AssessmentNotFound."""
        outline = self._outline(progress, progress.course_version)
        return _assessment_in(outline, assessment_id)

    def assessment_behind(self, attempt: AssessmentAttempt) -> Assessment:
        """As it was when the attempt began. Raises AssessmentNotFound."""
        return _assessment_in(self._outline(attempt, attempt.course_version), attempt.assessment_id)

    def record(self, fact: Fact, progress: CourseProgress, cause: Cause) -> CourseProgress:
        return self.recorder.record(progress, fact, cause)

    def follow(
        self, attempt: AssessmentAttempt, progress: CourseProgress, cause: Cause
    ) -> CourseProgress:
        """Record what came of a graded attempt, complete the item that it passes, and tell the others."""
        fact, grade = attempt.outcome(), attempt.grade
        if fact is None or grade is None:
            return progress
        progress = self.record(fact, progress, cause)
        outline = self._outline(progress, progress.course_version)
        is_there = any(item.id == attempt.item_id for item in outline.items)
        passed = (
            progress.pass_of(attempt.item_id, outline) if attempt.is_passed and is_there else None
        )
        if passed is not None:
            progress = self.record(passed, progress, cause)
        self.events.publish(_graded(attempt, grade))
        return progress

    def _outline(self, of: CourseProgress | AssessmentAttempt, number: int) -> Outline:
        return self.catalog.version(of.course_id, number, within=Reach.into(of.org_id)).outline


def _assessment_in(outline: Outline, assessment_id: AssessmentId) -> Assessment:
    assessment = outline.item_of(assessment_id).assessment
    assert assessment is not None  # noqa: S101  # for mypy: the item was found by it
    return assessment


def _graded(attempt: AssessmentAttempt, grade: Grade) -> AssessmentGraded:
    return AssessmentGraded(
        user_id=attempt.user_id,
        course_id=attempt.course_id,
        org_id=attempt.org_id,
        course_version=attempt.course_version,
        assessment_id=attempt.assessment_id,
        is_passed=bool(attempt.is_passed),
        graded_at=grade.graded_at,
    )
