"""Audit entries in words: who did what to whom, by name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts import models as rows
from accounts.admin.audit_words import CLIENTS, NOUNS, PREPOSITIONS, words_of
from accounts.domain.audit.entities import SIGNED_IN_AS, AuditEntry, SubjectType
from authsvc.admin_site.people import names_of
from authsvc.admin_site.subjects import Named, Subject, subjects_named
from authsvc.kernel.ids import parse_uuid

MOST_LISTED: Final = 50
_OF_PEOPLE: Final = frozenset({SubjectType.USER, SubjectType.MEMBER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name, and the URL of a page, if there is one that the viewer may see."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityEntry:
    """A sentence about an audit entry: who did what to whom, when and why.

    `owner` is the person whose thing the subject is, such as an issued credential; `signed_in_as` the one as whom staff
    acted, unless the sentence is about them anyway.
    """

    at: datetime
    actor: Name
    words: str
    subject: Name | None
    owner: Name | None
    organization: Name | None
    reason: str
    signed_in_as: Name | None
    entry: AuditEntry


def done_by(user_id: UUID) -> "QuerySet[rows.AuditEntry]":
    return rows.AuditEntry.objects.filter(actor_id=user_id).order_by("-position")


def done_to(user_id: UUID) -> "QuerySet[rows.AuditEntry]":
    about = rows.AuditEntry.objects.filter(subject_id=str(user_id), subject_type__in=_OF_PEOPLE)
    return about.order_by("-position")


def activity_of(request: HttpRequest, listed: Iterable[rows.AuditEntry]) -> list[ActivityEntry]:
    """The rows in words."""
    return sentences_of(request, [row.as_entry() for row in listed])


def sentences_of(request: HttpRequest, entries: Sequence[AuditEntry]) -> list[ActivityEntry]:
    """The entries in words, as far as the caller may see names; all names are read in three statements."""
    return _Names(request, entries).sentences


class _Names:
    """The names of everything in some entries."""

    def __init__(self, request: HttpRequest, entries: Sequence[AuditEntry]) -> None:
        self._may_see_people = request.user.has_perm("accounts.view_user")
        subjects = {(str(entry.act.subject_type), entry.act.subject_id) for entry in entries}
        subjects |= {(SubjectType.ORGANIZATION.value, str(entry.act.org_id)) for entry in entries}
        self._things = subjects_named(request, subjects)
        people: set[UUID | None] = {entry.actor_id for entry in entries}
        people |= {_person_in(entry) for entry in entries}
        people |= {_impersonated_in(entry) for entry in entries}
        people |= {thing.person for thing in self._things.values()}
        self._people = names_of(people)
        self._clients = _client_names(entries)
        self.sentences = [self._sentence(entry) for entry in entries]

    def _sentence(self, entry: AuditEntry) -> ActivityEntry:
        thing, user_id = self._things.get(_subject_in(entry)), _impersonated_in(entry)
        return ActivityEntry(
            at=entry.occurred_at,
            actor=self._actor(entry),
            signed_in_as=self._person(user_id) if user_id else None,
            words=words_of(entry.act),
            subject=self._subject(entry, thing),
            owner=self._person(thing.person) if thing is not None and thing.person else None,
            organization=self._organization(entry),
            reason=entry.act.reason,
            entry=entry,
        )

    def _actor(self, entry: AuditEntry) -> Name:
        if entry.actor_id is not None and entry.actor_id in self._people:
            return self._person(entry.actor_id)
        name = self._clients.get(entry.client_id, entry.client_id)
        return Name(text=CLIENTS.get(entry.client_id, name))

    def _subject(self, entry: AuditEntry, thing: Named | None) -> Name | None:
        act, person = entry.act, _person_in(entry)
        if person is not None and person in self._people:
            return self._person(person)
        if thing is not None and thing.name:
            preposition = PREPOSITIONS.get(act.subject_type, "")
            return Name(text=f"{preposition}{thing.name}", url=thing.url)
        noun = NOUNS[act.subject_type]
        return Name(text=noun) if noun else None

    def _person(self, user_id: UUID) -> Name:
        is_shown = self._may_see_people
        url = reverse("admin:accounts_user_change", args=[user_id]) if is_shown else ""
        return Name(text=self._people.get(user_id, ""), url=url)

    def _organization(self, entry: AuditEntry) -> Name | None:
        named = self._things.get((SubjectType.ORGANIZATION.value, str(entry.act.org_id)))
        return None if named is None else Name(text=named.name, url=named.url)


def _subject_in(entry: AuditEntry) -> Subject:
    return entry.act.subject_type.value, entry.act.subject_id.lower()


def _person_in(entry: AuditEntry) -> UUID | None:
    """The id of the person that the entry is about, if it is about one."""
    return parse_uuid(entry.act.subject_id) if entry.act.subject_type in _OF_PEOPLE else None


def _client_names(entries: Sequence[AuditEntry]) -> Mapping[str, str]:
    """The names of the clients that acted for themselves, by client id."""
    ids = {entry.client_id for entry in entries if entry.actor_id is None} - CLIENTS.keys()
    clients = rows.OAuthClient.objects.filter(client_id__in=ids) if ids else ()
    return {client.client_id: client.name for client in clients}


def _impersonated_in(entry: AuditEntry) -> UUID | None:
    """The user that the actor was signed in as, unless the entry is about them anyway."""
    user_id = str(entry.act.after.get(SIGNED_IN_AS, ""))
    return None if user_id == entry.act.subject_id else parse_uuid(user_id)
