"""Domain errors of identity."""

from authsvc.kernel.errors import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unauthenticated,
)


class UserNotFound(NotFound):
    code = "user-not-found"
    title = "There is no such user"
    explanation = "No user has this ID, or you cannot see them."


class EmailTaken(Conflict):
    code = "email-taken"
    title = "The e-mail address is already registered"
    explanation = "An account with this address exists. Sign in, or use another address."


class UnsuitableProfile(Invalid):
    code = "unsuitable-profile"
    title = "The profile is invalid"
    explanation = "`errors` names the members that are invalid."


class InvalidEmail(Invalid):
    code = "invalid-email"
    title = "The e-mail address is not valid"
    explanation = "Check the address for typing errors, and for characters that look like others."


class VerifiedEmailNeeded(Forbidden):
    code = "verified-email-needed"
    title = "This needs a verified e-mail address"
    explanation = "Request a token at `/v1/me/email/verification`, or verify your address on the account pages."


class InvalidEmailToken(Invalid):
    code = "invalid-email-token"
    title = "The token does not verify your e-mail address"
    explanation = "It is expired, or it was mailed to another address. Request a new one."


class UnverifiedUser(Conflict):
    code = "unverified-user"
    title = "The user has not verified their e-mail address"
    explanation = "Send an invitation instead; accepting it needs a verified address."


class MailBudgetSpent(TooMany):
    code = "mail-budget-spent"
    title = "Too much mail was sent today"
    explanation = (
        "`{limit}` allows {most} messages a day. Wait for {retry_after} s, or send fewer at once."
    )


class InvalidPersonList(Invalid):
    code = "invalid-person-list"
    title = "The list of people is invalid"
    explanation = "Nothing was changed. `errors` names the rows and what is wrong with them."


class PeopleChanged(Conflict):
    code = "people-changed"
    title = "People have changed since the preview"
    explanation = "Nothing was imported. Check the list again to see what it would change now."


class OwnAccount(Conflict):
    code = "own-account"
    title = "You cannot deactivate or demote your own account"
    explanation = "Ask another user who may do this."


class CannotImpersonate(Conflict):
    code = "cannot-impersonate"
    title = "You cannot sign in as this person"
    explanation = "{obstacle}."


class LastAdmin(Conflict):
    code = "last-admin"
    title = "The platform needs at least one active admin"
    explanation = "This user is the only one. Make another user an admin first."


class UnsuitablePassword(Invalid):
    code = "unsuitable-password"
    title = "The password is not allowed"
    explanation = "Choose another password; `errors` says what is wrong with this one."


class InvalidCredentials(Unauthenticated):
    code = "invalid-credentials"
    title = "The e-mail address or the password is wrong"
    explanation = "No active user has this address and this password."


class UnverifiedEmail(Unauthenticated):
    code = "unverified-email"
    title = "The e-mail address is not verified"
    explanation = "Follow the link that was mailed to it. Sign in at {url} to receive another."


class SecondFactorRequired(Unauthenticated):
    code = "second-factor-required"
    title = "A second factor is required"
    explanation = (
        "The password is right. Answer the challenge within {expires_in} s with one of: {methods}."
    )


class SecondFactorMissing(Unauthenticated):
    code = "second-factor-missing"
    title = "This account needs a second factor"
    explanation = "Set up an authenticator app or a passkey at {url}, then sign in again."


class ActionRequired(Unauthenticated):
    code = "action-required"
    title = "This account must be updated before the sign-in"
    explanation = (
        "Sign in at {url} and complete the required actions: {actions}. Then sign in here again."
    )


class SecondFactorPresent(Conflict):
    code = "second-factor-present"
    title = "The user has a second factor already"
    explanation = "Reset it first if the user has lost it."


class NoSecondFactor(Conflict):
    code = "no-second-factor"
    title = "The user has no second factor"
    explanation = "There is nothing to reset."


class InvalidChallenge(Unauthenticated):
    code = "invalid-challenge"
    title = "The challenge is invalid"
    explanation = "It is unknown, expired or already answered. Sign in again."


class WrongSecondFactor(Unauthenticated):
    code = "wrong-second-factor"
    title = "The code or the passkey is wrong"
    explanation = "The code is wrong or was already used, or the passkey is not the user's."


class WrongPassword(Invalid):
    code = "wrong-password"
    title = "The current password is wrong"
    explanation = "Enter your current password to change it."


class PasswordsBusy(Busy):
    code = "busy"
    title = "Too many passwords are being checked"
    explanation = "The service is busy. Try again after {retry_after} s."


class InvalidToken(Unauthenticated):
    code = "invalid-token"
    title = "The access token is invalid"
    explanation = "It is malformed, expired or meant for another service, or its session has ended."


class SessionNotFound(NotFound):
    code = "session-not-found"
    title = "There is no such session"
    explanation = "You have no session with this ID."


class InvalidRefreshToken(Unauthenticated):
    code = "invalid-refresh-token"
    title = "The refresh token is invalid"
    explanation = "It is unknown or expired, or its session has ended. Sign in again."


class RefreshTokenReused(Unauthenticated):
    code = "refresh-token-reused"
    title = "The refresh token was already used"
    explanation = (
        "A refresh token works once. Its session was ended as a precaution; sign in again."
    )
