"""The application that a WSGI server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authsvc.settings")

application = get_wsgi_application()

from authsvc.startup import open_house  # noqa: E402  # Django must be set up before our modules load

open_house()
