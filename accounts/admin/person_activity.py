"""Audit entries about a person, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from accounts import models as rows
from accounts.domain.audit.entities import SIGNED_IN_AS, AuditAction, SubjectType
from authsvc.admin_site.people import names_of
from authsvc.kernel.ids import parse_uuid

MOST_LISTED: Final = 50
_OF_PEOPLE: Final = frozenset({SubjectType.USER, SubjectType.MEMBER})
# The words between who acted and the person that they acted on; those of other actions follow from their names.
_WORDS: Final[Mapping[str, str]] = {
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
    AuditAction.MEMBER_ADDED: "added to an organization:",
    AuditAction.MEMBER_ROLE_CHANGED: "changed the role in an organization of",
    AuditAction.MEMBER_REMOVED: "removed from an organization:",
    AuditAction.LOOKED_INTO: "accessed data of",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityEntry:
    """A sentence about an audit entry: who did what to whom, when and why; and as whom, if staff acted as a user."""

    at: datetime
    actor: str
    actor_url: str
    words: str
    subject: str
    subject_url: str
    reason: str
    signed_in_as: str


def done_by(user_id: UUID) -> "QuerySet[rows.AuditEntry]":
    return rows.AuditEntry.objects.filter(actor_id=user_id).order_by("-position")


def done_to(user_id: UUID) -> "QuerySet[rows.AuditEntry]":
    about = rows.AuditEntry.objects.filter(subject_id=str(user_id), subject_type__in=_OF_PEOPLE)
    return about.order_by("-position")


def sentences_of(entries: Iterable[rows.AuditEntry]) -> list[ActivityEntry]:
    """The entries in words; the names of all people in them are read at once."""
    listed = list(entries)
    ids = {entry.actor_id for entry in listed if entry.actor_id}
    ids |= {
        id_ for entry in listed if _is_of_person(entry) and (id_ := parse_uuid(entry.subject_id))
    }
    ids |= {user_id for entry in listed if (user_id := _impersonated_in(entry))}
    names = names_of(ids)
    return [_sentence(entry, names) for entry in listed]


def _is_of_person(entry: rows.AuditEntry) -> bool:
    return entry.subject_type in _OF_PEOPLE


def _impersonated_in(entry: rows.AuditEntry) -> UUID | None:
    """The user that the actor was signed in as, unless the sentence is about them anyway."""
    user_id = entry.after.get(SIGNED_IN_AS, "")
    return None if user_id == entry.subject_id else parse_uuid(user_id)


def _sentence(entry: rows.AuditEntry, names: Mapping[UUID, str]) -> ActivityEntry:
    person = parse_uuid(entry.subject_id) if _is_of_person(entry) else None
    actor = entry.actor_id if entry.actor_id in names else None
    user_id = _impersonated_in(entry)
    subject = "" if entry.subject_type == SubjectType.PLATFORM else entry.subject_id
    return ActivityEntry(
        at=entry.occurred_at,
        actor=names[actor] if actor else entry.client_id,
        actor_url=_url_of(actor),
        words=_WORDS.get(entry.action, f"{entry.action.replace('-', ' ')}:"),
        subject=names.get(person, subject) if person else subject,
        subject_url=_url_of(person if person in names else None),
        reason=entry.reason,
        signed_in_as=names.get(user_id, str(user_id)) if user_id else "",
    )


def _url_of(user_id: UUID | None) -> str:
    return reverse("admin:accounts_user_change", args=[user_id]) if user_id else ""
