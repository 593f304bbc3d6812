"""Accounts as JSON."""

from typing import Any

from rest_framework import serializers

from accounts.domain.entities import Role, SignedIn, User
from authsvc.api.fields import FlagField, TextField


class AddressField(serializers.EmailField):
    """Checked and measured in lower case, as it is kept: a few capitals are one character and become two."""

    def to_internal_value(self, data: Any) -> str:
        return str(super().to_internal_value(data)).lower()


class RegisterRequestSerializer(serializers.Serializer[Any]):
    email = AddressField(max_length=254)
    password = TextField(max_length=1024, trim_whitespace=False)
    name = TextField(max_length=200, allow_blank=True, default="")


class LogInRequestSerializer(serializers.Serializer[Any]):
    email = TextField(max_length=254)
    password = TextField(max_length=1024, trim_whitespace=False)


class RefreshRequestSerializer(serializers.Serializer[Any]):
    refresh_token = TextField(max_length=200)


class ChangeMeRequestSerializer(serializers.Serializer[Any]):
    name = TextField(max_length=200, allow_blank=True)


class ChangePasswordRequestSerializer(serializers.Serializer[Any]):
    current_password = TextField(max_length=1024, trim_whitespace=False)
    new_password = TextField(max_length=1024, trim_whitespace=False)


class CreateUserRequestSerializer(RegisterRequestSerializer):
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=[role.value for role in Role]), default=list
    )


class ChangeUserRequestSerializer(serializers.Serializer[Any]):
    """What is left out stays as it is."""

    name = TextField(max_length=200, allow_blank=True, default=None)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=[role.value for role in Role]), default=None
    )
    is_active = FlagField(default=None)


class UserSerializer(serializers.Serializer[User]):
    id = serializers.UUIDField()
    email = serializers.CharField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()


class SignedInSerializer(serializers.Serializer[SignedIn]):
    access_token = serializers.CharField()
    token_type = serializers.CharField(default="Bearer")
    expires_in = serializers.IntegerField(source="expires_in_seconds")
    refresh_token = serializers.CharField()
    user = UserSerializer()


class KeySetSerializer(serializers.Serializer[Any]):
    keys = serializers.ListField(child=serializers.DictField())
