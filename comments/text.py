"""The rules of a comment's text: what is accepted, and that nothing in it is changed.

The only change ever made is CRLF to LF, since browsers send one for the other. No trimming, no normalisation.
"""

import unicodedata

from django.core import validators
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_BODY = 10_000  # code points, counted after CRLF became LF
MAX_NAME = 80

# Letters by category that show nothing: Hangul fillers and the empty braille pattern.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def unix_lines(text: str) -> str:
    """``text`` with CRLF as LF."""
    return text.replace("\r\n", "\n")


def check_body(text: str) -> None:
    """Raise ValidationError, in words for the reader, when ``text`` cannot be stored exactly as written."""
    _check(text, limit=MAX_BODY, allowed_controls="\t\n")


def check_text(text: str, *, limit: int) -> None:
    """``check_body`` for other texts of several lines: at most ``limit`` code points."""
    _check(text, limit=limit, allowed_controls="\t\n")


def check_name(text: str) -> None:
    """Like ``check_body`` for a name: one line, at most 80 code points."""
    _check(text, limit=MAX_NAME, allowed_controls="")


def check_email(address: str) -> None:
    """Raise ValidationError unless ``address`` is empty or one e-mail address of at most 254 characters (RFC 5321)."""
    if address:
        validators.validate_email(address)
        validators.MaxLengthValidator(254)(address)


def _check(text: str, *, limit: int, allowed_controls: str) -> None:
    if not any(_is_visible(character) for character in text):
        raise ValidationError(_("Please write something here: this field is empty."), code="required")
    if len(text) > limit:
        raise ValidationError(
            _("This is %(length)s characters long; at most %(limit)s will do. Nothing was cut: please shorten it."),
            code="too_long",
            params={"length": len(text), "limit": limit},
        )
    refused = next((c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c not in allowed_controls), None)
    if refused is not None:
        raise ValidationError(
            _("There is an invisible control character (U+%(code)s) at position %(position)s. Please delete it."),
            code="control_character",
            params={"code": f"{ord(refused):04X}", "position": text.index(refused) + 1},
        )


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "ZC" and character not in _BLANK_LETTERS
