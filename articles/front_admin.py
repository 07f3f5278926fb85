"""The front page in the back office: slots, breaking banners, and the page as it will be at a given hour."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from articles import front
from articles.admin_base import NothingIsDeleted
from articles.house_times import HouseTimeField
from articles.models import BreakingBanner, FrontSlot
from newsroom import languages


class DatedForm(forms.ModelForm):
    """Something that is shown from one time to another, both on the house's clock."""

    begins_at = HouseTimeField(label=_("From"))
    ends_at = HouseTimeField(label=_("Until"))

    def clean(self):
        cleaned = super().clean()
        begins_at, ends_at = cleaned.get("begins_at"), cleaned.get("ends_at")
        if begins_at and ends_at and ends_at <= begins_at:
            self.add_error("ends_at", _("It must end after it begins."))
        return cleaned


class SlotForm(DatedForm):
    class Meta:
        model = FrontSlot
        fields = ("article", "position", "begins_at", "ends_at", "headline", "is_off")
        widgets = {"headline": forms.TextInput(attrs={"class": "vLargeTextField", "dir": "auto"})}

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        asked = FrontSlot(pk=self.instance.pk, language=cleaned["article"].language, **cleaned)
        try:
            front.refuse_taken(asked)
        except front.Taken as taken:
            raise ValidationError(_taken_in_words(taken.by), code="taken") from taken
        return cleaned


def _taken_in_words(slot: FrontSlot) -> str:
    begins, ends = (timezone.localtime(at).strftime("%Y-%m-%d %H:%M") for at in (slot.begins_at, slot.ends_at))
    return _(
        "“%(story)s” stands at position %(position)s of the %(language)s front page from %(begins)s until %(ends)s "
        "(%(zone)s). Choose another time or position, or end that slot earlier."
    ) % {
        "story": slot.headline or slot.article,
        "position": slot.position,
        "language": slot.get_language_display(),
        "begins": begins,
        "ends": ends,
        "zone": timezone.get_default_timezone_name(),
    }


class BannerForm(DatedForm):
    class Meta:
        model = BreakingBanner
        fields = ("language", "text", "article", "begins_at", "ends_at", "is_off")
        widgets = {"text": forms.TextInput(attrs={"class": "vLargeTextField", "dir": "auto"})}


class PreviewForm(forms.Form):
    """Which edition's front page to look at, and at what time."""

    language = forms.ChoiceField(label=_("Edition"), choices=languages.CHOICES)
    at = HouseTimeField(label=_("Time"))


class DatedAdmin(NothingIsDeleted):
    """What is planned comes first; nothing is deleted, but taken off."""

    list_filter = ("language", "is_off")
    list_select_related = ("article", "created_by")
    autocomplete_fields = ("article",)
    date_hierarchy = "begins_at"

    def get_view_on_site_url(self, obj=None) -> None:
        return None

    @admin.display(description=_("now"))
    def state(self, dated) -> str:
        """Where ``dated`` stands at this moment."""
        now = timezone.now()
        if dated.is_off:
            return _("taken off")
        if dated.is_live(now):
            return _("live")
        return _("to come") if dated.begins_at > now else _("over")


@admin.register(FrontSlot)
class FrontSlotAdmin(DatedAdmin):
    form = SlotForm
    change_list_template = "admin/articles/frontslot/change_list.html"
    list_display = ("story", "language", "position", "begins_at", "ends_at", "state", "created_by")
    list_display_links = ("story",)
    search_fields = ("headline", "article__headline")
    fields = ("article", "position", ("begins_at", "ends_at"), "headline", "is_off")

    @admin.display(description=_("story"), ordering="article__headline")
    def story(self, slot: FrontSlot) -> str:
        return slot.headline or str(slot.article)

    def save_model(self, request, obj: FrontSlot, form, change: bool) -> None:
        if not change:
            obj.created_by = request.user
        front.put_in_slot(obj)

    # The preview -----------------------------------------------------------------------------------------------------
    def get_urls(self):
        preview = path("preview/", self.admin_site.admin_view(self.preview), name="articles_frontslot_preview")
        return [preview, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        now = timezone.localtime().replace(second=0, microsecond=0)
        preview = PreviewForm(initial={"language": "en", "at": now})
        return super().changelist_view(request, {"preview_form": preview, **(extra_context or {})})

    def preview(self, request: HttpRequest) -> HttpResponse:
        """The front page of an edition as readers will see it at a time of the house's clock; nobody else's to see.

        Without a time it asks for one; a time that cannot be is refused with the reason and what was typed.
        """
        if not (self.has_view_permission(request) and request.user.has_perm("articles.view_article")):
            raise PermissionDenied
        form = PreviewForm(request.GET or None)
        if not form.is_valid():
            context = {**self.admin_site.each_context(request), "form": form, "opts": self.opts}
            context["title"] = _("The front page at another time")
            status = 400 if form.is_bound else 200
            response = render(request, "admin/articles/frontslot/preview_form.html", context, status=status)
        else:
            response = _front_page_at(request, form)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        return response


def _front_page_at(request: HttpRequest, form: PreviewForm) -> HttpResponse:
    """The readers' own page in their language, below a bar in the language of whoever looks at it."""
    language, at = form.cleaned_data["language"], form.cleaned_data["at"]
    shown = {
        "staff_language": translation.get_language(),
        "preview_at": at,
        "preview_edition": languages.language(language).own_name,
        "preview_form": PreviewForm(initial={"language": language, "at": at}),
        "preview_zone": timezone.get_default_timezone_name(),
        "back": reverse("admin:articles_frontslot_changelist"),
    }
    with translation.override(language):
        shown["page"] = front.compose(language, at)
        shown["banner"] = front.live_banner(front.banners(language, at), at)
        return render(request, "articles/front_preview.html", shown)


@admin.register(BreakingBanner)
class BreakingBannerAdmin(DatedAdmin):
    form = BannerForm
    list_display = ("text", "language", "begins_at", "ends_at", "state", "article", "created_by")
    search_fields = ("text",)
    fields = ("language", "text", "article", ("begins_at", "ends_at"), "is_off")

    def save_model(self, request, obj: BreakingBanner, form, change: bool) -> None:
        if not change:
            obj.created_by = request.user
        front.announce(obj)
