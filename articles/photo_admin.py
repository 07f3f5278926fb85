"""The photo library in the back office: send a photo, see its words, say where its middle is, see where it is used."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from articles import access, photos
from articles.admin_base import NothingIsDeleted
from articles.forms import ACCEPT, TakenIn
from articles.models import Article, Photo, Revision, Status
from articles.pagekeys import keys_showing
from newsroom import pages

PHOTO_MEDIA = forms.Media(css={"all": ["articles/photos.css"]}, js=[forms.Script("articles/photos.js", type="module")])


def take_in_upload(request: HttpRequest, field: str) -> None:
    """Take in the file sent as ``field``, before the form and its transaction: decoding must not hold the database."""
    file = request.FILES.get(field) if request.method == "POST" else None
    request.taken_in = TakenIn()
    if file is None or not request.user.has_perm("articles.add_photo"):
        return
    try:
        photo, is_new = photos.take_in(file, by=request.user)
    except photos.Refused as refused:
        request.taken_in = TakenIn(refusal=str(refused))
        return
    request.taken_in = TakenIn(photo=photo)
    if not is_new:
        messages.info(request, _("This photo was in the library already."))


def upload_of(request: HttpRequest) -> TakenIn:
    """What ``take_in_upload`` made of the file."""
    return getattr(request, "taken_in", TakenIn())


class PhotoForm(forms.ModelForm):
    """A photo's own words. A new one comes with its file; what is left empty is then filled from the file."""

    class Meta:
        model = Photo
        fields = ("source_caption", "source_alt", "credit", "copyright", "rights_expire_on", "focal_x", "focal_y")
        widgets = {
            "source_caption": forms.Textarea(attrs={"rows": 3, "dir": "auto", "class": "vLargeTextField"}),
            "source_alt": forms.Textarea(attrs={"rows": 2, "dir": "auto", "class": "vLargeTextField"}),
            "credit": forms.TextInput(attrs={"dir": "auto", "class": "vLargeTextField"}),
            "copyright": forms.TextInput(attrs={"dir": "auto", "class": "vLargeTextField"}),
            "focal_x": forms.NumberInput(attrs={"min": 0, "max": 1, "step": "0.01"}),
            "focal_y": forms.NumberInput(attrs={"min": 0, "max": 1, "step": "0.01"}),
        }

    def clean_credit(self) -> str:
        credit = self.cleaned_data["credit"].strip()
        shown = self.instance.pk and self.instance.led_stories.filter(status=Status.PUBLISHED).exists()
        if not credit and shown:
            raise ValidationError(_("A published story shows this photo, so it keeps a credit."))
        return credit


class NewPhotoForm(PhotoForm):
    """The same with its file."""

    file = forms.FileField(
        label=_("Photo"),
        required=False,  # whether one came is known before the form is read
        widget=forms.FileInput(attrs={"accept": ACCEPT, "data-drop": ""}),
        help_text=_("JPEG, PNG, WebP or AVIF, at most 30 MB. Drop it here or choose it."),
    )
    upload = TakenIn()

    def clean(self):
        cleaned = super().clean()
        if self.upload.refusal:
            self.add_error("file", self.upload.refusal)
        elif self.upload.photo is None:
            self.add_error("file", _("Choose a photo."))
        return cleaned


def _illustrated(user):
    """How many stories that ``user`` may see show the outer query's photo in their text."""
    named = Article.body_photos.through.objects.filter(photo=OuterRef("pk"))
    seen = access.rule(user, "article__")
    named = named.filter(seen) if seen else named
    return named.order_by().values("photo").annotate(count=Count("pk")).values("count")


class RightsFilter(admin.SimpleListFilter):
    """Photos that readers see and whose rights have ended or soon will."""

    title = _("rights")
    parameter_name = "rights"

    def lookups(self, request, model_admin):
        return [("ending", _("ending, and in use"))]

    def queryset(self, request, queryset):
        return queryset.rights_expiring().public() if self.value() == "ending" else queryset


