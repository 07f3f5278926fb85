"""The newsroom's people in the back office."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles import access
from articles.models import Section
from newsroom.local_time import LocalTimeField, SplitLocalTimeField
from newsroom.models import User

admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """The roles, to be looked at: ``newsroom/roles.py`` says what each may do, and every migration makes it so."""

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class PersonForm(UserChangeForm):
    """A person with the sections they work in; ``articles.access`` keeps and reads them."""

    sections = forms.ModelMultipleChoiceField(
        Section.objects.prefetch_related("names"),
        label=_("Sections"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A journalist with sections sees and works on their stories and own ones only. None chosen: all."),
    )

    class Meta(UserChangeForm.Meta):
        field_classes = {
            **UserChangeForm.Meta.field_classes,
            "last_login": LocalTimeField,
            "date_joined": LocalTimeField,
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["sections"] = list(self.instance.section_limits.values_list("section_id", flat=True))


@admin.register(User)
class NewsroomUserAdmin(UserAdmin):
    """People and their roles. Nobody is deleted; nobody gives more than they have.

    Only a superuser makes or changes superusers: otherwise the role Admin could hand itself everything.
    """

    form = PersonForm
    formfield_overrides = {models.DateTimeField: {"form_class": SplitLocalTimeField}}
    list_display = ("username", "first_name", "last_name", "role_names", "is_active", "last_login")
    list_filter = ("groups", "is_active")
    list_per_page = 50
    filter_horizontal = ("groups",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Roles"), {"fields": ("is_active", "is_staff", "groups", "sections")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
        (_("Roles"), {"fields": ("is_staff", "groups")}),
    )
    readonly_fields = ("last_login", "date_joined")

    @admin.display(description=_("roles"))
    def role_names(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    def get_queryset(self, request):
        people = super().get_queryset(request).prefetch_related("groups")
        return people if request.user.is_superuser else people.filter(is_superuser=False)

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not request.user.is_superuser:
            return fieldsets
        return (*fieldsets, (_("Everything"), {"fields": ("is_superuser",)}))

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def save_related(self, request, form, formsets, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "sections" in form.changed_data:
            access.limit(form.instance, form.cleaned_data["sections"])
