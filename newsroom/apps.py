from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class BackOfficeConfig(AdminConfig):
    """The Django admin under the newsroom's own name."""

    default_site = "newsroom.back_office.BackOffice"

    def ready(self) -> None:
        super().ready()
        autodiscover_modules("start_page")


class NewsroomConfig(AppConfig):
    """Last in INSTALLED_APPS: its post_migrate runs when every table and permission is there."""

    name = "newsroom"
    verbose_name = _("Newsroom")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_migrate.connect(keep_triggers, sender=self)
        post_migrate.connect(install_triggers, sender=self)
        post_migrate.connect(create_groups, sender=self)


def keep_triggers(using: str = "default", **_signal) -> None:
    """While tables are rebuilt, SQLite's triggers step aside and come back: see ``frozen``."""
    from newsroom import frozen

    frozen.keep_through_migrations(connections[using])


def install_triggers(using: str = "default", **_signal) -> None:
    """Make the frozen tables frozen again: on SQLite several schema changes silently drop a table's triggers."""
    from newsroom import frozen

    frozen.install(connections[using])


def create_groups(**signal) -> None:
    from newsroom import roles

    roles.create_groups(**signal)
