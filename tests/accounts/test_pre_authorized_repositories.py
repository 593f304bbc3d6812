"""Repository contract of the pre-authorized codes of wallets."""

from tests.accounts.granting import a_wallet_code
from tests.accounts.stored_grants import found_wallet_code, stored_wallet_code
from tests.support.builders import NOON
from tests.support.worlds import World


def test_a_stored_code_is_returned_unchanged(world: World) -> None:
    stored_wallet_code(world)
    code = a_wallet_code(world.has_user())

    world.repositories.pre_authorized_codes.add(code)

    assert world.repositories.pre_authorized_codes.find_for_update(code.hash) == code
    assert world.repositories.pre_authorized_codes.find(code.hash) == code
    assert world.repositories.pre_authorized_codes.find(code.pin_hash) is None


def test_saving_changes_its_use_and_its_mistakes_and_nothing_else(world: World) -> None:
    code, other = stored_wallet_code(world), stored_wallet_code(world)

    world.repositories.pre_authorized_codes.save(code.mistaken().used(at=NOON))

    assert found_wallet_code(world, code) == code.mistaken().used(at=NOON)
    assert found_wallet_code(world, other) == other


def test_the_unused_codes_of_a_user_are_removed(world: World) -> None:
    anna = world.has_user()
    first, second, used = (a_wallet_code(anna) for _ in range(3))
    others = stored_wallet_code(world)
    for code in (first, second, used.used(at=NOON)):
        world.repositories.pre_authorized_codes.add(code)

    world.repositories.pre_authorized_codes.remove_pending(anna.id, first.credential_id)

    left = [found_wallet_code(world, code) is not None for code in (first, second, used, others)]
    assert left == [False, True, True, True]
    world.repositories.pre_authorized_codes.remove_pending(anna.id)
    assert found_wallet_code(world, second) is None
    world.repositories.pre_authorized_codes.remove_all_pending()
    assert found_wallet_code(world, others) is None
    assert found_wallet_code(world, used) is not None
