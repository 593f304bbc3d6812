"""Domain errors of the tutor."""

from authsvc.kernel.errors import Busy, Conflict, NotFound


class TutorUnavailable(Busy):
    code = "tutor-unavailable"
    title = "The tutor cannot answer at present"
    explanation = (
        "The language model did not answer, or its answer broke off. Try again in a minute."
    )


class NoTutor(NotFound):
    code = "no-tutor"
    title = "There is no tutor here"
    explanation = "This service runs without a tutor. Clients can still log their own."


class NotTutoring(Conflict):
    code = "not-tutoring"
    title = "The AI session is not for tutoring"
    explanation = "The tutor answers in sessions of the type tutoring. Start one."


class AnswerPending(Conflict):
    code = "answer-pending"
    title = "The tutor is still answering"
    explanation = "A session takes one message at a time. Wait for the answer, or end its stream."
