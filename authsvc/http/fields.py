"""Fields of request bodies that accept one JSON type: DRF accepts numbers as text and some words as booleans."""

from typing import Any

from rest_framework import serializers

from authsvc.kernel.text import InvalidName, name_of


class TextField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class NameField(TextField):
    """A name, on one line and without invisible tricks, normalized."""

    def __init__(self, **options: Any) -> None:
        # `name_of` removes outer blanks itself, and refuses a name of nothing else.
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        try:
            return name_of(super().to_internal_value(data))
        except InvalidName as error:
            raise serializers.ValidationError(str(error)) from error


class FlagField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
