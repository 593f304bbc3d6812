"""Domain errors of progress."""

from authsvc.kernel.errors import Busy, Conflict, Invalid, NotFound


class AlreadyEnrolled(Conflict):
    code = "already-enrolled"
    title = "Already enrolled"
    explanation = "The learner is enrolled on {course_slug}."


class NotEnrolled(Conflict):
    code = "not-enrolled"
    title = "Not enrolled"
    explanation = "Enrol on the course first."


class EnrolmentEnded(Conflict):
    code = "enrolment-ended"
    title = "No longer enrolled"
    explanation = "You have withdrawn from the course. Enrol again to continue the attempt."


class AlreadyCompleted(Conflict):
    code = "already-completed"
    title = "Course already completed"
    explanation = "A completed course stays completed; you cannot withdraw from it."


class ProgressNotFound(NotFound):
    code = "progress-not-found"
    title = "No progress on this course"
    explanation = "The learner has never enrolled on this course."


class AttemptNotFound(NotFound):
    code = "attempt-not-found"
    title = "Attempt not found"
    explanation = "There is no attempt with this id, or you are not allowed to see it."


class StatementNotFound(NotFound):
    code = "statement-not-found"
    title = "Statement not found"
    explanation = "There is no statement with this id, or you are not allowed to see it."


class AttemptRunning(Conflict):
    code = "attempt-running"
    title = "An attempt is in progress"
    explanation = "Submit the attempt {attempt_id} before you start another one."


class NoAttemptsLeft(Conflict):
    code = "no-attempts-left"
    title = "No attempts left"
    explanation = "This assessment allows {attempt_limit} attempts."


class AttemptClosed(Conflict):
    code = "attempt-closed"
    title = "The attempt is closed"
    explanation = "It is {status} and takes no more answers."


class TooLate(Conflict):
    code = "too-late"
    title = "The time limit has passed"
    explanation = "This assessment does not accept late submissions."


class AttemptNotGradable(Conflict):
    code = "attempt-not-gradable"
    title = "The attempt cannot be graded"
    explanation = "It is {status}; only submitted attempts can be graded."


class AttemptVoided(Conflict):
    code = "attempt-voided"
    title = "The attempt is already void"
    explanation = "A voided attempt cannot be voided again."


class AttemptNotReopenable(Conflict):
    code = "attempt-not-reopenable"
    title = "The attempt cannot be reopened"
    explanation = (
        "It is {status}; only submissions that await grading can be reopened. To give another attempt in place of a "
        "graded one, void it."
    )


class NoTimeLimit(Conflict):
    code = "no-time-limit"
    title = "The attempt has no time limit"
    explanation = "It can be submitted at any time, so there is no deadline to move."


class DeadlineNotLater(Invalid):
    code = "deadline-not-later"
    title = "The deadline is too early"
    explanation = "Choose a time that is in the future and later than the present deadline."


class ImpossibleScore(Invalid):
    code = "impossible-score"
    title = "Invalid marks"
    explanation = "Question {question_id} needs a mark from 0 to {max_score}."


class ImpossibleCriteria(Invalid):
    code = "impossible-criteria"
    title = "Invalid points by criterion"
    explanation = (
        "Question {question_id} needs points for each criterion of its rubric, within its limits or those of one "
        "of its levels, that add up to the score."
    )


class RegradeReasonMissing(Invalid):
    code = "regrade-reason-missing"
    title = "A reason is required"
    explanation = (
        "The marks turn a pass into a failure. Give a reason: the learner will ask for it."
    )


class AssessmentRequired(Conflict):
    code = "assessment-required"
    title = "The item needs its assessment to be passed"
    explanation = "Pass the assessment {assessment_id} to complete the item."


class PrerequisitesMissing(Conflict):
    code = "prerequisites-missing"
    title = "Prerequisites are missing"
    explanation = "Complete these courses first: {titles}."


class MalformedFact(ValueError):
    """A fact does not have the shape of its type: a defect or tampering, not a domain error."""

    def __str__(self) -> str:
        return f"the payload of {self.args[0]} does not have the shape of its type"


class LogBusy(Busy):
    code = "log-busy"
    title = "The event log is busy"
    explanation = "Events are being recorded right now. Retry in a moment to include them."

    def __init__(self) -> None:
        super().__init__(retry_after=1)


class LogNotVerified(Conflict):
    code = "log-not-verified"
    title = "The event log does not verify"
    explanation = "{part}: {defect}. Rebuilding would hide the damage: restore the log first."
