"""Audit entries about clients and organizations, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import models as rows
from accounts.admin.person_activity import MOST_LISTED, ActivityEntry, sentences_of
from accounts.domain.audit.entities import AuditAction
from authsvc.admin_site.people import names_of, person_link

# The words between who acted and what they acted on, for actions that have none in the log of a person.
_WORDS: Final[Mapping[str, str]] = {
    AuditAction.CLIENT_REGISTERED: "registered the client",
    AuditAction.CLIENT_AMENDED: "changed the settings of the client",
    AuditAction.CLIENT_SECRET_RENEWED: "rotated the secret of the client",
    AuditAction.CLIENT_REMOVED: "removed the client",
    AuditAction.CLIENT_INVITED: "made an initial access token",
    AuditAction.ORGANIZATION_CREATED: "created the organization",
    AuditAction.ORGANIZATION_EDITED: "edited the organization",
    AuditAction.ORGANIZATION_SUSPENDED: "suspended the organization",
    AuditAction.ORGANIZATION_REOPENED: "reopened the organization",
    AuditAction.ORGANIZATION_DELETED: "deleted the organization",
    AuditAction.INVITATION_SENT: "sent the invitation",
    AuditAction.INVITATION_TAKEN_BACK: "cancelled the invitation",
    AuditAction.INVITATION_ACCEPTED: "accepted an invitation:",
    AuditAction.MEMBER_LEFT: "left the organization:",
}


def activity_of(
    entries: "QuerySet[rows.AuditEntry]", names: Mapping[str, str], *, most: int = MOST_LISTED
) -> list[ActivityEntry]:
    """The newest entries in words; *names* are those of subjects that are no people, by their ids."""
    newest = list(entries.order_by("-position")[:most])
    return list(_named(newest, names))


def actor_of(request: HttpRequest, entry: rows.AuditEntry | None) -> str:
    """Who acted: a person with a link to their page, or a client; empty without an entry."""
    if entry is None:
        return ""
    name = names_of([entry.actor_id]).get(entry.actor_id) if entry.actor_id else None
    if entry.actor_id is None or name is None:
        return entry.client_id
    return person_link(request, entry.actor_id, name)


def _named(entries: Iterable[rows.AuditEntry], names: Mapping[str, str]) -> Iterable[ActivityEntry]:
    listed = list(entries)
    for entry, sentence in zip(listed, sentences_of(listed), strict=True):
        words = _WORDS.get(entry.action, sentence.words)
        subject = names.get(entry.subject_id, sentence.subject)
        yield replace(sentence, words=words, subject=subject)
