from importlib import import_module

import pytest
from django.apps import apps

from moderation.models import TermList


@pytest.fixture
def first_lists(db):
    """The lists the newsroom ships; a transactional test before this one may have flushed them."""
    if not TermList.objects.exists():
        import_module("moderation.migrations.0004_first_term_lists").add_first_lists(apps)


@pytest.fixture
def shipped():
    """The shipped terms by language, without a database."""
    from moderation.hints.terms import Terms
    from moderation.migrations.first_lists import LISTS

    return {
        code: Terms((g, t) for (_n, lang, g), words in LISTS.items() if lang == code for t in words.split(", "))
        for code in ("en", "ar", "ckb", "ku", "tr")
    }
