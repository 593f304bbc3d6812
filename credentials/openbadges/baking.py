"""Baked badges: images that contain a credential (Open Badges 3.0 §5.3)."""

from typing import Final

from credentials.openbadges.errors import InvalidImage, InvalidToken
from credentials.openbadges.json_texts import json_object, json_text
from credentials.openbadges.png_images import SIGNATURE, credentials_in_png, png_with
from credentials.openbadges.svg_images import credentials_in_svg, svg_with
from credentials.openbadges.tokens import read_token

NO_CREDENTIAL: Final = (
    "This image contains no credential. Use the file you downloaded, not a screenshot."
)


def is_image(content: bytes) -> bool:
    """Whether it begins like a PNG or an XML file."""
    return content.startswith(SIGNATURE) or content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def baked(image: bytes, credential: str) -> bytes:
    """The PNG or SVG with the credential, which is JSON or a compact JWS.

    Raises InvalidImage, also if the image already contains a credential, or the credential is neither.
    """
    text, is_token = _form_of(credential)
    if image.startswith(SIGNATURE):
        return png_with(image, text)
    return svg_with(image, text, is_token=is_token)


def taken_out(image: bytes) -> str:
    """The credential in the PNG or SVG: JSON, a compact JWS or, of Open Badges 2.0, the address of an assertion.

    Raises InvalidImage, also if there is none or more than one.
    """
    is_png = image.startswith(SIGNATURE)
    texts = credentials_in_png(image) if is_png else credentials_in_svg(image)
    if len(texts) != 1:
        raise InvalidImage(
            "The image contains more than one credential." if texts else NO_CREDENTIAL
        )
    return texts[0]


def _form_of(credential: str) -> tuple[str, bool]:
    """The credential as it is baked, and whether it is a JWS. Raises InvalidImage."""
    try:
        if not credential.lstrip().startswith("{"):
            read_token(credential)
            return credential, True
        return json_text(json_object(credential)), False
    except InvalidToken as error:
        raise InvalidImage(f"The credential is neither JSON nor a JWS. {error}") from None
    except ValueError as error:
        raise InvalidImage(f"The credential {error}.") from None
