"""Values of rows, taken from entities."""

from functools import cache
from typing import Any

from django.db.models import AutoField, Model


def values_of(model: type[Model], entity: object, **given: Any) -> dict[str, Any]:
    """The value of every column but an automatic key: the attribute of the same name, unless it is *given*.

    The column of a foreign key, such as `created_by_id`, is also filled from `created_by`.
    """
    attributes = _attributes(model, type(entity))
    own = {name: getattr(entity, attribute) for name, attribute in attributes if name not in given}
    return own | given


@cache
def _attributes(model: type[Model], entity: type[object]) -> tuple[tuple[str, str], ...]:
    """The name of each column, and of the attribute with its value."""
    return tuple(
        (field.attname, field.attname if hasattr(entity, field.attname) else field.name)
        for field in model._meta.concrete_fields
        if not isinstance(field, AutoField)
    )
