"""Read your write: the Position of each change, and the Min-Position that a read can ask for."""

import re
from http import HTTPStatus
from typing import Final

from django.http import HttpResponse
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from authsvc.composition.container import services
from authsvc.events.positions import RecordedPositions

POSITION: Final = "Position"
MIN_POSITION: Final = "Min-Position"
NUMBER: Final = "[0-9]{1,18}"


def state_position(response: HttpResponse, recorded: RecordedPositions) -> None:
    """Set Position to the last one that the request recorded, or to the last visible one if it recorded none.

    An answer that has it already, because it is replayed, keeps it. Problems have none.
    """
    is_success = HTTPStatus.OK <= response.status_code < HTTPStatus.MULTIPLE_CHOICES
    if is_success and POSITION not in response:
        response[POSITION] = str(recorded.last or services().positions.last())


def require_min_position(request: Request) -> None:
    """Wait until the position that the request asks for is visible. Raises ParseError, PositionNotReached."""
    header = request.META.get("HTTP_MIN_POSITION")
    if header is None:
        return
    if not re.fullmatch(NUMBER, header):
        raise ParseError(f"{MIN_POSITION} must be the Position of an earlier answer.")
    services().positions.require(int(header))
