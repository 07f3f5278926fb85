"""Reading a posted comment form off the wire, strictly: what the browser sent is what is judged.

Django decodes form bytes leniently, which would turn bytes that are not UTF-8 into other text. A comment is shown
exactly as written or not at all, so such a form is refused before it is decoded.
"""

from urllib.parse import unquote_to_bytes, urlsplit

from django.http import HttpRequest, QueryDict

FORM_TYPE = "application/x-www-form-urlencoded"


def is_utf8(request: HttpRequest) -> bool:
    """Whether every byte of the posted form is valid UTF-8. Lone surrogates and overlong forms are not (RFC 3629)."""
    try:
        unquote_to_bytes(request.body.replace(b"+", b" ")).decode("utf-8", "strict")
    except UnicodeDecodeError:
        return False
    return True


def is_form(request: HttpRequest) -> bool:
    charset = request.content_params.get("charset", "utf-8").lower()
    return request.content_type == FORM_TYPE and charset in ("utf-8", "utf8")


def is_foreign(request: HttpRequest) -> bool:
    """Whether the browser says the post comes from another site's page (Fetch Metadata; RFC 6454).

    Both headers absent, as from old browsers: not foreign here, and the form's stamp decides.
    """
    site = request.headers.get("Sec-Fetch-Site", "")
    if site and site not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.get_host()


def posted_form(request: HttpRequest) -> QueryDict:
    """The form's fields; text that is not UTF-8 shows replacement characters, for giving it back only."""
    return QueryDict(request.body, encoding="utf-8")
