"""What every table of the back office has in common."""

from django.contrib import admin
from django.http import HttpRequest


class NothingIsDeleted(admin.ModelAdmin):
    """What is referred to stays: stories are withdrawn, sections and accounts deactivated."""

    list_per_page = 50
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False
