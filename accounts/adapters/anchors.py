"""Anchors: signing them with the keys of the service, and exporting them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.core.mail import EmailMessage
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from accounts.adapters.keys import ES256, Keys
from accounts.domain.audit.entities import Anchor, AnchorStatement
from authsvc.kernel.verification import UNREADABLE

TYPE: Final = "anchor+jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class JwsAnchorSigner:
    keys: Keys

    def sign(self, statement: AnchorStatement, *, at: datetime) -> Anchor:
        ring = self.keys.current()
        return Anchor(
            sequence=statement.sequence,
            token=ring.signed(statement.as_members(), type_=TYPE, algorithm=ES256, at=at),
            public_key=ring.signing_key(ES256, at=at).export_public(as_dict=True),
        )

    def read(self, anchor: Anchor) -> AnchorStatement:
        jws = JWS()
        jws.allowed_algs = [ES256]
        try:
            key = JWK(**anchor.public_key)
            jws.deserialize(anchor.token, key)
        except (JWException, TypeError) as error:
            raise ValueError("the signature is invalid") from error
        header = jws.jose_header
        if header.get("typ") != TYPE or header.get("kid") != key.get("kid"):
            raise ValueError("it is not an anchor of this key")
        try:
            return AnchorStatement.of_members(json.loads(jws.payload))
        except UNREADABLE as error:  # signed by somebody else, with a key of theirs
            raise ValueError("it does not state what an anchor states") from error

    def knows(self, public_key: Mapping[str, Any]) -> bool:
        # An expired key counts until it is removed: anchors outlive tokens.
        own = self.keys.current().find(public_key.get("kid"))
        try:
            return own is not None and JWK(**public_key).thumbprint() == own.thumbprint()
        except (JWException, TypeError):
            return False


def as_line(anchor: Anchor) -> str:
    """The anchor as one line of JSON, which `read_anchors` reads."""
    members = {
        "sequence": anchor.sequence,
        "anchor": anchor.token,
        "public_key": dict(anchor.public_key),
    }
    return f"{json.dumps(members)}\n"


def read_anchors(path: Path) -> Iterator[Anchor]:
    """Yield the anchors of a file or a folder. Raises OSError, and ValueError for a line that is no anchor."""
    for file in sorted(path.glob("anchor-*.json")) if path.is_dir() else [path]:
        with file.open(encoding="utf-8") as lines:
            for line in filter(str.strip, lines):
                yield _anchor_in(line)


def _anchor_in(line: str) -> Anchor:
    match json.loads(line):
        case {"sequence": int(sequence), "anchor": str(token), "public_key": dict(public_key)}:
            return Anchor(sequence=sequence, token=token, public_key=public_key)
    raise ValueError("it is not an exported anchor")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredAnchorExporter:
    """Exports to `place`: an existing folder, a file to append to, or an e-mail address after `mailto:`."""

    place: str

    def export(self, anchor: Anchor) -> str:
        if not self.place:
            return ""
        if self.place.startswith("mailto:"):
            return self._mail(anchor, to=self.place.removeprefix("mailto:"))
        path = Path(self.place)
        if path.is_dir():
            path /= f"anchor-{anchor.sequence:08}.json"
        with path.open("a", encoding="utf-8") as file:
            file.write(as_line(anchor))
        return str(path)

    def _mail(self, anchor: Anchor, *, to: str) -> str:
        body = f"Keep this message. It can verify the logs of the service:\n\n{as_line(anchor)}"
        EmailMessage(subject=f"Anchor {anchor.sequence}", body=body, to=[to]).send()
        return to
