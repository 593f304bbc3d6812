"""Domain errors of AI sessions."""

from authsvc.kernel.errors import Busy, Conflict, Forbidden, Gone, Invalid, NotFound, TooMany


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


class AIBudgetExceeded(TooMany):
    code = "ai-budget-exceeded"
    title = "The budget for AI is spent"
    explanation = "Nothing is left of the {budget} budget until {resets_at}."


class AISessionBudgetExceeded(AIBudgetExceeded):
    code = "ai-session-budget-exceeded"
    title = "The budget of the AI session is spent"
    explanation = "Nothing is left of the budget of this session. Start another one."


class AIBudgetTooHigh(Invalid):
    code = "ai-budget-too-high"
    title = "The limit is above that of the platform"
    explanation = (
        "Organizations can set limits up to {monthly_tokens} tokens and {monthly_cost_micro_usd} "
        "millionths of a US dollar. Ask an administrator of the platform for more."
    )


class TextRemoved(Gone):
    code = "text-removed"
    title = "The text was removed"
    explanation = "It was removed after its retention period, or on request. The metrics of the interaction remain."


class AITextsNotFound(NotFound):
    code = "ai-texts-not-found"
    title = "No AI sessions of this user"
    explanation = "There are no AI sessions of this user, or you are not allowed to see them."


class AIFlagNotFound(NotFound):
    code = "ai-flag-not-found"
    title = "AI flag not found"
    explanation = "There is no flag with this id, or you are not allowed to see it."


class AIFlagDecided(Conflict):
    code = "ai-flag-decided"
    title = "The flag was decided"
    explanation = "It was {outcome}. A decision is final; the user can flag the interaction again."


class PromptTemplateNotFound(NotFound):
    code = "prompt-template-not-found"
    title = "Prompt template not found"
    explanation = "There is no version of a prompt template with this id."


class InvalidPromptTemplate(Invalid):
    code = "invalid-prompt-template"
    title = "The prompt template is invalid"
    explanation = "Correct the values named in `errors`."


class PromptNameTaken(Conflict):
    code = "prompt-name-taken"
    title = "The name of the prompt template is taken"
    explanation = "{name} is a template for another type of session. Choose another name."


class PromptVersionOutdated(Conflict):
    code = "prompt-version-outdated"
    title = "There is a later version of the prompt template"
    explanation = "The latest version is {latest}. Edit that one."


class PromptAlreadyActive(Conflict):
    code = "prompt-already-active"
    title = "The version is active"
    explanation = "This version is active already. Choose another one."


class PromptAlreadyRetired(Conflict):
    code = "prompt-already-retired"
    title = "The version is retired"
    explanation = "This version is retired already."


class PromptTrialRunning(Conflict):
    code = "prompt-trial-running"
    title = "A trial is running"
    explanation = "A version for this type of session is on trial. End that trial first."


class PromptNotOnTrial(Conflict):
    code = "prompt-not-on-trial"
    title = "The version is not on trial"
    explanation = "Only a trial that is running can be ended."


class GradingHelpOff(Conflict):
    code = "grading-help-off"
    title = "Proposed scores are off for this course"
    explanation = "Whoever decides about the AI budget of the course can turn them on."


class NothingToPropose(Conflict):
    code = "nothing-to-propose"
    title = "There is nothing to propose scores for"
    explanation = (
        "Scores are proposed once for each text that answers a question with a rubric. "
        "This attempt has no other such text."
    )


class ProposalUnusable(Conflict):
    code = "proposal-unusable"
    title = "The proposed scores cannot be used"
    explanation = (
        "The language model did not answer with one score within bounds for each criterion. Nothing was stored but the "
        "log. Ask again, or grade without proposals."
    )


class OwnAttempt(Forbidden):
    code = "own-attempt"
    title = "This is your own attempt"
    explanation = "Proposed scores are for other graders, never for the learner of the attempt."
