"""Names of the things that audit entries are about, which the admin modules of all apps contribute."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import CharField, F, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse

from accounts.public import SubjectType
from authsvc.kernel.ids import parse_uuid

Subject = tuple[str, str]
"""A type of subject, and an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectKind:
    """Where the subjects of some types have their names: rows with a UUID, and the column of their name.

    `person` is the column of the id of the user that a thing is of, such as the learner of an attempt. Only staff with
    the `permission` see names; they lead to the page of that URL name.
    """

    types: tuple[SubjectType, ...]
    rows: "QuerySet[Any]"
    name: str
    permission: str
    url_name: str
    person: str = ""

    def named(self, ids: Collection[UUID]) -> "QuerySet[Any, Any]":
        """The type, id, name and person of each thing."""
        nobody = Cast(Value(None), UUIDField())
        named: QuerySet[Any, Any] = (
            self.rows.filter(pk__in=ids)
            .order_by()
            .annotate(
                named_type=Value(self.types[0].value, CharField()),
                named_as=Cast(F(self.name), TextField()),
                named_person=F(self.person) if self.person else nobody,
            )
            .values_list("named_type", "pk", "named_as", "named_person")
        )
        return named


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The name of a subject, the URL of its page, and the person that it is of, if it is somebody's."""

    name: str
    url: str
    person: UUID | None = None


_KINDS: Final[list[SubjectKind]] = []


def register_subject_kind(kind: SubjectKind) -> None:
    _KINDS.append(kind)


def subjects_named(request: HttpRequest, subjects: Iterable[Subject]) -> Mapping[Subject, Named]:
    """The names of those subjects that the caller may see, in one statement."""
    wanted = {(type_, row_id) for type_, id_ in subjects if (row_id := parse_uuid(id_))}
    parts, kinds = [], dict[str, SubjectKind]()
    for kind in _KINDS:
        ids = {row_id for type_, row_id in wanted if type_ in kind.types}
        if ids and request.user.has_perm(kind.permission):
            parts.append(kind.named(ids))
            kinds[kind.types[0].value] = kind
    if not parts:
        return {}
    names = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
    return {
        (type_, str(row_id)): Named(
            name=name or "", url=reverse(kinds[first].url_name, args=[row_id]), person=person
        )
        for first, row_id, name, person in names
        for type_ in kinds[first].types
    }