@admin.register(Photo)
class PhotoAdmin(NothingIsDeleted):
    """Editors change every photo's words, reporters those of the photos they sent."""

    form = PhotoForm
    list_display = ("thumbnail", "__str__", "credit", "rights", "stories", "uploaded_by", "uploaded_at")
    list_display_links = ("thumbnail", "__str__")
    list_select_related = ("uploaded_by",)
    list_filter = (RightsFilter, "uploaded_at")
    search_fields = ("source_caption", "source_alt", "credit", "copyright", "file_name")
    search_help_text = _("Words of caption, alternative text, credit, copyright or file name")
    words = ("source_caption", "source_alt", "credit", "copyright", "rights_expire_on")
    readonly = ("picture", "stories_listed", "file_facts")

    @property
    def media(self):
        return super().media + PHOTO_MEDIA

    def get_queryset(self, request):
        seen = access.rule(request.user, "led_stories__")
        leading = Count("led_stories", filter=seen) if seen else Count("led_stories")
        counted = leading + Coalesce(Subquery(_illustrated(request.user)), 0)
        return super().get_queryset(request).prefetch_related("renditions").annotate(story_count=counted)

    def get_object(self, request, object_id, from_field=None):
        photo = super().get_object(request, object_id, from_field)
        if photo is not None:
            photo.looked_at_by = request.user
        return photo

    # Permissions -----------------------------------------------------------------------------------------------------
    def has_change_permission(self, request, obj=None) -> bool:
        if request.user.has_perm("articles.change_photo"):
            return True
        own = obj is None or obj.uploaded_by_id == request.user.pk
        return own and request.user.has_perm("articles.change_own_photo")

    # The form --------------------------------------------------------------------------------------------------------
    def get_form(self, request, obj=None, change=False, **kwargs):
        if change or obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        form_class = super().get_form(request, obj, change, **{**kwargs, "form": NewPhotoForm})
        return type("NewPhotoFormOfThisRequest", (form_class,), {"upload": upload_of(request)})

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return ((None, {"fields": ("file", *self.words)}),)
        return (
            (None, {"fields": ("picture", ("focal_x", "focal_y"))}),
            (_("Words and rights"), {"fields": self.words}),
            (_("Where it is used"), {"fields": ("stories_listed", "file_facts")}),
        )

    def get_readonly_fields(self, request, obj=None):
        return self.readonly if obj else ()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None:
            take_in_upload(request, "file")
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_form(self, request, form, change: bool) -> Photo:
        """A new photo is kept already: what was typed goes over what its file said."""
        if change:
            return super().save_form(request, form, change)
        super().save_form(request, form, change)
        photo = upload_of(request).photo
        if self.has_change_permission(request, photo):
            for name in self.words:
                setattr(photo, name, form.cleaned_data[name] or getattr(photo, name))
        form.instance = photo
        return photo

    def save_model(self, request, obj: Photo, form, change: bool) -> None:
        obj.save(update_fields=self.words)
        if change and {"focal_x", "focal_y"} & set(form.changed_data):
            photos.set_focal_point(obj, obj.focal_x, obj.focal_y)
        pages.changed(*keys_showing(obj))

    def response_add(self, request, obj, post_url_continue=None):
        """On to the photo's own form, where what its file says can be read and mended; a popup goes back."""
        if "_popup" not in request.POST and "_addanother" not in request.POST:
            request.POST = request.POST.copy()
            request.POST["_continue"] = "1"
        return super().response_add(request, obj, post_url_continue)

    # What is shown ---------------------------------------------------------------------------------------------------
    @admin.display(description=_("photo"))
    def thumbnail(self, photo: Photo) -> str:
        return render_to_string("admin/articles/photo/_thumbnail.html", {"photo": photo})

    @admin.display(description=_("photo"))
    def picture(self, photo: Photo) -> str:
        return render_to_string("admin/articles/photo/_picture.html", {"photo": photo})

    @admin.display(description=_("rights"), ordering="rights_expire_on")
    def rights(self, photo: Photo) -> str:
        return photo.rights_problem() or photo.rights_expire_on or "–"

    @admin.display(description=_("used"), ordering="story_count")
    def stories(self, photo: Photo) -> str:
        return ngettext("%(count)s story", "%(count)s stories", photo.story_count) % {"count": photo.story_count}

    @admin.display(description=_("stories"))
    def stories_listed(self, photo: Photo) -> str:
        """Every story that shows it, or whose waiting version will, of those the person may see."""
        named = Q(content__lead_photo_id=photo.pk) | Q(content__body__icontains=f'data-photo="{photo.pk}"')
        waiting = Revision.objects.filter(named, state__in=Revision.BEHIND)
        using = Article.objects.filter(Q(lead_photo=photo) | Q(body_photos=photo) | Q(revisions__in=waiting))
        shown = access.visible_to(photo.looked_at_by, using).distinct()
        shown = shown.order_by("-modified_at")
        return render_to_string("admin/articles/photo/_stories.html", {"stories": shown})

    @admin.display(description=_("file"))
    def file_facts(self, photo: Photo) -> str:
        return f"{photo.file_name}, {photo.format}, {photo.width} × {photo.height}"
