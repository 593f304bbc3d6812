"""Words for the audit log: what was done, by kind, and what changed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from accounts.admin.job_words import kind_words
from accounts.domain.audit.entities import AuditAct, AuditAction, SubjectType
from authsvc.admin_site.labels import status_word

_GROUPS: Final[Mapping[str, Mapping[AuditAction, str]]] = {
    "People": {
        AuditAction.USER_CREATED: "created the account of",
        AuditAction.USER_EDITED: "edited",
        AuditAction.USER_PASSWORD_SET: "set the password of",
        AuditAction.USER_PASSWORD_LINK_SENT: "sent a password link to",
        AuditAction.USER_ACTIONS_REQUIRED: "changed what the next sign-in requires of",
        AuditAction.USER_EMAIL_LINK_SENT: "sent a link to a corrected e-mail address of",
        AuditAction.USER_SECOND_FACTOR_RESET: "reset the second factor of",
        AuditAction.USER_SESSION_ENDED: "ended a session of",
        AuditAction.USER_SESSIONS_ENDED: "ended all sessions of",
        AuditAction.ALL_SESSIONS_ENDED: "ended everybody's sessions",
        AuditAction.IMPERSONATION_STARTED: "signed in as",
        AuditAction.IMPERSONATION_USED: "submitted a page as",
        AuditAction.IMPERSONATION_ENDED: "is no longer signed in as",
        AuditAction.PEOPLE_IMPORTED: "imported people",
        AuditAction.PEOPLE_EXPORTED: "exported people",
    },
    "Organizations": {
        AuditAction.ORGANIZATION_CREATED: "created the organization",
        AuditAction.ORGANIZATION_EDITED: "edited the organization",
        AuditAction.ORGANIZATION_SUSPENDED: "suspended the organization",
        AuditAction.ORGANIZATION_REOPENED: "reopened the organization",
        AuditAction.ORGANIZATION_DELETED: "deleted the organization",
        AuditAction.LOOKED_INTO: "accessed data of",
        AuditAction.MEMBER_ADDED: "added a member:",
        AuditAction.MEMBER_ROLE_CHANGED: "changed the role of a member:",
        AuditAction.MEMBER_REMOVED: "removed a member:",
        AuditAction.MEMBER_LEFT: "left an organization, being a member:",
        AuditAction.INVITATION_SENT: "sent the invitation",
        AuditAction.INVITATION_TAKEN_BACK: "cancelled the invitation",
        AuditAction.INVITATION_ACCEPTED: "accepted the invitation",
        AuditAction.INVITATION_DECLINED: "declined the invitation",
    },
    "Clients": {
        AuditAction.CLIENT_REGISTERED: "registered the client",
        AuditAction.CLIENT_AMENDED: "changed the settings of the client",
        AuditAction.CLIENT_SECRET_RENEWED: "rotated the secret of the client",
        AuditAction.CLIENT_REMOVED: "removed the client",
        AuditAction.CLIENT_INVITED: "made an initial access token",
    },
    "Courses and pathways": {
        AuditAction.COURSE_CREATED: "created the course",
        AuditAction.COURSE_REVISED: "changed the draft of the course",
        AuditAction.COURSE_PUBLISHED: "published the course",
        AuditAction.COURSE_RETIRED: "retired the course",
        AuditAction.PATHWAY_CREATED: "created the pathway",
        AuditAction.PATHWAY_REVISED: "changed the pathway",
        AuditAction.PATHWAY_PUBLISHED: "published the pathway",
        AuditAction.PATHWAY_RETIRED: "retired the pathway",
    },
    "Credentials": {
        AuditAction.CREDENTIAL_DEFINED: "defined the credential",
        AuditAction.CREDENTIAL_AMENDED: "changed the credential",
        AuditAction.CREDENTIAL_OFFERED: "offered the credential",
        AuditAction.CREDENTIAL_WITHDRAWN: "withdrew the credential",
        AuditAction.CREDENTIAL_AWARDED: "issued",
        AuditAction.CREDENTIAL_REVOKED: "revoked",
        AuditAction.CREDENTIAL_REISSUED: "re-issued",
        AuditAction.CREDENTIAL_SUSPENDED: "suspended",
        AuditAction.CREDENTIAL_RESUMED: "ended the suspension of",
        AuditAction.CREDENTIAL_NAME_SHOWN: "showed their name on",
        AuditAction.CREDENTIAL_NAME_HIDDEN: "hid their name on",
        AuditAction.CLAIM_MADE: "offered by mail",
        AuditAction.CLAIM_CANCELLED: "cancelled",
        AuditAction.ISSUER_KEYS_ROTATED: "rotated",
        AuditAction.ISSUER_KEY_COMPROMISED: "marked as compromised",
    },
    "Grading": {
        AuditAction.ATTEMPT_GRADED: "graded",
        AuditAction.ATTEMPT_VOIDED: "voided",
        AuditAction.ATTEMPT_REOPENED: "re-opened",
        AuditAction.ATTEMPT_EXTENDED: "gave more time to",
        AuditAction.SCORES_PROPOSED: "had scores proposed for",
    },
    "AI tutor": {
        AuditAction.AI_SETTINGS_CHANGED: "changed the AI limits of",
        AuditAction.AI_TEXTS_REMOVED: "removed the texts of AI sessions of",
        AuditAction.AI_FLAG_DECIDED: "decided about a flag in",
        AuditAction.PROMPT_CREATED: "created the prompt",
        AuditAction.PROMPT_ACTIVATED: "activated the prompt",
        AuditAction.PROMPT_TRIAL_STARTED: "put on trial the prompt",
        AuditAction.PROMPT_TRIAL_ENDED: "ended the trial of the prompt",
        AuditAction.PROMPT_RETIRED: "retired the prompt",
    },
    "Webhooks": {
        AuditAction.WEBHOOK_CREATED: "created the webhook",
        AuditAction.WEBHOOK_AMENDED: "changed the webhook",
        AuditAction.WEBHOOK_SECRET_RENEWED: "renewed the secret of the webhook",
        AuditAction.WEBHOOK_PAUSED: "paused the webhook",
        AuditAction.WEBHOOK_RESUMED: "resumed the webhook",
        AuditAction.WEBHOOK_PINGED: "sent a test message to the webhook",
        AuditAction.WEBHOOK_REPLAYED: "sent past events again to the webhook",
        AuditAction.WEBHOOK_REDELIVERED: "sent a delivery again to the webhook",
        AuditAction.WEBHOOK_REMOVED: "removed the webhook",
    },
    "Operations": {
        AuditAction.AUDIT_EXPORTED: "exported the audit log",
        AuditAction.TASK_CANCELLED: "cancelled",
        AuditAction.TASK_RETRIED: "retried",
        AuditAction.RECORD_BOUND: "recorded the hash of",
    },
}
"""The words between who acted and what they acted on, by the kind of action."""
WORDS: Final = {action: words for group in _GROUPS.values() for action, words in group.items()}
ACTIONS_OF: Final = {label: frozenset(group) for label, group in _GROUPS.items()}
"""The actions of each kind."""
ACTION_CHOICES: Final[list[tuple[str, Any]]] = [
    ("", "All actions"),
    *(
        (
            label,
            [
                (label, f"{label}: all"),
                *((str(action), status_word(action)) for action in group),
            ],
        )
        for label, group in _GROUPS.items()
    ),
]

NOUNS: Final[Mapping[SubjectType, str]] = {
    SubjectType.USER: "a person",
    SubjectType.PLATFORM: "",
    SubjectType.ORGANIZATION: "an organization",
    SubjectType.MEMBER: "somebody",
    SubjectType.INVITATION: "an invitation",
    SubjectType.CLIENT: "a client",
    SubjectType.COURSE: "a course",
    SubjectType.PATHWAY: "a pathway",
    SubjectType.LEARNERS: "learners",
    SubjectType.CREDENTIAL: "a credential",
    SubjectType.USER_CREDENTIAL: "an issued credential",
    SubjectType.CLAIM: "a claim of a credential",
    SubjectType.ISSUER_KEY: "keys of an issuer",
    SubjectType.ATTEMPT: "an attempt",
    SubjectType.TASK: "",
    SubjectType.WEBHOOK: "a webhook",
    SubjectType.AI_SESSION: "an AI session",
    SubjectType.PROMPT: "a prompt",
}
"""What a subject is called that has no name, or none that the viewer may see."""
CLIENTS: Final = {"command-line": "Command line", "back-office": "Admin site", "pages": "Website"}
"""The names of clients that are parts of the service."""
PREPOSITIONS: Final = {
    SubjectType.LEARNERS: "learners of ",
    SubjectType.ATTEMPT: "an attempt in ",
    SubjectType.AI_SESSION: "an AI session in ",
}
"""What precedes the name of a subject that is not the named thing itself."""


def words_of(act: AuditAct) -> str:
    """What was done, as the words before the subject."""
    words = WORDS[act.action]
    if act.action is AuditAction.USER_EDITED:
        return _words_of_edit(act)
    if act.subject_type is SubjectType.TASK and "kind" in act.after:
        return f"{words} the job “{kind_words(str(act.after['kind']))}”"
    return words


def _words_of_edit(act: AuditAct) -> str:
    """What happened to an account, if one thing did."""
    match dict(act.after):
        case {"is_active": False}:
            return "deactivated"
        case {"is_active": True}:
            return "activated"
        case {"roles": _} | {"is_staff": _}:
            return "changed the roles of"
        case {"renamed": True}:
            return "renamed"
    return WORDS[act.action]


def changes_in(act: AuditAct) -> Iterator[tuple[str, str, str]]:
    """The members that changed: their names, and their values before and after."""
    for name in sorted({*act.before, *act.after}):
        label = name.removeprefix("is_").replace("_", " ").capitalize()
        yield label, _value_in(act.before.get(name)), _value_in(act.after.get(name))


def _value_in(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(_value_in, value)) or "none"
        case dict():
            return "; ".join(f"{name}: {_value_in(member)}" for name, member in value.items())
    return str(value)
