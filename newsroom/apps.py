from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


class BackOfficeConfig(AdminConfig):
    """The Django admin under the newsroom's own name."""

    default_site = "newsroom.back_office.BackOffice"


class NewsroomConfig(AppConfig):
    """Last in INSTALLED_APPS: its post_migrate runs when every table and permission is there."""

    name = "newsroom"
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
