"""Rehearsing a drafted edition: what the newest decided comments would meet under it, before anybody is bound by it.

No program judges. A lead reads the comments and marks; the tables put the marks beside what was decided.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from comments.models import GuidelineEdition
from moderation.edition_changes import Change, Changes, changes_between
from moderation.editions import EditionRefused, IsPublished, NotALead, words_of
from moderation.models import CitedGuideline, Decision, RehearsalMark, TermList, Verdict
from newsroom.models import User
from newsroom.roles import Role

SIZES = (20, 50, 100)
COUNTED = 1_000  # newest rejections and removals in which citations are counted
APPROVE = "approve"  # how a form says that a comment would meet no guideline


@dataclass
class Tried:
    """One decided comment: what it met then, and what a lead thinks it would meet; None while nobody said."""

    decision: Decision
    cited: list[str]
    mark: str | None

    @property
    def chosen(self) -> str:
        """The mark as the form says it."""
        return "" if self.mark is None else self.mark or APPROVE

    @property
    def is_same(self) -> bool:
        return self.mark is not None and (self.mark in self.cited if self.cited else self.mark == "")


@dataclass
class Rehearsal:
    """``counts`` are citations among the newest refusals, by code; ``lists`` term lists that hint at dropped ones."""

    tried: list[Tried]
    changes: Changes
    codes: list[str]
    counts: Counter = field(default_factory=Counter)
    lists: list[TermList] = field(default_factory=list)

    @property
    def marked(self) -> list[Tried]:
        return [one for one in self.tried if one.mark is not None]

    @property
    def same(self) -> int:
        return sum(one.is_same for one in self.marked)

    @property
    def turned(self) -> list[tuple[str, str, int]]:
        """What became what: (cited then, met under the draft, how many); the most frequent first, "" is approval."""
        pairs = Counter((", ".join(one.cited), one.mark) for one in self.marked)
        return [(then, now, count) for (then, now), count in pairs.most_common()]

    @property
    def counted(self) -> list[tuple[Change, int]]:
        """Each guideline of either edition with how often it was cited lately."""
        return [(change, self.counts[change.code]) for change in self.changes.grounds]

    @property
    def dropped(self) -> list[tuple[str, int]]:
        """Guidelines of the edition in force that the draft lacks, with how often they were cited lately."""
        return [(change.code, self.counts[change.code]) for change in self.changes.grounds if change.is_gone]


def rehearse(edition: GuidelineEdition, language: str, *, newest: int = SIZES[0]) -> Rehearsal:
    """The draft ``edition`` beside the ``newest`` decided comments whose text is still there. Fixed queries."""
    draft, in_force = words_of(edition), words_of(GuidelineEdition.objects.in_force())
    decisions = _standing()[:newest]
    marks = dict(RehearsalMark.objects.filter(edition=edition).values_list("decision_id", "code"))
    tried = [
        Tried(one, [citation.guideline.code for citation in one.citations.all()], marks.get(one.pk))
        for one in decisions
    ]
    rehearsal = Rehearsal(
        tried, changes_between(in_force, draft, language), [ground.code for ground in draft.grounds], _counts()
    )
    dropped = [code for code, _count in rehearsal.dropped]
    rehearsal.lists = list(TermList.objects.filter(guideline__in=dropped, is_active=True))
    return rehearsal


def mark(edition: GuidelineEdition, marks: Mapping[int, str], *, by: User) -> int:
    """Keep what ``by`` thinks the decided comments would meet, by the decision's id: a code of the draft, ``APPROVE``,
    or "" to take a mark back. Returns how many were kept. Raises an EditionRefused."""
    if not by.is_(Role.MODERATION_LEAD):
        raise NotALead
    with transaction.atomic():
        locked = GuidelineEdition.objects.select_for_update().get(pk=edition.pk)
        if not locked.is_draft:
            raise IsPublished
        known = {*locked.guidelines.values_list("code", flat=True), APPROVE}
        kept = {pk: code for pk, code in marks.items() if code}
        if not set(kept.values()) <= known:
            raise EditionRefused
        there = set(Decision.objects.filter(pk__in=kept).values_list("pk", flat=True))
        RehearsalMark.objects.filter(edition=locked, decision__in=list(marks)).delete()
        rows = [
            RehearsalMark(edition=locked, decision_id=pk, code="" if code == APPROVE else code, by=by)
            for pk, code in kept.items()
            if pk in there
        ]
        return len(RehearsalMark.objects.bulk_create(rows))


def _standing():
    """Decisions that stand, the newest first, with comment and citations."""
    verdicts = (Verdict.APPROVED, Verdict.REJECTED, Verdict.REMOVED)
    last = Decision.objects.filter(verdict__in=verdicts, comment__version=F("comment_version"))
    there = last.filter(comment__erasure__isnull=True).exclude(comment__status="withdrawn")
    shown = there.select_related("comment__article").defer("comment__article__body")
    return shown.prefetch_related("citations__guideline").order_by("-pk")


def _counts() -> Counter:
    refusals = Decision.objects.filter(verdict__in=(Verdict.REJECTED, Verdict.REMOVED)).order_by("-pk")
    newest = list(refusals.values_list("pk", flat=True)[:COUNTED])
    if not newest:
        return Counter()
    cited = CitedGuideline.objects.filter(decision__gte=newest[-1], decision__verdict__in=("rejected", "removed"))
    return Counter(cited.order_by().values_list("guideline__code", flat=True))
