"""Addresses in a given language edition, whatever language is active. A leaf: imports no app."""

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.translation import override


def as_written(path: str) -> str:
    """A WSGI ``path``, which is bytes of UTF-8 posing as Latin-1, in its own letters."""
    return path.encode("latin-1").decode("utf-8", "replace")


def reverse_in(language: str, name: str, *args: object) -> str:
    """The path of the view ``name`` in edition ``language`` (one of ``en ar ckb ku tr``)."""
    return _path(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), language, name, *args)


@lru_cache(maxsize=8192)
def _path(_urlconf: str, _prefix: str, language: str, name: str, *args: object) -> str:
    """A page of links asks for a hundred, and most of them were asked for before."""
    with override(language):
        return reverse(name, args=args)
