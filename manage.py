#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.management import execute_from_command_line

from authsvc.config.development import join_development_server

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authsvc.settings")
    join_development_server()
    execute_from_command_line(sys.argv)
