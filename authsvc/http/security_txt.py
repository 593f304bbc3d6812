"""The file security.txt (RFC 9116): whom to tell about a vulnerability of this installation."""

from datetime import datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from authsvc.http.methods import read_only

VALID_FOR: Final = timedelta(days=180)


@read_only
def security_txt(request: HttpRequest) -> HttpResponse:
    """`GET /.well-known/security.txt`. It expires half a year from today, so that a copy does not last for ever."""
    environment = settings.ENVIRONMENT
    today = datetime.combine(timezone.now().date(), time(), tzinfo=timezone.now().tzinfo)
    lines = (
        f"Contact: {environment.security_contact}",
        f"Expires: {(today + VALID_FOR).isoformat()}",
        "Preferred-Languages: en",
        f"Canonical: {environment.public_url}/.well-known/security.txt",
    )
    response = HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain")
    response["Cache-Control"] = "public, max-age=86400"
    return response
