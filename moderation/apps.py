from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    """What the back office calls the tables of this app together."""

    name = "moderation"
    verbose_name = _("Moderation")
