"""Configuration of the tutor: the model that answers, its limits and its prices."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from importlib.util import find_spec

from authsvc.config.variables import Misconfigured, Reader


class TutorKind(StrEnum):
    """Where the model is: nowhere, in this process (it needs no key), or at a provider."""

    OFF = "off"
    OFFLINE = "offline"
    ANTHROPIC = "anthropic"
    OPENAI = "openai"

    @property
    def is_remote(self) -> bool:
        return self in (TutorKind.ANTHROPIC, TutorKind.OPENAI)


@dataclass(frozen=True, slots=True, kw_only=True)
class TutorConfig:
    """The variables that begin with TUTOR. Prices are in USD per million tokens."""

    kind: TutorKind
    model: str
    api_key: str = field(repr=False)
    base_url: str
    most_output_tokens: int
    connect_seconds: int
    first_text_seconds: int
    silence_seconds: int
    total_seconds: int
    input_price: Decimal
    cached_price: Decimal
    output_price: Decimal


def read_tutor(reader: Reader, *, is_prod: bool) -> TutorConfig:
    """Raises Misconfigured."""
    default = TutorKind.OFF if is_prod else TutorKind.OFFLINE
    config = TutorConfig(
        kind=TutorKind(reader.choice("TUTOR", *TutorKind)) if reader.text("TUTOR") else default,
        model=reader.text("TUTOR_MODEL"),
        api_key=reader.text("TUTOR_API_KEY"),
        base_url=reader.base_url("TUTOR_BASE_URL") if reader.text("TUTOR_BASE_URL") else "",
        most_output_tokens=reader.number("TUTOR_OUTPUT_TOKENS", at_least=16),
        connect_seconds=reader.number("TUTOR_CONNECT_SECONDS", at_least=1),
        first_text_seconds=reader.number("TUTOR_FIRST_TEXT_SECONDS", at_least=1),
        silence_seconds=reader.number("TUTOR_SILENCE_SECONDS", at_least=1),
        total_seconds=reader.number("TUTOR_TOTAL_SECONDS", at_least=1),
        input_price=reader.amount("TUTOR_INPUT_PRICE"),
        cached_price=reader.amount("TUTOR_CACHED_PRICE"),
        output_price=reader.amount("TUTOR_OUTPUT_PRICE"),
    )
    if config.kind.is_remote:
        _require_provider(config, is_prod=is_prod)
    return config


def _require_provider(config: TutorConfig, *, is_prod: bool) -> None:
    """Raise Misconfigured if the provider cannot be asked. The key is not repeated."""
    kind = config.kind.value
    if find_spec(kind) is None:
        msg = (
            f"TUTOR={kind} needs its SDK: install authsvc[{kind}], or set TUTOR to offline or off."
        )
        raise Misconfigured(msg)
    if not config.model:
        msg = f"TUTOR={kind} needs TUTOR_MODEL, the name of a model of the provider."
        raise Misconfigured(msg)
    # A server of one's own often needs no key.
    needs_key = config.kind is TutorKind.ANTHROPIC or not config.base_url
    if needs_key and not config.api_key:
        msg = f"TUTOR={kind} needs TUTOR_API_KEY, a key of the provider."
        raise Misconfigured(msg)
    if not config.api_key.isascii() or not config.api_key.isprintable() or " " in config.api_key:
        raise Misconfigured("TUTOR_API_KEY must consist of visible ASCII characters.")
    if is_prod and config.api_key and config.base_url.startswith("http://"):
        raise Misconfigured(
            "TUTOR_BASE_URL must begin with https:// when APP_ENV is prod and TUTOR_API_KEY is set."
        )
