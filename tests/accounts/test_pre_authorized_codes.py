"""Pre-authorized codes: one use, one credential, ten minutes, and a PIN that cannot be guessed."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import Impersonating, Principal, UserId
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import InvalidToken
from accounts.domain.oauth.entities.authorizations import MOST_WRONG_PINS
from accounts.domain.oauth.services.pre_authorized_codes import CollectionToken, IssuedCode
from authsvc.kernel.paging import PageRequest
from tests.support.builders import a_principal
from tests.support.worlds import World

CREDENTIAL = UUID("0b0f3a52-94ad-4b44-8d3a-1f9b3f0b1c2d")


@pytest.fixture
def anna(memory: World) -> User:
    return memory.has_user()


def issued(world: World, user: User, credential_id: UUID = CREDENTIAL) -> IssuedCode:
    return world.services.pre_authorized_codes.issue(
        credential_id, configuration_id="open-badge-badge", by=a_principal(user)
    )


def redeemed(world: World, code: IssuedCode, pin: str | None = None) -> CollectionToken | None:
    return world.services.pre_authorized_codes.redeem(code.code, code.pin if pin is None else pin)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 10**6:06}"


def caller(world: World, token: CollectionToken | None) -> Principal:
    assert token is not None
    return world.services.access.principal_of(token.tokens.access_token)


def test_a_code_and_its_pin_give_a_token_for_that_credential_alone(
    memory: World, anna: User
) -> None:
    token = redeemed(memory, issued(memory, anna))

    by = caller(memory, token)
    assert token is not None
    assert (token.credential_id, token.configuration_id) == (CREDENTIAL, "open-badge-badge")
    assert (token.tokens.expires_in_seconds, token.tokens.refresh_token) == (300, "")
    assert by.user_id == anna.id
    assert by.scopes == {f"credentials:collect:{CREDENTIAL}"}
    assert by.authentication is None, "so that it counts as no recent sign-in"


def test_the_token_ends_after_five_minutes(memory: World, anna: User) -> None:
    token = redeemed(memory, issued(memory, anna))

    memory.clock.go_on(minutes=5)

    with pytest.raises(InvalidToken):
        caller(memory, token)


def test_the_session_is_listed_as_that_of_a_wallet(memory: World, anna: User) -> None:
    redeemed(memory, issued(memory, anna))

    page = memory.services.sessions.page_of(PageRequest(), by=a_principal(anna))

    assert [own.client_name for own in page.items] == ["Wallet"]


def test_code_and_pin_are_stored_as_hashes_and_never_printed(memory: World, anna: User) -> None:
    code = issued(memory, anna)

    stored = memory.services.pre_authorized_codes.find(code.code)

    assert stored is not None
    assert code.code not in repr((stored, code))
    assert code.pin not in {stored.pin_hash, stored.hash}
    assert code.pin not in repr(code)
    assert len(code.pin) == 6


def test_equal_pins_have_different_hashes(memory: World, anna: User) -> None:
    service = memory.services.pre_authorized_codes

    assert service._pin_hash("one", "123456") != service._pin_hash("two", "123456")  # noqa: SLF001  # a PIN is random


def test_wrong_pins_are_counted_and_end_the_code(memory: World, anna: User) -> None:
    code = issued(memory, anna)

    for _ in range(MOST_WRONG_PINS - 1):
        assert redeemed(memory, code, wrong(code.pin)) is None
    assert memory.services.pre_authorized_codes.find(code.code) is not None
    assert redeemed(memory, code, wrong(code.pin)) is None

    assert memory.services.pre_authorized_codes.find(code.code) is None
    assert redeemed(memory, code) is None
    assert len(memory.trail.facts_of(SecurityEvent.WRONG_PIN)) == MOST_WRONG_PINS


@pytest.mark.parametrize("pin", ["", "0", "١٢٣٤٥٦", "1" * 1000])
def test_a_pin_of_another_form_is_a_wrong_one(memory: World, anna: User, pin: str) -> None:
    code = issued(memory, anna)

    assert redeemed(memory, code, pin) is None
    assert redeemed(memory, code) is not None


def test_one_wrong_pin_less_leaves_the_code_usable(memory: World, anna: User) -> None:
    code = issued(memory, anna)
    for _ in range(MOST_WRONG_PINS - 1):
        redeemed(memory, code, wrong(code.pin))

    assert redeemed(memory, code) is not None


def test_a_code_expires(memory: World, anna: User) -> None:
    code = issued(memory, anna)

    memory.clock.at = code.expires_at - timedelta(microseconds=1)
    assert memory.services.pre_authorized_codes.find(code.code) is not None
    memory.clock.at = code.expires_at

    assert memory.services.pre_authorized_codes.find(code.code) is None
    assert redeemed(memory, code) is None


def test_a_used_code_with_its_pin_ends_the_session_of_the_first(memory: World, anna: User) -> None:
    code = issued(memory, anna)
    token = redeemed(memory, code)
    session_id = caller(memory, token).session_id

    assert redeemed(memory, code) is None

    with pytest.raises(InvalidToken):
        caller(memory, token)
    assert session_id is not None
    session = memory.repositories.sessions.get_for_update(session_id)
    assert session.ended_because is SessionEnd.CODE_REUSED


def test_a_used_code_without_its_pin_changes_nothing(memory: World, anna: User) -> None:
    code = issued(memory, anna)
    token = redeemed(memory, code)

    for _ in range(MOST_WRONG_PINS + 1):
        assert redeemed(memory, code, wrong(code.pin)) is None

    assert caller(memory, token).user_id == anna.id


def test_reuse_is_noticed_after_the_session_is_deleted(memory: World, anna: User) -> None:
    code = issued(memory, anna)
    redeemed(memory, code)
    memory.clock.go_on(minutes=6)
    memory.services.sessions.remove_expired()

    assert redeemed(memory, code) is None


def test_a_new_offer_of_a_credential_ends_the_former_and_no_other(
    memory: World, anna: User
) -> None:
    former, other = issued(memory, anna), issued(memory, anna, uuid4())

    latest = issued(memory, anna)

    assert redeemed(memory, former) is None
    assert redeemed(memory, latest) is not None
    assert redeemed(memory, other) is not None


def test_a_deactivated_user_gets_no_token(memory: World, anna: User) -> None:
    code = issued(memory, anna)
    memory.repositories.users.save(replace(anna, is_active=False))

    assert redeemed(memory, code) is None


def test_the_end_of_all_sessions_ends_offers(memory: World, anna: User) -> None:
    code = issued(memory, anna)

    memory.services.revocation.revoke_all_of(anna.id, because=SessionEnd.PASSWORD_CHANGED)

    assert redeemed(memory, code) is None


def test_staff_who_are_signed_in_as_a_user_make_no_offer(memory: World, anna: User) -> None:
    bo = replace(a_principal(anna), impersonator=UserId(uuid4()))

    with pytest.raises(Impersonating):
        memory.services.pre_authorized_codes.issue(CREDENTIAL, configuration_id="x", by=bo)


def test_expired_codes_are_deleted_once_a_replay_is_over(memory: World, anna: User) -> None:
    issued(memory, anna)

    memory.clock.go_on(minutes=20)
    assert memory.services.pre_authorized_codes.remove_expired() == 0
    memory.clock.go_on(seconds=1)
    assert memory.services.pre_authorized_codes.remove_expired() == 1
