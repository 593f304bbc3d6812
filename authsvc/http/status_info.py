"""Errors in the form of 1EdTech (Imsx_StatusInfo), which Open Badges 3.0 demands of its API (§6.2)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from rest_framework import serializers

from authsvc.http.protected_resource import OPEN_BADGES_PATH

CODES: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: "invalid_data",
    HTTPStatus.UNAUTHORIZED: "unauthorizedrequest",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "not_allowed",
    HTTPStatus.NOT_ACCEPTABLE: "not_acceptable",
    HTTPStatus.UNPROCESSABLE_ENTITY: "invalid_query_parameter",
    HTTPStatus.TOO_MANY_REQUESTS: "server_busy",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal_server_error",
    HTTPStatus.SERVICE_UNAVAILABLE: "server_busy",
}
"""The minor code of each status; `unknown` for others."""


class CodeMinorFieldSerializer(serializers.Serializer[Any]):
    imsx_codeMinorFieldName = serializers.CharField()  # noqa: N815  # named by the specification
    imsx_codeMinorFieldValue = serializers.ChoiceField(  # noqa: N815  # likewise
        sorted({*CODES.values(), "unknown"})
    )


class CodeMinorSerializer(serializers.Serializer[Any]):
    imsx_codeMinorField = CodeMinorFieldSerializer(many=True)  # noqa: N815  # named by the specification


class StatusInfoSerializer(serializers.Serializer[Any]):
    """An error of the Open Badges API. The header Link leads to the type of the problem, in docs/problems.md."""

    imsx_codeMajor = serializers.ChoiceField(["failure"])  # noqa: N815  # named by the specification
    imsx_severity = serializers.ChoiceField(["error"])
    imsx_description = serializers.CharField()
    imsx_codeMinor = CodeMinorSerializer()  # noqa: N815  # named by the specification


def has_status_info(path: str) -> bool:
    """Whether problems at this path are told as status info."""
    return path.startswith(f"{OPEN_BADGES_PATH}/")


def status_of(status: HTTPStatus) -> HTTPStatus:
    """The status of a problem among those of the specification, which has 400 for all that is invalid."""
    return HTTPStatus.BAD_REQUEST if status is HTTPStatus.UNPROCESSABLE_ENTITY else status


def status_info_of(status: HTTPStatus, problem: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a problem as status info."""
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": _description_of(problem),
        "imsx_codeMinor": {
            "imsx_codeMinorField": [
                {
                    "imsx_codeMinorFieldName": "TargetEndSystem",
                    "imsx_codeMinorFieldValue": CODES.get(status, "unknown"),
                }
            ]
        },
    }


def _description_of(problem: Mapping[str, Any]) -> str:
    """One text with the title, and then the invalid parameters or the detail."""
    errors = [
        f"{error['pointer'].removeprefix('#/')}: {error['detail']}"
        for error in problem.get("errors", ())
    ]
    text = " ".join(errors) or str(problem["detail"])
    return f"{problem['title']}. {text.removesuffix('.')}."
