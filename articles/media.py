"""`/media/<hash>.<format>`: the files of photos that a public story shows, and nothing else."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from articles.models import Photo, Rendition
from articles.models.photo import rendition_file

CONTENT_TYPES = {"avif": "image/avif", "jpg": "image/jpeg"}
FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def media(request: HttpRequest, name: str, format: str) -> HttpResponse:
    """One rendition. Its name is the digest of its bytes, so what was stored once never has to be asked for again.

    A photo that no public story shows answers 404, except to a signed-in journalist, whose copy is stored nowhere.
    The address pattern lets nothing but 32 hexadecimal digits through: no path can be climbed.
    """
    shown = Photo.objects.public().filter(renditions__name=name, renditions__format=format).exists()
    if not shown and not _may_see(request, name, format):
        raise Http404
    etag = f'"{name}"'
    response: HttpResponse
    if shown and etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        response = rendition_response(name, format)
    response["ETag"] = etag
    response["Cache-Control"] = FOR_EVER if shown else "private, no-store"
    return response


def _may_see(request: HttpRequest, name: str, format: str) -> bool:
    """Whether the person may see the photos of drafts, and there is one."""
    user = request.user
    return (
        user.is_staff
        and user.has_perm("articles.view_photo")
        and Rendition.objects.filter(name=name, format=format).exists()
    )


def rendition_response(name: str, format: str) -> FileResponse:
    """The file of the rendition ``name``, or 404. Who may have it is for the caller to ask."""
    try:
        file = default_storage.open(rendition_file(name, format))
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, content_type=CONTENT_TYPES[format])
    response["Content-Disposition"] = "inline"
    return response
