"""The WSGI entry point: `granian --interface wsgi newsroom.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django_application = get_wsgi_application()

from newsroom.pages import PageCache  # noqa: E402  (settings must be ready)

application = PageCache(django_application)
