"""Why progress says no."""

from authsvc.kernel.errors import Busy, Conflict, Invalid, NotFound


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


class AttemptNotFound(NotFound):
    code = "attempt-not-found"
    title = "There is no such attempt"
    explanation = "No attempt answers to this id, or it is not yours to see."


class AttemptRunning(Conflict):
    code = "attempt-running"
    title = "An attempt is running"
    explanation = "Hand in the attempt {attempt_id} before you start another one."


class NoAttemptsLeft(Conflict):
    code = "no-attempts-left"
    title = "There are no attempts left"
    explanation = "This assessment may be tried {attempt_limit} times."


class AttemptClosed(Conflict):
    code = "attempt-closed"
    title = "The attempt takes no more answers"
    explanation = "It is {status}."


class TooLate(Conflict):
    code = "too-late"
    title = "The time is up"
    explanation = "This assessment takes nothing after its time."


class AttemptNotGradable(Conflict):
    code = "attempt-not-gradable"
    title = "The attempt cannot be graded"
    explanation = "It is {status}; only what was handed in can be graded."


class AttemptVoided(Conflict):
    code = "attempt-voided"
    title = "The attempt is void"
    explanation = "It was voided before."


class ImpossibleScore(Invalid):
    code = "impossible-score"
    title = "The marks do not fit the questions"
    explanation = "Question {question_id} needs 0 to {max_score} points from whoever grades."


class AssessmentRequired(Conflict):
    code = "assessment-required"
    title = "The item is completed by its assessment"
    explanation = "Pass the assessment {assessment_id}; that completes the item."


class PrerequisitesMissing(Conflict):
    code = "prerequisites-missing"
    title = "Other courses come before this one"
    explanation = "Complete these first: {titles}."


class MalformedFact(ValueError):
    """A fact has another shape than its type demands: a defect of ours, not a refusal."""

    def __str__(self) -> str:
        return f"the payload of {self.args[0]} has another shape than it must have"


class LogBusy(Busy):
    code = "log-busy"
    title = "The log is being written to"
    explanation = "Ask again in a moment: what is being recorded now would be left out."

    def __init__(self) -> None:
        super().__init__(retry_after=1)
