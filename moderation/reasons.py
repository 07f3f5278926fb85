"""The statement of reasons every rejection and removal owes its author (article 17 of the EU's Digital Services Act).

One statement, read on the receipt and in the mail alike. The moderator stays a role; who it was stands on the desk.
"""

import datetime
from dataclasses import dataclass

from comments import retention
from comments.models import Guideline, GuidelineWording, Report
from moderation.models import Appeal, AppealOutcome, Decision
from newsroom.addresses import reverse_in


@dataclass(frozen=True)
class Statement:
    """What was decided, on what facts and ground, and what its author can do about it.

    ``grounds`` are the guidelines cited, as worded in the decision's edition; ``passage`` is the marked part of the
    text, "" for the whole of it. ``guidelines_path`` is the edition's own address, which never moves.
    """

    decision: Decision
    grounds: list[tuple[Guideline, GuidelineWording]]
    guidelines_path: str
    passage: str
    note: str
    had_hints: bool
    was_reported: bool
    appeal_until: datetime.datetime
    appeal: Appeal | None
    outcome: AppealOutcome | None

    @property
    def is_unlawful(self) -> bool:
        """Whether it rests on the law and not on the house's own guidelines."""
        return any(guideline.code == Guideline.UNLAWFUL for guideline, _wording in self.grounds)


def statement_of(decision: Decision, language: str) -> Statement | None:
    """The statement of reasons for ``decision`` in ``language``; None unless it rejects or removes.

    Eight queries at most, whatever it cites.
    """
    if not decision.is_refusal:
        return None
    whole = Decision.objects.select_related("edition", "note", "comment", "appeal__outcome")
    decision = whole.prefetch_related("citations__guideline__wordings").get(pk=decision.pk)
    cited = [citation.guideline for citation in decision.citations.all()]
    appeal = getattr(decision, "appeal", None)
    return Statement(
        decision=decision,
        grounds=[(guideline, guideline.wording_in(language)) for guideline in cited],
        guidelines_path=reverse_in(language, "comments:edition", decision.edition.number),
        passage=passage_of(decision),
        note=decision.note.text if hasattr(decision, "note") else "",
        had_hints=bool(decision.hints_shown),
        was_reported=Report.objects.filter(comment=decision.comment, created_at__lt=decision.decided_at).exists(),
        appeal_until=retention.appeal_until(decision.decided_at),
        appeal=appeal,
        outcome=getattr(appeal, "outcome", None),
    )


def passage_of(decision: Decision) -> str:
    """The part of the text that ``decision`` marks, exactly as written; "" when none is, or the text is gone."""
    if decision.passage_start is None:
        return ""
    return decision.comment.body[decision.passage_start : decision.passage_end]
