"""Hints order and explain; they never approve or reject. ``docs/hints-and-statistics.md`` says what each means.

``hints_for(comment)`` for one, ``hints_for_all(comments)`` for a page of them in a fixed number of queries.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.models import Comment
from moderation.hints import language, manner
from moderation.hints.reading import Hint, Reading
from moderation.hints.surroundings import readings_of

Check = Callable[[Reading], Iterator[Hint]]
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
    (gettext_lazy("Shouting"), manner.shouting),
    (gettext_lazy("Language"), manner.other_language),
    (gettext_lazy("Unusual characters"), manner.unusual_characters),
)


def hints_for(comment: Comment) -> list[Hint]:
    """The hints about ``comment``, worded in the active language. Offsets point into its text exactly as written."""
    return hints_for_all([comment])[comment.pk]


def hints_for_all(comments: Sequence[Comment]) -> dict[int, list[Hint]]:
    """The hints of each of ``comments`` (with their ``article``) by primary key, in a fixed number of queries."""
    return {pk: hints_about(reading) for pk, reading in readings_of(comments).items()}


def hints_about(reading: Reading, checks: Iterable[tuple[str, Check]] = CHECKS) -> list[Hint]:
    """What ``checks`` say. One that fails, or is over its budget, says that it did not check."""
    _folded_once = reading.sentences  # what every check reads is no check's own time
    return [hint for name, check in checks for hint in _run(name, check, reading)]


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
