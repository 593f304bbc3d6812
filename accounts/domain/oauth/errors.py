"""Domain errors of the OAuth provider."""

from authsvc.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class UnsuitableExpiry(Invalid):
    code = "unsuitable-expiry"
    title = "The expiry date is invalid"
    explanation = "Choose a time in the future, at most {most_days} days from now."


class UnsuitableClient(Invalid):
    code = "unsuitable-client"
    title = "The client metadata is invalid"
    explanation = "`errors` names the members that are unsafe or invalid."


class DocumentUnavailable(NotFound):
    code = "document-unavailable"
    title = "The metadata document of the client cannot be used"
    explanation = "The client id is a URL, but {reason}."


class ClientNotFound(NotFound):
    code = "client-not-found"
    title = "There is no such client"
    explanation = "No client has this ID."


class PublicClient(Conflict):
    code = "public-client"
    title = "A public client has no secret"
    explanation = "Everyone who has the program could read its secret. Make the client confidential to give it one."


class PublicClientNeedsPkce(Conflict):
    code = "public-client-needs-pkce"
    title = "A public client needs PKCE"
    explanation = "It has no secret, so only PKCE protects its codes. Make the client confidential to waive it."


class SecretsOverlap(Conflict):
    code = "secrets-overlap"
    title = "Two secrets of the client are valid already"
    explanation = "The former one expires at {until}. Wait, or renew the secret without an overlap to end both."


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
