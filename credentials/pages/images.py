"""Badge images: one for each type of credential, used for every credential without an image that can be baked.

The address of an image in a definition is on another host, and is never fetched.
"""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from credentials.domain.entities.definitions import CredentialType

_FOLDER: Final = Path(__file__).parent.parent / "static" / "credentials"


class ImageForm(StrEnum):
    PNG = "png"
    SVG = "svg"

    @property
    def media_type(self) -> str:
        return "image/png" if self is ImageForm.PNG else "image/svg+xml"


def static_image(type_: CredentialType) -> str:
    """The name of the image among the static files."""
    return f"credentials/{type_.value}.svg"


@cache
def default_image(type_: CredentialType, form: ImageForm) -> bytes:
    """The image of 512 pixels on each side, without a credential."""
    return (_FOLDER / f"{type_.value}.{form.value}").read_bytes()
