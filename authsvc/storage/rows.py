"""Rows: their values, taken from entities, and those that must exist."""

from functools import cache
from typing import Any, TypeVar

from django.db.models import AutoField, Model, QuerySet

from authsvc.kernel.errors import NotFound

Row = TypeVar("Row", bound=Model)


def first_of(rows: QuerySet[Row], *, missing: type[NotFound]) -> Row:
    """The first of the rows. Raises *missing* if there is none."""
    row = rows.first()
    if row is None:
        raise missing
    return row


def values_of(model: type[Model], entity: Any, **given: Any) -> dict[str, Any]:
    """The value of every column but an automatic key: the attribute of the same name, unless it is *given*.

    The column of a foreign key, such as `created_by_id`, is also filled from `created_by`.
    """
    attributes = _attributes(model, entity.__class__, *given)
    return {name: getattr(entity, attribute) for name, attribute in attributes} | given


@cache
def _attributes(model: type[Model], entity: type[Any], *given: str) -> tuple[tuple[str, str], ...]:
    """The name of each column that is not given, and of the attribute with its value."""
    return tuple(
        (field.attname, field.attname if hasattr(entity, field.attname) else field.name)
        for field in model._meta.concrete_fields
        if field.attname not in given and not isinstance(field, AutoField)
    )
