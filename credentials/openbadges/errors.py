"""Errors of this package. Their messages are sentences that may be shown to users."""


class OpenBadgesError(ValueError):
    """A document, a key, a token or an image is invalid."""


class InvalidDocument(OpenBadgesError):
    """The document does not suit its schema, or has members that a signature would leave out."""


class InvalidKey(OpenBadgesError):
    """The key is malformed, or of a kind that is not supported."""


class InvalidToken(OpenBadgesError):
    """The text is not a VC-JWT as Open Badges 3.0 §8.2 describes it."""


class InvalidStatusList(OpenBadgesError):
    """The status list is malformed, too short or too long, or has no such entry."""


class InvalidImage(OpenBadgesError):
    """The image is malformed, too large or unsafe, or does not contain exactly one credential."""
