"""Why accounts says no."""

from authsvc.kernel.errors import Busy, Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class NotPermitted(Forbidden):
    code = "not-permitted"
    title = "You may not do this"
    explanation = "This needs the right {right}, which your roles do not give."


class PersonNeeded(Forbidden):
    code = "person-needed"
    title = "Only a person can do this"
    explanation = "The token belongs to a program that acts for nobody."


class UserNotFound(NotFound):
    code = "user-not-found"
    title = "There is no such user"
    explanation = "No user answers to this id, or it is not yours to see."


class OrganizationNotFound(NotFound):
    code = "organization-not-found"
    title = "There is no such organization"
    explanation = "No organization answers to this id, or it is not yours to see."


class OrganizationSlugTaken(Conflict):
    code = "organization-slug-taken"
    title = "The slug belongs to another organization"
    explanation = "Choose another slug; {slug} is taken."


class OrganizationSuspended(Conflict):
    code = "organization-suspended"
    title = "The organization is suspended"
    explanation = "Nothing in it can be changed until the platform opens it again."


class UnsuitableOrganization(Invalid):
    code = "unsuitable-organization"
    title = "An organization cannot be called that"
    explanation = "`errors` says what is wrong with its name or its slug."


class AlreadyMember(Conflict):
    code = "already-member"
    title = "The person is a member"
    explanation = "Nobody is in an organization twice. Change the role instead."


class MemberNotFound(NotFound):
    code = "member-not-found"
    title = "There is no such member"
    explanation = "Nobody with this id is in the organization."


class LastOwner(Conflict):
    code = "last-owner"
    title = "An organization needs an owner"
    explanation = "This is the last one. Make somebody else an owner first."


class InvitationNotFound(NotFound):
    code = "invitation-not-found"
    title = "There is no such invitation"
    explanation = "It is unknown, used, taken back or too old, or it was sent to somebody else."


class InvalidMemberList(Invalid):
    code = "invalid-member-list"
    title = "The list of members is not valid"
    explanation = "Nothing was changed. `errors` says what is wrong, and in which row."


class UnsuitableExpiry(Invalid):
    code = "unsuitable-expiry"
    title = "The client cannot expire then"
    explanation = "A service client expires after now, and within {most_days} days."


class EmailTaken(Conflict):
    code = "email-taken"
    title = "The e-mail address is in use"
    explanation = "Somebody has registered with this address. Log in, or use another address."


class UnsuitablePassword(Invalid):
    code = "unsuitable-password"
    title = "The password is not suitable"
    explanation = "Choose another password; `errors` says why this one will not do."


class InvalidCredentials(Unauthenticated):
    code = "invalid-credentials"
    title = "The e-mail address or the password is wrong"
    explanation = "No active user has this address and this password."


class UnsuitableClient(Invalid):
    code = "unsuitable-client"
    title = "The client is not registered"
    explanation = (
        "What was said of it is not safe or makes no sense; `errors` says what, and where."
    )


class ClientNotFound(NotFound):
    code = "client-not-found"
    title = "There is no such client"
    explanation = "No client answers to this id."


class PublicClient(Conflict):
    code = "public-client"
    title = "A public client has no secret"
    explanation = "It could not keep one: everybody who has the program has all that is in it."


class GrantNotFound(NotFound):
    code = "grant-not-found"
    title = "You have let this client do nothing"
    explanation = "It is unknown, or you have taken back before what you let it do."


class DeviceNotFound(NotFound):
    code = "device-not-found"
    title = "No device waits under this code"
    explanation = "The code is wrong or too old, or it was used before. Start again at the device."


class IdentityScopeNeeded(Forbidden):
    code = "identity-scope-needed"
    title = "The token does not say who somebody is"
    explanation = "This needs a token with the scope openid."


class WrongPassword(Invalid):
    code = "wrong-password"
    title = "The current password is wrong"
    explanation = "To change a password, give the current one."


class PasswordsBusy(Busy):
    code = "busy"
    title = "Too many passwords are being checked"
    explanation = "We check a few at once. Wait for {retry_after} s, then try again."


class InvalidToken(Unauthenticated):
    code = "invalid-token"
    title = "The access token is not valid"
    explanation = "It is malformed, expired or not meant for this service, or its session is over."


class SessionNotFound(NotFound):
    code = "session-not-found"
    title = "There is no such session"
    explanation = "No session of yours answers to this id."


class InvalidRefreshToken(Unauthenticated):
    code = "invalid-refresh-token"
    title = "The refresh token is not valid"
    explanation = "It is unknown or expired, or its session is over. Log in again."


class RefreshTokenReused(Unauthenticated):
    code = "refresh-token-reused"
    title = "The refresh token was used before"
    explanation = "A refresh token works once. Its session has been ended; log in again."


class IdempotencyKeyReused(Conflict):
    code = "idempotency-key-reused"
    title = "The Idempotency-Key belongs to another request"
    explanation = "You have sent this key with another method, address or body. Use a new key."


class RequestStillRunning(Conflict):
    code = "request-still-running"
    title = "A request with this Idempotency-Key is still running"
    explanation = "Its answer is not known yet. Try again after `retry_after` seconds."
