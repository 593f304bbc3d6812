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
    attributes = _attributes(model, entity.__class__)
    own = {name: getattr(entity, attribute) for name, attribute in attributes if name not in given}
    return own | given


@cache
def _attributes(model: type[Model], entity: type[Any]) -> tuple[tuple[str, str], ...]:
    """The name of each column, and of the attribute with its value."""
    return tuple(
        (field.attname, field.attname if hasattr(entity, field.attname) else field.name)
        for field in model._meta.concrete_fields
        if not isinstance(field, AutoField)
    )
