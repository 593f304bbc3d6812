"""Token usage: estimates where no provider has counted, and what tokens cost."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

from progress.domain.ai.ports import ModelRequest, TokenUsage

CHARACTERS_PER_TOKEN: Final = 3
"""Tokenizers of today have about four characters of English a token, and fewer of most other languages and of code."""


def estimated_tokens(text: str) -> int:
    """How many tokens the text has about, and rather too many than too few."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def estimated_input(request: ModelRequest) -> int:
    """How many tokens the model reads about."""
    turns = sum(estimated_tokens(turn.text) for turn in request.turns)
    return estimated_tokens(request.system) + turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices of a model in USD per million tokens. Cached input has its own price."""

    input: Decimal = Decimal(0)
    cached: Decimal = Decimal(0)
    output: Decimal = Decimal(0)

    def cost_of(self, usage: TokenUsage) -> int:
        """The cost in millionths of a US dollar, rounded up."""
        cost = (
            (usage.input_tokens - usage.cached_tokens) * self.input
            + usage.cached_tokens * self.cached
            + usage.output_tokens * self.output
        )
        return int(cost.to_integral_value(ROUND_CEILING))
