#!/usr/bin/env python
"""Django's command line."""

import gc
import os
import sys

from django.core.management import execute_from_command_line

from authsvc.config.development import join_development_server

# Modules create very many objects that stay. To search them for garbage as often as Python does delays each command.
MANY_OBJECTS = 50_000

if __name__ == "__main__":
    gc.set_threshold(MANY_OBJECTS)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authsvc.settings")
    join_development_server()
    execute_from_command_line(sys.argv)
