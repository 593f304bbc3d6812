"""Domain errors of identity."""

from authsvc.kernel.errors import Busy, Conflict, Invalid, NotFound, Unauthenticated


class UserNotFound(NotFound):
    code = "user-not-found"
    title = "There is no such user"
    explanation = "No user has this ID, or you cannot see them."


class EmailTaken(Conflict):
    code = "email-taken"
    title = "The e-mail address is already registered"
    explanation = "An account with this address exists. Sign in, or use another address."


class UnsuitablePassword(Invalid):
    code = "unsuitable-password"
    title = "The password is not allowed"
    explanation = "Choose another password; `errors` says what is wrong with this one."


class InvalidCredentials(Unauthenticated):
    code = "invalid-credentials"
    title = "The e-mail address or the password is wrong"
    explanation = "No active user has this address and this password."


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
