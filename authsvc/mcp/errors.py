"""Errors of the endpoint for agents."""

from authsvc.kernel.errors import Forbidden, NotFound


class OriginNotAllowed(Forbidden):
    code = "origin-not-allowed"
    title = "Pages of this origin may not connect"
    explanation = "No client has registered the origin of the page. Register a client with this allowed origin."


class SessionUnknown(NotFound):
    """The server issues no session ids, so each one was made up, or issued by another server."""

    code = "session-unknown"
    title = "There is no such session"
    explanation = "This server has no protocol sessions. Send the request without Mcp-Session-Id."
