"""What every table of the back office has in common."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from articles.forms import ForgivingAutocomplete
from newsroom.local_time import SplitLocalTimeField


class ForgivingChoices:
    """Autocompleted choices that survive nonsense in a posted form."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", ForgivingAutocomplete(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class NothingIsDeleted(ForgivingChoices, admin.ModelAdmin):
    """What is referred to stays: stories are withdrawn, sections and accounts deactivated."""

    list_per_page = 50
    formfield_overrides = {models.DateTimeField: {"form_class": SplitLocalTimeField}}
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def get_view_on_site_url(self, obj=None) -> str | None:
        return obj.get_absolute_url() if obj is not None and obj.pk and hasattr(obj, "get_absolute_url") else None
