from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommentsConfig(AppConfig):
    """What the back office calls the tables of this app together."""

    name = "comments"
    verbose_name = _("Comments")
