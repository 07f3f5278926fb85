"""Hints order and explain; they never approve or reject. ``docs/hints-and-statistics.md`` says what each means.

``hints_for(comment)`` for one, ``hints_for_all(comments)`` for a page of them in a fixed number of queries.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from comments.models import Comment
from moderation.hints import language, learned, manner
from moderation.hints.learned import Model
from moderation.hints.reading import Hint, Reading
from moderation.hints.surroundings import readings_of
from moderation.hints.terms import Terms

Check = Callable[[Reading], Iterator[Hint]]
# Checks that need more than the text: who wrote it, and what others wrote.
_LOOK_AROUND = (manner.repetition, manner.staff_name, manner.unproven)
BUDGET = 0.05  # seconds of this thread's own time one check may take; a busy machine does not count
MOST = 12  # hints one check may give about one comment
NOT_CHECKED = "not-checked"
log = logging.getLogger(__name__)


def terms(reading: Reading) -> Iterator[Hint]:
    """Terms of the active lists of the edition's language."""
    for match in reading.terms.matches(reading.words):
        why = _("On a list: “%(term)s”.") % {"term": match.term}
        yield Hint("term", match.guideline, why, match.start, match.end)


# The newsroom's policy, in the order a moderator reads it. Every check is pure: a Reading in, hints out.
CHECKS: tuple[tuple[str, Check], ...] = (
    (gettext_lazy("Threats"), language.threats),
    (gettext_lazy("Contempt for groups"), language.contempt),
    (gettext_lazy("Personal attacks"), language.attacks),
    (gettext_lazy("Term lists"), terms),
    (gettext_lazy("Links"), manner.links),
    (gettext_lazy("Contact details"), manner.contacts),
    (gettext_lazy("Offers"), manner.offers),
    (gettext_lazy("Repetition"), manner.repetition),
    (gettext_lazy("Names of staff"), manner.staff_name),
    (gettext_lazy("Proof of work"), manner.unproven),
    (gettext_lazy("Learned from decisions"), learned.likeness),
    (gettext_lazy("Shouting"), manner.shouting),
    (gettext_lazy("Language"), manner.other_language),
    (gettext_lazy("Unusual characters"), manner.unusual_characters),
)


def hints_for(comment: Comment) -> list[Hint]:
    """The hints about ``comment``, worded in the active language. Offsets point into its text exactly as written."""
    return hints_for_all([comment])[comment.pk]


def hints_for_all(comments: Sequence[Comment]) -> dict[int, list[Hint]]:
    """The hints of each of ``comments`` (with their ``article``) by primary key, in a fixed number of queries."""
    return {pk: _in_order(reading) for pk, reading in readings_of(comments).items()}


def hints_about(reading: Reading, checks: Iterable[tuple[str, Check]] = CHECKS) -> list[Hint]:
    """What ``checks`` say. One that fails, or is over its budget, says that it did not check."""
    _folded_once = reading.sentences  # what every check reads is no check's own time
    return [hint for name, check in checks for hint in _run(name, check, reading)]


def _in_order(reading: Reading) -> list[Hint]:
    """``hints_about(reading)``, with what lies in the text alone remembered: a page is drawn many times."""
    try:
        of_text = _of_text(reading.text, reading.language, reading.terms, reading.learned, get_language())
    except _NotAllChecked as incomplete:
        of_text = incomplete.found
    of_rest = {name: _run(name, check, reading) for name, check in CHECKS if check in _LOOK_AROUND}
    return [hint for name, _check in CHECKS for hint in of_rest.get(name) or of_text.get(name, ())]


@lru_cache(maxsize=500)
def _of_text(text: str, language: str, terms: Terms, model: Model | None, _worded_in: str) -> dict[str, list[Hint]]:
    """By check, what those say that look at nothing but the text. A text never changes, so this stays true."""
    reading = Reading(text=text, language=language, terms=terms, learned=model)
    _folded_once = reading.sentences
    found = {name: _run(name, check, reading) for name, check in CHECKS if check not in _LOOK_AROUND}
    if any(hint.code == NOT_CHECKED for hints in found.values() for hint in hints):
        raise _NotAllChecked(found)  # which is not remembered: the next time may go better
    return found


class _NotAllChecked(Exception):
    def __init__(self, found: dict[str, list[Hint]]) -> None:
        self.found = found
        super().__init__()


def _run(name: str, check: Check, reading: Reading) -> list[Hint]:
    until = time.thread_time() + BUDGET
    found: list[Hint] = []
    try:
        for hint in check(reading):
            found.append(hint)
            if len(found) == MOST:
                break
            if time.thread_time() > until:
                break
    except Exception:  # a broken check must not close the desk, and it says so on the card
        log.exception("the check %s failed", name)
        return [_not_checked(name)]
    return [*found, _not_checked(name)] if time.thread_time() > until else found


def _not_checked(name: str) -> Hint:
    return Hint(NOT_CHECKED, "", _("%(check)s: not checked.") % {"check": name})


def codes(hints: Iterable[Hint]) -> str:
    """What a decision keeps of the hints its moderator saw: ``code:guideline``, sorted, each once; ≤ 300 characters."""
    kept = sorted({f"{hint.code}:{hint.guideline}" if hint.guideline else hint.code for hint in hints})
    while len(",".join(kept)) > 300:
        kept.pop()
    return ",".join(kept)
