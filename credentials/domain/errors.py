"""Why credentials says no."""

from authsvc.kernel.errors import Conflict, Invalid, NotFound


class CredentialNotFound(NotFound):
    code = "credential-not-found"
    title = "There is no such credential"
    explanation = "No credential is defined under this id."


class UserCredentialNotFound(NotFound):
    code = "issued-credential-not-found"
    title = "No such credential was issued"
    explanation = "We have never issued a credential with this id."


class AlreadyIssued(Conflict):
    code = "already-issued"
    title = "The learner holds this credential"
    explanation = "It is in force. Revoke or re-issue that one."


class NotEligible(Conflict):
    code = "not-eligible"
    title = "The credential is not earned yet"
    explanation = "What is missing: {missing}."


class AlreadyRevoked(Conflict):
    code = "already-revoked"
    title = "The credential is revoked"
    explanation = "It was revoked before; a revoked credential can only be issued again."


class ReasonMissing(Invalid):
    code = "reason-missing"
    title = "A reason is needed"
    explanation = "Say why: the holder and later officers will ask."


class ImpossibleValidity(Invalid):
    code = "impossible-validity"
    title = "A credential cannot be valid for that long"
    explanation = "It is valid for 1 to {longest} days, or for ever."


class InvalidRule(Invalid):
    code = "invalid-rule"
    title = "The rule cannot be followed"
    explanation = "`errors` says what is wrong, and where."
