"""The application that a WSGI server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authsvc.settings")

django_application = get_wsgi_application()

from authsvc.middleware import WholeBodies  # noqa: E402  # Django must be set up before our modules load
from authsvc.startup import open_house  # noqa: E402  # likewise

application = WholeBodies(django_application)
open_house()
