"""WSGI application."""

import gc
import os
import sys

# Nearly all that startup creates stays: to search it for garbage again and again takes an eighth of its time.
gc.disable()

from django.core.wsgi import get_wsgi_application  # noqa: E402  # as the comment above says

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authsvc.settings")

django_application = get_wsgi_application()

# Django must be set up before the modules below are imported.
from django.conf import settings  # noqa: E402  # as the comment above says
from django.urls import get_resolver  # noqa: E402  # likewise

from accounts.adapters.key_file import UnusableKeys  # noqa: E402  # likewise
from authsvc.composition.container import services  # noqa: E402  # likewise
from authsvc.config.variables import Misconfigured  # noqa: E402  # likewise
from authsvc.demo import samples  # noqa: E402  # likewise
from authsvc.http.middleware import BufferedBodies  # noqa: E402  # likewise


def start_application() -> None:
    """Build the services and start the worker; in memory mode, load the samples.

    Ends the process if the signing keys or the folder of metrics are unusable.
    """
    try:
        application_services = services()
    except (UnusableKeys, Misconfigured) as error:
        raise SystemExit(f"authsvc cannot start: {str(error).rstrip('.')}.") from None
    # Django imports views at the first request, which would delay it.
    get_resolver().check()
    if not settings.ENVIRONMENT.has_database:
        logins = samples.developer_logins(samples.new_passwords())
        samples.load(application_services, logins)
        text = samples.welcome(settings.ENVIRONMENT.public_url, logins, has_pages=False)
        sys.stderr.write(
            f"{text}\nDATABASE_URL is not set: all data is lost when this process ends.\n"
        )
    # Objects loaded at startup stay; a collection that walks through all of them would delay a request.
    gc.collect()
    gc.freeze()
    gc.enable()
    if settings.ENVIRONMENT.runs_embedded_worker:
        application_services.worker().start()


application = BufferedBodies(django_application)
start_application()
