"""Tenant scope: every repository method for data of organizations takes one."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from inspect import Parameter, signature
from typing import Any, Final, get_args, get_type_hints

import pytest

from authsvc.jobs.repositories.protocols import JobRepository
from authsvc.kernel.tenancy import TenantScope
from tests.architecture.test_promises import PROMISES, methods_of
from tests.support.sources import SHIPPED, sources

EXCEPTIONS: Final[Mapping[str, str]] = {
    "OrganizationRepository.add": "before it is there, it is in nobody's view",
    "OrganizationRepository.even_deleted": "it names who issued a credential, to anybody who has it",
    "OrganizationRepository.for_user": "where somebody belongs is what views are made of",
    "InvitationRepository.find": "the token is what opens it",
    "InvitationRepository.remove_expired": "what nobody has answered goes, wherever it was sent",
    "ClientRepository.find": "a client that shows its secret is in no view yet",
    "ClientRepository.names_of": "for the person who is signed in with those clients",
    "ConsentRepository.find": "a user's consents are their own",
    "ConsentRepository.save": "a user's consents are their own",
    "ConsentRepository.page_for_user": "a user's consents are their own",
    "ConsentRepository.remove": "a user's consents are their own",
    "CredentialRepository.earned_by": "it is asked for learners who do not ask, and judged by their view",
    "CredentialRepository.shown_version": "what was issued on it is its holder's to show to strangers",
    "SignedCredentialRepository.find": "a credential is its holder's to show to strangers",
    "SignedCredentialRepository.shown": "a credential is its holder's to show to strangers",
    "SignedCredentialRepository.slice_of_user": "a credential is its holder's to collect",
    "SignedCredentialRepository.documents_of": "a credential is its holder's to hand out",
    "ClaimRepository.find": "the token is what opens it",
    "ClaimRepository.for_address": "it was mailed to the owner of the address, whoever made it",
    "ClaimRepository.remove_expired": "what nobody has redeemed goes, whoever made it",
    "StatusListRepository.taken": "it tells places of a list that strangers read, and no content",
    "StatusListRepository.shown": "strangers read in it whether a credential is revoked",
    "StatusListRepository.indexes_set": "strangers read in it whether a credential is revoked",
    "StatusListRepository.revoked_in": "strangers read in it whether a credential is revoked",
    "IssuedCredentialRepository.shown": "a credential is its holder's to show to strangers",
    "IssuedCredentialRepository.latest_of": "who holds a copy holds it wherever it is from",
    "IssuedCredentialRepository.page_for_user": "a credential is its holder's to look at",
    **{
        f"JobRepository.{method}": "workers run jobs for all tenants; the tasks of callers are found by owner"
        for method in methods_of(JobRepository)
    },
    "ClientRepository.allowed_origins": "pages of all tenants are asked about, before anyone is signed in",
    **{
        f"OutgoingEventRepository.{method}": "a position counts the events of all tenants, and tells no content"
        for method in ("last_position", "settled_position", "is_reached")
    },
    **{
        f"{name}.{method}": "an anchor covers the rows of all tenants, and reads no content"
        for name, methods in {
            "AIInteractionRepository": ("count", "hashes", "settled_position"),
            "AISessionRepository": ("count",),
            "AttemptRepository": ("count", "count_grades"),
            "AuditLogRepository": ("count", "hashes", "last_position", "settled_position"),
            "CourseVersionRepository": ("count",),
            "CredentialRepository": ("count",),
            "EventRepository": ("count", "hashes", "settled_position"),
            "IssuedCredentialRepository": ("count",),
        }.items()
        for method in methods
    },
}
"""Methods for things of organizations that take no scope, each with the reason."""
OF_SESSIONS: Final = ("SessionRepository", "RefreshTokenRepository")
"""Sessions belong to a user or client, and every scope is derived from them."""


def _owned() -> Iterator[str]:
    """Every repository method whose signature mentions a thing with an organization."""
    for name, (_, promise) in PROMISES.items():
        if name in OF_SESSIONS:
            continue
        methods = methods_of(promise)
        if any(_is_owned(hint) for method in methods.values() for hint in _hints(method)):
            yield from (f"{name}.{method}" for method in methods)


def _hints(method: Any) -> Iterator[Any]:
    """The types in the signature of a method, and their type arguments."""
    waiting = list(get_type_hints(method).values())
    while waiting:
        hint = waiting.pop()
        yield hint
        waiting.extend(get_args(hint))


def _is_owned(hint: Any) -> bool:
    """Whether this type, or that of one of its fields, has an organization id."""
    if getattr(hint, "__name__", "") == "OrganizationId":
        return True
    if not is_dataclass(hint):
        return False
    return any(
        field.name == "org_id" or _is_owned(field.type)
        for field in fields(hint)
        if not isinstance(field.type, str)
    )


OWNED: Final = sorted(_owned())


@pytest.mark.parametrize("name", OWNED)
def test_what_an_organization_owns_is_read_and_written_in_a_tenant_scope(name: str) -> None:
    repository, _, method = name.partition(".")
    _, promise = PROMISES[repository]
    promised = methods_of(promise)[method]

    scope = signature(promised).parameters.get("scope")

    if name in EXCEPTIONS:
        assert scope is None
    else:
        assert scope is not None
        assert scope.kind is Parameter.KEYWORD_ONLY
        assert scope.default is Parameter.empty
        assert get_type_hints(promised)["scope"] is TenantScope


def test_there_are_things_that_organizations_own_and_no_exception_is_left_over() -> None:
    assert len(OWNED) > 50
    assert set(EXCEPTIONS) <= set(OWNED)


def test_only_a_principal_who_may_manage_them_all_sees_all_organizations() -> None:
    naming = {
        source.name
        for source in sources(*SHIPPED)
        if not {"ALL_TENANTS", "_AllTenants"}.isdisjoint(source.names())
    }

    # Lists and numbers of the admin site are about all organizations for staff who may view them.
    of_staff = {"authsvc/admin_site/tenants.py"}
    assert naming == {"authsvc/kernel/tenancy.py", "accounts/domain/access.py"} | of_staff
