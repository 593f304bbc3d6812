"""Columns that many tables have."""

from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models


def owner_column(**options: Any) -> "models.ForeignKey[Any, Any]":
    """The organization that owns a row; null if the platform does."""
    return _labelled("organization", _optional_reference("accounts.Organization", **options))


def organization_column() -> "models.ForeignKey[Any, Any]":
    """The organization that a row is about."""
    column: models.ForeignKey[Any, Any] = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    return _labelled("organization", column)


def actor_column() -> "models.ForeignKey[Any, Any]":
    """The user who did something; null if no person did."""
    return _optional_reference(settings.AUTH_USER_MODEL)


def enum_column(
    members: type[StrEnum], *, max_length: int, **options: Any
) -> "models.CharField[str, str]":
    """The value of a member of the enumeration."""
    choices = [(member.value, member.value) for member in members]
    return models.CharField(max_length=max_length, choices=choices, **options)


def _labelled(label: str, column: "models.ForeignKey[Any, Any]") -> "models.ForeignKey[Any, Any]":
    # An argument would be a part of the migrations of every table that has the column.
    column.verbose_name = label
    return column


def _optional_reference(to: str, **options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(
        to, null=True, blank=True, on_delete=models.PROTECT, related_name="+", **options
    )
