"""What is noted of sessions and clients."""

from accounts.domain.entities import AuditFacts, OAuthClient, Session, SessionEnd, User


def of_session(session: Session) -> AuditFacts:
    """The facts of whatever happens in a session."""
    return {
        "user_id": session.user_id,
        "client_id": session.client_id,
        "session_id": session.id,
    }


def of_end(session: Session, because: SessionEnd) -> AuditFacts:
    return {**of_session(session), "reason": because}


def of_both(user: User, client: OAuthClient) -> AuditFacts:
    """The facts of what is between a person and a client."""
    return {"user_id": user.id, "client_id": client.client_id}
