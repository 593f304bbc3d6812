"""Estimates of tokens, where no provider has counted them."""

from typing import Final

from progress.domain.ai.ports import ModelRequest

CHARACTERS_PER_TOKEN: Final = 3
"""Tokenizers of today have about four characters of English a token, and fewer of most other languages and of code."""


def estimated_tokens(text: str) -> int:
    """How many tokens the text has about, and rather too many than too few."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def estimated_input(request: ModelRequest) -> int:
    """How many tokens the model reads about."""
    turns = sum(estimated_tokens(turn.text) for turn in request.turns)
    return estimated_tokens(request.system) + turns
