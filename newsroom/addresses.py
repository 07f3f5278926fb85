"""Addresses in a given language edition, whatever language is active. A leaf: imports no app."""

from django.urls import reverse
from django.utils.translation import override


def reverse_in(language: str, name: str, *args: object) -> str:
    """The path of the view ``name`` in edition ``language`` (one of ``en ar ckb ku tr``)."""
    with override(language):
        return reverse(name, args=args)
