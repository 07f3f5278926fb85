"""The WSGI entry point: `granian --interface wsgi newsroom.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402

from articles.most_read import Counted  # noqa: E402  (settings must be ready)
from newsroom.pages import PageCache  # noqa: E402
from newsroom.pool import Pool, Received  # noqa: E402

application = Received(Counted(PageCache(django_application, run=Pool(settings.NEWSROOM_THREADS).run)))
