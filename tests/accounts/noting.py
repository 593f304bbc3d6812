"""Security facts of sessions and clients."""

from accounts.domain.identity.entities.security_log import SecurityFacts
from accounts.domain.identity.entities.sessions import Session, SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import OAuthClient


def of_session(session: Session) -> SecurityFacts:
    """The facts of an event in a session."""
    return {
        "user_id": session.user_id,
        "client_id": session.client_id,
        "session_id": session.id,
    }


def of_end(session: Session, because: SessionEnd) -> SecurityFacts:
    return {**of_session(session), "reason": because}


def of_both(user: User, client: OAuthClient) -> SecurityFacts:
    """The facts of an event between a user and a client."""
    return {"user_id": user.id, "client_id": client.client_id}
