"""What scopes let a client do, in the words of the people who are asked."""

from accounts.domain.entities import IN_WORDS, in_words

__all__ = ["IN_WORDS", "in_words"]
