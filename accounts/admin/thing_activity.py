"""Audit entries about clients and organizations: the newest of them, and who acted."""

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import models as rows
from accounts.admin.audit_words import CLIENTS
from accounts.admin.person_activity import MOST_LISTED, ActivityEntry, activity_of
from authsvc.admin_site.people import names_of, person_link


def newest_of(
    request: HttpRequest, entries: "QuerySet[rows.AuditEntry]", *, most: int = MOST_LISTED
) -> list[ActivityEntry]:
    """The newest entries in words."""
    return activity_of(request, entries.order_by("-position")[:most])


def actor_of(request: HttpRequest, entry: rows.AuditEntry | None) -> str:
    """Who acted: a person with a link to their page, or a client; empty without an entry."""
    if entry is None:
        return ""
    name = names_of([entry.actor_id]).get(entry.actor_id) if entry.actor_id else None
    if entry.actor_id is None or name is None:
        return CLIENTS.get(entry.client_id, entry.client_id)
    return person_link(request, entry.actor_id, name)
