"""Anna's sign-in, and what is stored of it."""

from accounts.domain.access import Principal
from accounts.domain.identity.entities.sessions import RefreshToken, Session
from accounts.domain.identity.entities.tokens import SignedIn
from accounts.domain.identity.errors import InvalidToken
from tests.support.worlds import World

EMAIL = "anna@school.example"
PASSWORD = "a long walk home"


def registered(world: World, email: str = EMAIL) -> SignedIn:
    return world.services.sign_in.register(email=email, name="Anna", password=PASSWORD)


def logged_in(world: World, email: str = EMAIL) -> SignedIn:
    return world.services.sign_in.log_in(email=email, password=PASSWORD)


def principal(world: World, signed_in: SignedIn) -> Principal:
    return world.services.access.principal_of(signed_in.access_token)


def session_of(world: World, signed_in: SignedIn) -> Session:
    session_id = principal(world, signed_in).session_id
    assert session_id
    return world.repositories.sessions.get_for_update(session_id)


def trace_of(world: World, refresh_token: str) -> RefreshToken:
    token_hash = world.services.ports.opaque_tokens.hash(refresh_token)
    token = world.repositories.refresh_tokens.find_for_update(token_hash)
    assert token
    return token


def is_over(world: World, signed_in: SignedIn) -> bool:
    """Whether the access token is rejected."""
    try:
        principal(world, signed_in)
    except InvalidToken:
        return True
    return False
