"""Hypothesis profiles: `ci` for every run, `thorough` for the nightly one.

The environment variable HYPOTHESIS_PROFILE chooses; `ci` is the default. Neither has a deadline: how long an example
takes says something about the machine alone. No test sets one, and none sets max_examples but by `examples`.
"""

import os
from typing import Final

from hypothesis import settings

TIMES_AS_MANY: Final = {"ci": 1, "thorough": 10}
"""How many times the examples of `ci` each profile tries."""
PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE", "ci")
_EXAMPLES: Final = 50


def register_profiles() -> None:
    """Register both and load the chosen one. Raises KeyError if it has another name."""
    for name, times in TIMES_AS_MANY.items():
        settings.register_profile(
            name, deadline=None, max_examples=_EXAMPLES * times, print_blob=True
        )
    settings.load_profile(PROFILE)


def examples(in_ci: int) -> settings:
    """Settings for a property that is expensive to try: *in_ci* examples, or as many more as the profile wants."""
    return settings(deadline=None, max_examples=in_ci * TIMES_AS_MANY[PROFILE])
