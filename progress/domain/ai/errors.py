"""Domain errors of AI sessions."""

from authsvc.kernel.errors import Conflict, NotFound


class AISessionNotFound(NotFound):
    code = "ai-session-not-found"
    title = "AI session not found"
    explanation = "There is no AI session with this id, or you are not allowed to see it."


class AIInteractionNotFound(NotFound):
    code = "ai-interaction-not-found"
    title = "AI interaction not found"
    explanation = "There is no AI interaction with this id, or you are not allowed to see it."


class AISessionEnded(Conflict):
    code = "ai-session-ended"
    title = "The AI session has ended"
    explanation = "It takes no more messages. Start another session."


class TextAltered(Conflict):
    code = "text-altered"
    title = "The stored text is not the one that was logged"
    explanation = "The text is missing or was changed after it was logged, so it is not shown."
