"""Why progress says no."""

from authsvc.kernel.errors import Conflict, NotFound


class AlreadyEnrolled(Conflict):
    code = "already-enrolled"
    title = "The learner is already on this course"
    explanation = "One enrolment on {course_slug} is enough."


class NotEnrolled(Conflict):
    code = "not-enrolled"
    title = "The learner is not on this course"
    explanation = "Enrol first."


class AlreadyCompleted(Conflict):
    code = "already-completed"
    title = "The course is completed"
    explanation = "A completed course stays completed; it cannot be left."


class ProgressNotFound(NotFound):
    code = "progress-not-found"
    title = "There is no progress on this course"
    explanation = "The learner has never been on this course."


class MalformedFact(ValueError):
    """A fact has another shape than its type demands: a defect of ours, not a refusal."""

    def __str__(self) -> str:
        return f"the payload of {self.args[0]} has another shape than it must have"
