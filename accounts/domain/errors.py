"""Domain errors of accounts."""

from authsvc.kernel.errors import Busy, Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class NotPermitted(Forbidden):
    code = "not-permitted"
    title = "You may not do this"
    explanation = "This needs the right {right}, which your roles do not give."


class PersonNeeded(Forbidden):
    code = "person-needed"
    title = "Only a person can do this"
    explanation = "The token belongs to a client that acts for no user. Use a token of a user."


class UserNotFound(NotFound):
    code = "user-not-found"
    title = "There is no such user"
    explanation = "No user has this ID, or you cannot see them."


class OrganizationNotFound(NotFound):
    code = "organization-not-found"
    title = "There is no such organization"
    explanation = "No organization has this ID, or you cannot see it."


class OrganizationSlugTaken(Conflict):
    code = "organization-slug-taken"
    title = "The slug is taken"
    explanation = "{slug} belongs to another organization. Choose another slug."


class OrganizationSuspended(Conflict):
    code = "organization-suspended"
    title = "The organization is suspended"
    explanation = "Nothing in it can be changed until a platform admin reopens it."


class UnsuitableOrganization(Invalid):
    code = "unsuitable-organization"
    title = "The name or slug is invalid"
    explanation = "`errors` says what is wrong with the name or the slug."


class AlreadyMember(Conflict):
    code = "already-member"
    title = "The user is already a member"
    explanation = "A user can join an organization only once. Change their role instead."


class MemberNotFound(NotFound):
    code = "member-not-found"
    title = "There is no such member"
    explanation = "No member of the organization has this ID."


class LastOwner(Conflict):
    code = "last-owner"
    title = "An organization needs at least one owner"
    explanation = "This is the last one. Make another member an owner first."


class InvitationNotFound(NotFound):
    code = "invitation-not-found"
    title = "There is no such invitation"
    explanation = "It is unknown, used, cancelled or expired, or it was sent to someone else."


class InvalidMemberList(Invalid):
    code = "invalid-member-list"
    title = "The member list is invalid"
    explanation = "Nothing was changed. `errors` names the rows and what is wrong with them."


class UnsuitableExpiry(Invalid):
    code = "unsuitable-expiry"
    title = "The expiry date is invalid"
    explanation = "Choose a time in the future, at most {most_days} days from now."


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


class UnsuitableClient(Invalid):
    code = "unsuitable-client"
    title = "The client metadata is invalid"
    explanation = "`errors` names the members that are unsafe or invalid."


class ClientNotFound(NotFound):
    code = "client-not-found"
    title = "There is no such client"
    explanation = "No client has this ID."


class PublicClient(Conflict):
    code = "public-client"
    title = "A public client has no secret"
    explanation = "It cannot keep one secret: everyone who has the program can read it."


class GrantNotFound(NotFound):
    code = "grant-not-found"
    title = "You have not granted this client access"
    explanation = "The client is unknown, or you have already revoked its access."


class DeviceNotFound(NotFound):
    code = "device-not-found"
    title = "The device code is invalid"
    explanation = "The code is wrong, expired or already used. Start again on the device."


class IdentityScopeNeeded(Forbidden):
    code = "identity-scope-needed"
    title = "The token lacks the scope openid"
    explanation = "Use a token with the scope openid."


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


class IdempotencyKeyReused(Conflict):
    code = "idempotency-key-reused"
    title = "The Idempotency-Key was used for another request"
    explanation = "This key was sent with another method, URL or body. Use a new key."


class RequestStillRunning(Conflict):
    code = "request-still-running"
    title = "A request with this Idempotency-Key is still running"
    explanation = "It has no answer yet. Try again in a moment."
