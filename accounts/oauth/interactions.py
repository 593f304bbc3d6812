"""What a person has still to do before a client gets what it asks for (OpenID Connect Core §3.1.2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Final

from django.utils import timezone
from oauthlib.oauth2 import InvalidRequestError

from accounts.domain.oauth.entities.id_tokens import IdClaims
from accounts.oauth.decisions import hint_in
from authsvc.http.sign_in_state import SECOND_FACTOR, SignIn

PROMPTS: Final = frozenset({"none", "login", "consent", "select_account"})
MOST_DIGITS: Final = 9
"""Of a greatest age. More of them are no time that anybody means, and too many cannot be made a number."""


class Interaction(Enum):
    SIGN_IN = auto()
    SIGN_IN_AGAIN = auto()
    SECOND_FACTOR = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How the client wants the person to be asked."""

    prompts: frozenset[str]
    max_age: timedelta | None
    contexts: tuple[str, ...]
    hint: IdClaims | None
    login_hint: str

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "Wishes":
        """Raises InvalidRequestError."""
        prompts = frozenset(parameters.get("prompt", "").split())
        if not prompts <= PROMPTS:
            raise InvalidRequestError(description="The value of prompt is not supported.")
        if "none" in prompts and len(prompts) > 1:
            raise InvalidRequestError(
                description="prompt=none cannot be combined with other values."
            )
        return cls(
            prompts=prompts,
            max_age=_age(parameters.get("max_age")),
            contexts=tuple(parameters.get("acr_values", "").split()),
            hint=hint_in(parameters.get("id_token_hint")),
            login_hint=parameters.get("login_hint", ""),
        )

    @property
    def is_silent(self) -> bool:
        return "none" in self.prompts

    @property
    def wants_consent(self) -> bool:
        return "consent" in self.prompts

    def lacks(self, sign_in: SignIn | None, *, was_asked: bool) -> Interaction | None:
        """What the person must do first; whoever was asked for this very request is not asked again."""
        if sign_in is None:
            return Interaction.SIGN_IN
        if was_asked:
            return None
        if self.prompts & {"login", "select_account"} or self._is_too_old(sign_in):
            return Interaction.SIGN_IN_AGAIN
        if self.contexts[:1] == (SECOND_FACTOR,) and not sign_in.has_second_factor:
            return Interaction.SECOND_FACTOR
        return None

    def _is_too_old(self, sign_in: SignIn) -> bool:
        return self.max_age is not None and timezone.now() - sign_in.at >= self.max_age


def _age(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise InvalidRequestError(description="max_age must be a number of seconds.")
    return timedelta(seconds=int(text))
