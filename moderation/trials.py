"""Trying a term list against what was decided, before it gives hints to anybody. Reads only."""

from dataclasses import dataclass, field

from comments.models import Comment, Status
from moderation.hint_models import TermList
from moderation.hints.folding import words_of
from moderation.hints.terms import Terms

LOOK_AT = 1_000
SHOW = 50


@dataclass
class TermTrial:
    """One term's hits among the comments looked at."""

    term: str
    approved: int = 0
    rejected: int = 0


@dataclass
class Trial:
    """What a list would have hinted: ``examples`` are (comment, the words it would have marked)."""

    looked_at: int = 0
    approved: int = 0
    rejected: int = 0
    by_term: dict[str, TermTrial] = field(default_factory=dict)
    examples: list[tuple[Comment, list[str]]] = field(default_factory=list)


def try_list(term_list: TermList) -> Trial:
    """Run the terms in use of ``term_list``, active or not, over the newest 1,000 decided comments of its language."""
    terms = Terms(term_list.terms.filter(is_active=True).values_list("list__guideline", "text"))
    decided = Comment.objects.filter(status__in=(Status.APPROVED, Status.REJECTED, Status.REMOVED)).exclude(body="")
    if term_list.language:
        decided = decided.filter(language=term_list.language)
    trial = Trial()
    for comment in decided.order_by("-moved_at", "-pk")[:LOOK_AT]:
        trial.looked_at += 1
        _count(trial, comment, terms)
    return trial


def _count(trial: Trial, comment: Comment, terms: Terms) -> None:
    found = list(terms.matches(words_of(comment.body)))
    if not found:
        return
    verdict = "approved" if comment.status == Status.APPROVED else "rejected"
    setattr(trial, verdict, getattr(trial, verdict) + 1)
    for term in sorted({match.term for match in found}):
        counted = trial.by_term.setdefault(term, TermTrial(term))
        setattr(counted, verdict, getattr(counted, verdict) + 1)
    if len(trial.examples) < SHOW:
        trial.examples.append((comment, [comment.body[match.start : match.end] for match in found]))
