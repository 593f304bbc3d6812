"""Normalization of stored addresses, as the migration and the command do it."""

import pytest
from allauth.account.models import EmailAddress

from accounts.domain.access import UserId
from accounts.models import Invitation as InvitationRow
from accounts.models import User as UserRow
from tests.accounts.inviting import pending
from tests.support.application import PASSWORD, Application
from tests.support.commands import error_of, output_of
from tests.support.staff import a_user_of
from tests.support.tenants import has_invitation, has_organization
from tests.support.worlds import orm_world

pytestmark = pytest.mark.database

OLD, NEW = "a\u030ase@skolan-\u00e5.example", "\u00e5se@xn--skolan--kxa.example"


def stored_as(application: Application, email: str) -> UserRow:
    """The row of a user from before addresses were normalized, with a verified address."""
    user = a_user_of(application)
    application.services.emails.verify(user.id, email=user.email)
    UserRow.objects.filter(pk=user.id).update(email=email)
    EmailAddress.objects.filter(user_id=user.id).update(email=email)
    return UserRow.objects.get(pk=user.id)


def test_stored_addresses_are_normalized_and_stay_verified(application: Application) -> None:
    asa = stored_as(application, OLD)

    assert output_of("normalize_addresses") == "1 normalized\n"

    asa.refresh_from_db()
    assert asa.email == NEW
    assert application.services.emails.verified(UserId(asa.pk)) == NEW
    assert (
        application.stranger.post("/v1/auth/login", {"email": OLD, "password": PASSWORD}).status
        == 200
    )
    assert output_of("normalize_addresses") == "0 normalized\n"


def test_accounts_of_one_mailbox_are_reported_and_stay_apart(application: Application) -> None:
    first, second = stored_as(application, OLD), stored_as(application, NEW)

    error, output = error_of("normalize_addresses")

    assert f"user {first.pk}: {OLD} is the mailbox of user {second.pk}, {NEW}, too" in output
    assert "1 to resolve" in error
    assert {row.email for row in UserRow.objects.all()} == {OLD, NEW}


def test_an_address_that_is_no_longer_valid_is_reported(application: Application) -> None:
    anna = stored_as(application, "\u0430nna@school.example")

    error, output = error_of("normalize_addresses")

    assert f"user {anna.pk}: {anna.email} is no longer a valid address" in output
    assert "1 to resolve" in error


def test_invitations_are_normalized_too(application: Application) -> None:
    world = orm_world()
    school = has_organization(world)
    has_invitation(world, school)
    InvitationRow.objects.update(email=OLD)

    assert output_of("normalize_addresses") == "1 normalized\n"

    assert [invitation.email for invitation in pending(world, school)] == [NEW]
