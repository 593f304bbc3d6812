"""What verification reads of credentials: credential contract for all stores."""

from authsvc.kernel.tenancy import ALL_TENANTS
from tests.credentials.storing import a_stored_credential, a_stored_issue
from tests.support.worlds import World


def test_definitions_are_read_by_id(world: World) -> None:
    definitions = sorted(
        (a_stored_credential(world) for _ in range(3)), key=lambda credential: credential.id
    )

    rows = list(world.repositories.credentials.by_id(scope=ALL_TENANTS))

    assert [row.item for row in rows] == definitions
    assert [row.key for row in rows] == [credential.id for credential in definitions]
    assert world.repositories.credentials.count() == 3


def test_issued_credentials_are_read_stream_by_stream(world: World) -> None:
    issued = sorted(
        (a_stored_issue(world) for _ in range(3)),
        key=lambda credential: (credential.stream, credential.id),
    )

    rows = list(world.repositories.issued_credentials.in_streams(scope=ALL_TENANTS))

    assert [row.item for row in rows] == issued
    assert [row.key for row in rows] == [credential.stream for credential in issued]
    assert world.repositories.issued_credentials.count() == 3
