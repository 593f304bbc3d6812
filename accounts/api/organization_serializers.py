"""Serializers of organizations, members, invitations and service clients."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import EmailAddressField, SortedListField
from accounts.domain.access import OrganizationStatus, OrgRole
from accounts.domain.oauth.entities.clients import SERVICE_SCOPES, OAuthClient, RegisteredClient
from accounts.domain.organizations.entities import (
    LONGEST_DESCRIPTION,
    Invitation,
    Member,
    OrgMembership,
    OwnOrganization,
    Plan,
)
from accounts.domain.organizations.services.member_lists import ListOutcome, ListResult
from authsvc.http.fields import NameField, TextField
from authsvc.kernel.urls import LONGEST_URL

ORG_ROLES = [role.value for role in OrgRole]
PLANS = [plan.value for plan in Plan]


class CreateOrganizationRequestSerializer(serializers.Serializer[Any]):
    name = NameField(max_length=200)
    slug = TextField(max_length=40, help_text="The slugs of its courses begin with it.")


class ChangeOrganizationRequestSerializer(serializers.Serializer[Any]):
    """Omitted members stay unchanged. Only platform admins can change the plan.

    `url`, `description` and `image_url` are published in the profile of the organization as an issuer of credentials;
    an empty text removes them.
    """

    name = NameField(max_length=200, default=None)
    plan = serializers.ChoiceField(choices=PLANS, default=None)
    url = TextField(max_length=LONGEST_URL, allow_blank=True, default=None)
    description = NameField(max_length=LONGEST_DESCRIPTION, allow_blank=True, default=None)
    image_url = TextField(max_length=LONGEST_URL, allow_blank=True, default=None)


class SuspendRequestSerializer(serializers.Serializer[Any]):
    reason = TextField(max_length=1000)


class OrganizationSerializer(serializers.Serializer[OwnOrganization]):
    """An organization, and the caller's role in it."""

    id = serializers.UUIDField(source="organization.id")
    name = serializers.CharField(source="organization.name")
    slug = serializers.CharField(source="organization.slug")
    plan = serializers.ChoiceField(source="organization.plan", choices=PLANS)
    status = serializers.ChoiceField(
        source="organization.status", choices=[status.value for status in OrganizationStatus]
    )
    url = serializers.CharField(source="organization.url")
    description = serializers.CharField(source="organization.description")
    image_url = serializers.CharField(source="organization.image_url")
    role = serializers.ChoiceField(choices=ORG_ROLES, allow_null=True)


class AddMemberRequestSerializer(serializers.Serializer[Any]):
    user_id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=ORG_ROLES, default=OrgRole.LEARNER.value)


class ChangeMemberRequestSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=ORG_ROLES)


class MembershipSerializer(serializers.Serializer[OrgMembership]):
    user_id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=ORG_ROLES)
    joined_at = serializers.DateTimeField()


class MemberSerializer(serializers.Serializer[Member]):
    user_id = serializers.UUIDField(source="membership.user_id")
    email = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(source="membership.role", choices=ORG_ROLES)
    joined_at = serializers.DateTimeField(source="membership.joined_at")


class ListResultSerializer(serializers.Serializer[ListResult]):
    row = serializers.IntegerField(source="row.number")
    email = serializers.CharField(source="row.email")
    role = serializers.ChoiceField(source="row.role", choices=ORG_ROLES)
    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in ListOutcome])


class ListResultsSerializer(serializers.Serializer[Any]):
    items = ListResultSerializer(many=True)


class InviteRequestSerializer(serializers.Serializer[Any]):
    email = EmailAddressField()
    role = serializers.ChoiceField(choices=ORG_ROLES, default=OrgRole.LEARNER.value)


class AcceptRequestSerializer(serializers.Serializer[Any]):
    token = TextField(max_length=200, help_text="The token in the link that was mailed.")


class InvitationSerializer(serializers.Serializer[Invitation]):
    id = serializers.UUIDField()
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=ORG_ROLES)
    invited_by = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class RegisterServiceClientRequestSerializer(serializers.Serializer[Any]):
    name = NameField(max_length=200)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(SERVICE_SCOPES)), allow_empty=False
    )
    expires_at = serializers.DateTimeField(help_text="At most a year from now.")


class ServiceClientSerializer(serializers.Serializer[OAuthClient]):
    id = serializers.UUIDField()
    client_id = serializers.CharField()
    name = serializers.CharField(source="terms.name")
    scopes = SortedListField(source="terms.allowed_scopes")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(
        allow_null=True, help_text="When a token was last issued to it, to the minute."
    )
    former_secret_expires_at = serializers.DateTimeField(
        source="former_secret.expires_at",
        allow_null=True,
        default=None,
        help_text="Until when the secret before the current one is valid, too.",
    )


class RenewSecretRequestSerializer(serializers.Serializer[Any]):
    former_secret_expires_at = serializers.DateTimeField(
        default=None,
        help_text="Until when the current secret stays valid, at most 90 days from now; otherwise it ends at once.",
    )


class NewServiceClientSerializer(serializers.Serializer[RegisteredClient]):
    """A client and its secret, which is shown only once."""

    client = ServiceClientSerializer()
    client_secret = serializers.CharField(source="secret")
