"""The only ways a term list changes, each with a line of its history."""

import csv
import io

from django.db import transaction
from django.utils.translation import gettext as _

from moderation.hint_models import Term, TermChange, TermList
from moderation.hints.folding import words_of

LARGEST_FILE = 200_000  # bytes
MOST_TERMS = 200  # per list: the admin sends a list as one form, and a form has at most 1,000 fields


class ImportRefused(Exception):
    """Why a file was not taken, in words for the lead; nothing is written."""


def note(term_list: TermList, what: str, *, by) -> None:
    """Write one line of history. Prepared hints are thereby out of date."""
    TermChange.objects.create(list=term_list, what=what[:300], by=by)


def import_terms(term_list: TermList, uploaded: bytes, *, by) -> int:
    """Add the first column of a CSV file (UTF-8) to ``term_list``; returns how many were new.

    Terms that are there already are left alone, those out of use included. Raises ImportRefused.
    """
    texts = _texts(uploaded)
    with transaction.atomic():
        there = set(term_list.terms.values_list("text", flat=True))
        new = [text for text in texts if text not in there]
        if len(there) + len(new) > MOST_TERMS:
            raise ImportRefused(_("A list holds at most 200 terms: make a second one."))
        Term.objects.bulk_create(Term(list=term_list, text=text) for text in new)
        if new:
            note(term_list, f"imported {len(new)}: {', '.join(new)}", by=by)
    return len(new)


def _texts(uploaded: bytes) -> list[str]:
    """The terms of the file, each once, in its order."""
    if len(uploaded) > LARGEST_FILE:
        raise ImportRefused(_("The file is too large: at most 200 KB."))
    try:
        text = uploaded.decode("utf-8-sig")
        rows = [row[0].strip() for row in csv.reader(io.StringIO(text), strict=True) if row and row[0].strip()]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ImportRefused(_("This is not a CSV file in UTF-8.")) from error
    for number, row in enumerate(rows, 1):
        if len(row) > 80 or not words_of(row.rstrip("*")):
            raise ImportRefused(_("Term %(number)s is empty or longer than 80 characters.") % {"number": number})
    return list(dict.fromkeys(rows))
