"""Columns of an authentication, which several tables have."""

from typing import Any

from accounts.domain.access import Authentication, SessionId


def authentication_in(row: Any) -> Authentication | None:
    """The authentication in the columns that several models have for it."""
    if row.authenticated_at is None:
        return None
    return Authentication(
        at=row.authenticated_at,
        methods=tuple(row.methods),
        browser_id=SessionId(row.browser_id) if row.browser_id else None,
    )


def authentication_values(authentication: Authentication | None) -> dict[str, Any]:
    """The values of these columns."""
    if authentication is None:
        return {"authenticated_at": None, "methods": None, "browser_id": None}
    return {
        "authenticated_at": authentication.at,
        "methods": list(authentication.methods),
        "browser_id": authentication.browser_id,
    }
