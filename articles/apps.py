from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    """What the back office calls the tables of this app together."""

    name = "articles"
    verbose_name = _("Stories")
