"""Serializers of users, sessions, grants, audit entries and keys."""

from typing import Any, Final

from django.core.validators import EmailValidator
from rest_framework import serializers

from accounts.domain.access import Role
from accounts.domain.audit.entities import AuditAction, AuditEntry, SubjectType
from accounts.domain.identity.entities.sessions import OwnSession
from accounts.domain.identity.entities.tokens import SignedIn
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.authorizations import Consent
from accounts.domain.oauth.entities.clients import OAuthClient
from authsvc.composition.container import services
from authsvc.http.fields import FlagField, NameField, TextField
from authsvc.http.paging import ChangedSinceQuerySerializer

LONGEST_EMAIL: Final = 254


class PersonListQuerySerializer(ChangedSinceQuerySerializer):
    q = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=200,
        help_text="A part of the name or of the e-mail address, without regard to case.",
    )


class EmailAddressField(serializers.EmailField):
    """E-mail address in the form in which it is stored. The services check it instead of Django's validator."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_EMAIL, **options)
        self.validators = [
            validator for validator in self.validators if not isinstance(validator, EmailValidator)
        ]

    def to_internal_value(self, data: Any) -> str:
        address = str(super().to_internal_value(data))
        addresses = services().ports.email_addresses
        if len(address) > LONGEST_EMAIL:
            return address
        if not addresses.is_valid(address):
            self.fail("invalid")
        return addresses.normalized(address)


class SortedListField(serializers.ListField):
    """A set of names as a list in alphabetical order."""

    child = serializers.CharField()

    def to_representation(self, data: Any) -> list[Any]:
        return super().to_representation(sorted(data))


POLICY_HELP = (
    "8 to 200 characters after normalization to NFKC, at least 12 for staff; `unsuitable-password` says what else is "
    "refused."
)


class RegisterRequestSerializer(serializers.Serializer[Any]):
    email = EmailAddressField()
    password = TextField(max_length=1024, trim_whitespace=False, help_text=POLICY_HELP)
    name = NameField(max_length=200, allow_blank=True, default="")


class RegisteredSerializer(serializers.Serializer[Any]):
    """A mail was sent to this address: a link that verifies it, or that it has an account already."""

    email = serializers.CharField()


class LogInRequestSerializer(serializers.Serializer[Any]):
    email = TextField(max_length=254)
    password = TextField(max_length=1024, trim_whitespace=False)


class VerifyLogInRequestSerializer(serializers.Serializer[Any]):
    """Exactly one of `code` and `assertion`."""

    challenge = TextField(max_length=200)
    code = TextField(max_length=20, default=None)
    assertion = serializers.DictField(
        default=None, help_text="A PublicKeyCredential with an assertion (WebAuthn Level 3 §5.1)."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["code"] is None) == (attrs["assertion"] is None):
            raise serializers.ValidationError("Send either a code or an assertion.")
        return attrs


class RefreshRequestSerializer(serializers.Serializer[Any]):
    refresh_token = TextField(max_length=200)


class ProfileSerializer(serializers.Serializer[Any]):
    """The profile of a user (OpenID Connect Core §5.1)."""

    given_name = TextField(max_length=200, allow_blank=True, required=False)
    middle_name = TextField(max_length=200, allow_blank=True, required=False)
    family_name = TextField(max_length=200, allow_blank=True, required=False)
    nickname = TextField(max_length=200, allow_blank=True, required=False)
    preferred_username = TextField(max_length=200, allow_blank=True, required=False)
    profile = TextField(
        max_length=2000, allow_blank=True, required=False, help_text="URL of a page about the user."
    )
    picture = TextField(max_length=2000, allow_blank=True, required=False, help_text="A URL.")
    website = TextField(max_length=2000, allow_blank=True, required=False, help_text="A URL.")
    gender = TextField(max_length=200, allow_blank=True, required=False)
    birthdate = TextField(
        max_length=10,
        allow_blank=True,
        required=False,
        help_text="`YYYY-MM-DD`, `0000-MM-DD` without the year, or `YYYY`.",
    )
    zoneinfo = TextField(
        max_length=100, allow_blank=True, required=False, help_text="Such as `Europe/Paris`."
    )
    locale = TextField(
        max_length=100,
        allow_blank=True,
        required=False,
        help_text="A language tag (BCP 47), such as `de-AT`.",
    )

    phone_number = TextField(
        max_length=50,
        allow_blank=True,
        required=False,
        help_text="With the country code; returned in the form of E.164. It is not verified.",
    )
    address = TextField(
        max_length=200, allow_blank=True, required=False, help_text="Postal address, on one line."
    )


class ChangeMeRequestSerializer(ProfileSerializer):
    """Omitted members stay unchanged, and empty ones are cleared."""

    name = NameField(max_length=200, allow_blank=True, default=None)


class ChangePasswordRequestSerializer(serializers.Serializer[Any]):
    current_password = TextField(max_length=1024, trim_whitespace=False)
    new_password = TextField(max_length=1024, trim_whitespace=False, help_text=POLICY_HELP)


class VerifyEmailRequestSerializer(serializers.Serializer[Any]):
    token = TextField(max_length=200)


class CreateUserRequestSerializer(RegisterRequestSerializer):
    password = TextField(
        max_length=1024,
        trim_whitespace=False,
        default=None,
        help_text="Only for callers who may appoint staff. Without it, the user is mailed a link to choose one.",
    )
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=[role.value for role in Role]), default=list
    )


class ChangeUserRequestSerializer(serializers.Serializer[Any]):
    """Omitted members stay unchanged."""

    name = NameField(max_length=200, allow_blank=True, default=None)
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


class MeSerializer(UserSerializer, ProfileSerializer):
    """The current user. Members of the profile that are not filled in are left out."""

    def to_representation(self, instance: User) -> dict[str, Any]:
        profile = instance.profile.members
        return UserSerializer(instance).data | profile


class SignedInSerializer(serializers.Serializer[SignedIn]):
    access_token = serializers.CharField()
    token_type = serializers.CharField(default="Bearer")
    expires_in = serializers.IntegerField(source="expires_in_seconds")
    refresh_token = serializers.CharField()
    user = UserSerializer()


class SessionClientSerializer(serializers.Serializer[OwnSession]):
    client_id = serializers.CharField(source="session.client_id")
    name = serializers.CharField(
        source="client_name", allow_null=True, help_text="`null` for this service itself."
    )


class OwnSessionSerializer(serializers.Serializer[OwnSession]):
    id = serializers.UUIDField(source="session.id")
    auth_time = serializers.DateTimeField(
        source="session.authentication.at", allow_null=True, default=None
    )
    acr = serializers.CharField(
        source="session.authentication.context",
        allow_null=True,
        default=None,
        help_text="`mfa` if the user signed in with a second factor, otherwise `pwd`.",
    )
    amr = serializers.ListField(
        source="session.authentication.methods", child=serializers.CharField(), default=list
    )
    client = SessionClientSerializer(source="*")
    scopes = SortedListField(source="session.scopes")
    started_at = serializers.DateTimeField(source="session.started_at")
    expires_at = serializers.DateTimeField(source="session.expires_at")
    is_current = serializers.BooleanField(help_text="Whether this is the session of the token.")


class GrantSerializer(serializers.Serializer[Any]):
    """A consent and the client it was given to."""

    id = serializers.UUIDField(source="client.id")
    client_id = serializers.CharField(source="client.client_id")
    name = serializers.CharField(source="client.terms.name")
    scopes = SortedListField(source="consent.scopes")
    given_at = serializers.DateTimeField(source="consent.given_at")

    def to_representation(self, instance: tuple[Consent, OAuthClient]) -> Any:
        consent, client = instance
        return super().to_representation({"consent": consent, "client": client})


class AuditEntrySerializer(serializers.Serializer[AuditEntry]):
    id = serializers.UUIDField()
    sequence = serializers.IntegerField(help_text="Counts 1, 2, 3 … within the organization.")
    action = serializers.ChoiceField(
        source="act.action", choices=[action.value for action in AuditAction]
    )
    subject_type = serializers.ChoiceField(
        source="act.subject_type", choices=[type_.value for type_ in SubjectType]
    )
    subject_id = serializers.CharField(source="act.subject_id")
    before = serializers.DictField(source="act.before")
    after = serializers.DictField(source="act.after")
    reason = serializers.CharField(source="act.reason")
    actor_id = serializers.UUIDField(allow_null=True, help_text="`null` if no person did this.")
    client_id = serializers.CharField()
    request_id = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    previous_hash = serializers.CharField()
    hash = serializers.CharField()


class KeySetSerializer(serializers.Serializer[Any]):
    keys = serializers.ListField(child=serializers.DictField())
