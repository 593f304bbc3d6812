"""Domain errors of the tutor."""

from authsvc.kernel.errors import Busy


class TutorUnavailable(Busy):
    code = "tutor-unavailable"
    title = "The tutor cannot answer at present"
    explanation = (
        "The language model did not answer, or its answer broke off. Try again in a minute."
    )
