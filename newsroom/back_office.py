"""The editorial back office: the Django admin under the house's name."""

from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class BackOffice(admin.AdminSite):
    site_header = settings.NEWSROOM_NAME
    site_title = settings.NEWSROOM_NAME
    index_title = _("Back office")
