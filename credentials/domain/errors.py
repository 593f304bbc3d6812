"""Domain errors of credentials."""

from authsvc.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class CredentialNotFound(NotFound):
    code = "credential-not-found"
    title = "Credential not found"
    explanation = "There is no credential with this id."


class NothingToTranscribe(NotFound):
    code = "nothing-to-transcribe"
    title = "No credentials for a transcript"
    explanation = "A transcript contains at least one credential that was not revoked."


class NoCertificate(NotFound):
    code = "no-certificate"
    title = "There is no certificate of this credential"
    explanation = (
        "Only credentials that are authentic, and neither revoked nor suspended, have one."
    )


class CredentialVersionNotFound(NotFound):
    code = "credential-version-not-found"
    title = "Credential version not found"
    explanation = "The credential has no version with this number."


class IssuedCredentialNotFound(NotFound):
    code = "issued-credential-not-found"
    title = "Issued credential not found"
    explanation = "No credential with this id was ever issued."


class IssuerNotFound(NotFound):
    code = "issuer-not-found"
    title = "Issuer not found"
    explanation = "Nobody issues credentials under this name."


class IssuerKeyNotFound(NotFound):
    code = "issuer-key-not-found"
    title = "Issuer key not found"
    explanation = "The issuer never had a key with this ID."


class StatusListNotFound(NotFound):
    code = "status-list-not-found"
    title = "Status list not found"
    explanation = "The issuer has no status list with this number."


class ImpossibleCompromise(Invalid):
    code = "impossible-compromise"
    title = "The time is in the future"
    explanation = "State since when the key may have been known to others."


class IssuerKeyUnreadable(Conflict):
    code = "issuer-key-unreadable"
    title = "The signing key cannot be decrypted"
    explanation = (
        "The key {key_id} was encrypted with another secret key. An administrator rotates it."
    )


class AlreadyCompromised(Conflict):
    code = "already-compromised"
    title = "Key already marked as compromised"
    explanation = (
        "The key counts as compromised since {since}. Only an earlier time can replace that."
    )


class AlreadyIssued(Conflict):
    code = "already-issued"
    title = "Credential already issued"
    explanation = "The learner holds a current one. Revoke or re-issue that one."


class NotEligible(Conflict):
    code = "not-eligible"
    title = "Not eligible for this credential"
    explanation = "Missing: {missing}."


class IssuedCredentialAltered(Conflict):
    code = "issued-credential-altered"
    title = "The record of the credential was altered"
    explanation = "The stored record differs from the event that recorded it, and is not signed."


class ClaimNotFound(NotFound):
    code = "claim-not-found"
    title = "Claim not found"
    explanation = "It has expired, was used or cancelled, or is for another e-mail address."


class InvalidAwardList(Invalid):
    code = "invalid-award-list"
    title = "The list is invalid"
    explanation = "`errors` lists what is wrong, by row. Nothing was awarded."


class NotSuspended(Conflict):
    code = "not-suspended"
    title = "Credential not suspended"
    explanation = "Only a suspended credential can be resumed."


class AlreadySuspended(Conflict):
    code = "already-suspended"
    title = "Credential already suspended"
    explanation = "Resume or revoke it."


class AlreadyRevoked(Conflict):
    code = "already-revoked"
    title = "Credential already revoked"
    explanation = "A revoked credential can only be re-issued."


class NotCollectable(Conflict):
    code = "not-collectable"
    title = "The credential cannot be added to a wallet"
    explanation = "Only a valid credential can be added, and this one is {status}."


class CollectionNotCovered(Forbidden):
    code = "collection-not-covered"
    title = "The token is not for this credential"
    explanation = "Use the token of an offer of this credential."


class NothingToVerify(Invalid):
    code = "nothing-to-verify"
    title = "Nothing to verify"
    explanation = (
        "Send the credential as the body, or as the `file`, the `text` or the `address` of a form."
    )


class BadgeNotFetched(Invalid):
    code = "badge-not-fetched"
    title = "Nothing could be fetched from the address"
    explanation = "Download the credential and send it, or check its address."


class NothingToRecordOn(Conflict):
    code = "nothing-to-record-on"
    title = "The learner was never enrolled"
    explanation = (
        "A credential is recorded on a course of its holder, and they have none. Enrol them first."
    )


class ReasonMissing(Invalid):
    code = "reason-missing"
    title = "A reason is required"
    explanation = "Give a reason: the holder and later administrators will ask for it."


class ImpossibleValidity(Invalid):
    code = "impossible-validity"
    title = "Invalid validity period"
    explanation = "A credential is valid for 1 to {longest} days, or does not expire."


class InvalidRule(Invalid):
    code = "invalid-rule"
    title = "Invalid rule"
    explanation = "`errors` lists what is wrong, and where."
