"""The web process: granian serves this application as the database role that row security binds."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("GONGJIANG_PROCESS", "web")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
