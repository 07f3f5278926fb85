"""The only way a comment is decided: ``decide()``; several at once: ``decide_many()``; taken back: ``undo()``."""

import datetime
import secrets
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments import retention
from comments.models import Comment, Guideline, GuidelineEdition, Status, TransitionRefused
from comments.models.comment import Cause
from moderation import answers, ledger, letters
from moderation.models import CitedGuideline, Decision, DecisionNote, Verdict
from newsroom.keys import commitment
from newsroom.roles import MODERATORS, Role

MAX_NOTE = 1000
UNDO_WITHIN = datetime.timedelta(seconds=10)


class DecisionRefused(Exception):
    """Why a decision was not taken, in words for the moderator; nothing was written."""


class NotAModerator(DecisionRefused):
    """The person does not hold the role. Being a superuser is not enough."""


class GuidelineRequired(DecisionRefused):
    """A rejection or removal cites no guideline of the edition in force, or an approval cites one."""


class PassageRefused(DecisionRefused):
    """The marked passage is not one of the text."""


class OwnReply(DecisionRefused):
    """Nobody decides about what they wrote for the newsroom themselves."""


class EditionChanged(GuidelineRequired):
    """A guideline is not, or not in these words, in the edition that came into force while the page was open."""


class UndoRefused(DecisionRefused):
    """Too late, somebody else's, not the newest, or of a kind that is not undone."""


class AlreadyDecided(DecisionRefused):
    """The comment moved after this moderator saw it; ``decision`` is the newest one, or None (withdrawn by its
    author)."""

    def __init__(self, comment: Comment, decision: Decision | None):
        self.comment = comment
        self.decision = decision
        super().__init__(_who_was_faster(comment, decision))


def decide(
    comment: Comment,
    verdict: Verdict,
    *,
    moderator,
    seen_version: int,
    guidelines: Sequence[str] = (),
    note: str = "",
    passage: tuple[int, int] | None = None,
    hints_shown: str = "",
    seen_edition: int | None = None,
) -> Decision:
    """Approve, reject or remove ``comment`` as ``moderator`` saw it at ``seen_version``.

    ``guidelines`` are codes of the edition in force: at least one to reject or remove, none to approve. ``note`` goes
    to the author. ``passage`` marks the text the verdict rests on, as two offsets in code points. ``seen_edition`` is
    the number of the edition the moderator had before them, if known: a guideline that was worded otherwise in it is
    not cited. Status, decision, citations, note, and after a refusal the answers to reports, are written in one
    transaction. Raises a DecisionRefused; of moderators who race, one decides
    and the others get AlreadyDecided.
    """
    _check_moderator(moderator)
    try:
        with transaction.atomic():
            ledger.lock_chain()
            edition = GuidelineEdition.objects.in_force()
            cited = _cited(edition, verdict, guidelines, moderator)
            _check_as_worded(edition, cited, seen_edition)
            seen = _as_seen(comment, seen_version)
            check_not_own(seen, moderator)
            _check_passage(seen, passage)
            decision = _write(
                seen, verdict, edition, cited, moderator, seen_version, note.strip(), passage, hints_shown
            )
            seen.move_to(verdict, cause=Cause.DECISION, seen_version=seen_version)
            retention.start_countdown(seen, decided_at=decision.decided_at)
            letters.tell_author(decision)
            if decision.is_refusal:
                answers.answer_removed(decision)
            return decision
    except (IntegrityError, TransitionRefused) as error:
        raise _already_decided(comment, seen_version, error) from error


def decide_many(
    seen: Sequence[tuple[Comment, int]],
    verdict: Verdict,
    *,
    moderator,
    guidelines: Sequence[str] = (),
    note: str = "",
    hints_shown: Mapping[int, str] | None = None,
    seen_edition: int | None = None,
) -> tuple[list[Decision], list[AlreadyDecided]]:
    """Decide each comment of ``seen`` (with the version the moderator saw) alike: one decision row each, in one
    transaction.

    ``hints_shown`` holds the codes of the hints each was shown with, by the comment's id. Returns the decisions made
    and, for each comment somebody was faster with, who it was. Any other DecisionRefused concerns them all and is
    raised; nothing is written then.
    """
    made, late = [], []
    with transaction.atomic():
        ledger.lock_chain()
        for comment, version in seen:
            try:
                decision = decide(
                    comment,
                    verdict,
                    moderator=moderator,
                    seen_version=version,
                    guidelines=guidelines,
                    note=note,
                    hints_shown=(hints_shown or {}).get(comment.pk, ""),
                    seen_edition=seen_edition,
                )
                made.append(decision)
            except AlreadyDecided as faster:
                late.append(faster)
    return made, late


def reinstate(refusal: Decision, *, moderator) -> Decision:
    """Approve the comment that ``refusal``, its newest decision, rejected or removed: a further decision.

    ``moderation.appeals`` calls it in the transaction that writes why; the database asks for that row. Raises a
    DecisionRefused.
    """
    _check_moderator(moderator)
    ledger.lock_chain()
    edition = GuidelineEdition.objects.in_force()
    try:
        seen = _as_seen(refusal.comment, refusal.comment_version)
        approval = _write(seen, Verdict.APPROVED, edition, [], moderator, refusal.comment_version, "", None, "")
        seen.move_to(Status.APPROVED, cause=Cause.APPEAL, seen_version=refusal.comment_version)
    except TransitionRefused as error:
        raise _already_decided(refusal.comment, refusal.comment_version, error) from error
    retention.start_countdown(seen, decided_at=approval.decided_at)
    return approval


def undo(decision: Decision, *, moderator) -> Decision:
    """Take ``decision`` back within ``UNDO_WITHIN`` of it: a further decision, ``undone``, and the comment waits again.

    Only the moderator who made it may, and only while it is the comment's newest. Raises a DecisionRefused.
    """
    _check_moderator(moderator)
    if decision.moderator_id != moderator.pk:
        raise UndoRefused(_("Only the moderator who decided can take the decision back."))
    try:
        with transaction.atomic():
            ledger.lock_chain()
            if timezone.now() - decision.decided_at > UNDO_WITHIN:
                raise UndoRefused(_("It is too late to undo: ten seconds have passed."))
            locked = Comment.objects.select_for_update(of=("self",)).select_related("key")
            comment = locked.get(pk=decision.comment_id)  # an appeal comes before or after
            if comment.decisions.first() != decision or comment.version != decision.comment_version:
                raise UndoRefused(_("This is no longer the newest decision about the comment."))
            if hasattr(decision, "appeal"):
                raise UndoRefused(_("The author has appealed already: somebody else decides now."))
            if decision.was_made_on_appeal:
                raise UndoRefused(_("A decision on an appeal is not taken back."))
            edition = GuidelineEdition.objects.in_force()
            undone = _write(comment, Verdict.UNDONE, edition, [], moderator, comment.version, "", None, "")
            comment.move_to(Status.PENDING, cause=Cause.UNDO, seen_version=comment.version)
            return undone
    except TransitionRefused as error:
        raise UndoRefused(_("This decision cannot be undone.")) from error


def _check_moderator(moderator) -> None:
    if not moderator.is_(*MODERATORS):
        raise NotAModerator(_("Only moderators decide comments."))


def check_not_own(comment: Comment, moderator) -> None:
    """Raise OwnReply where ``moderator`` wrote ``comment``: nobody judges their own words."""
    if comment.staff_id == moderator.pk:
        raise OwnReply(_("You wrote comment %(number)s: somebody else decides about it.") % {"number": comment.pk})


def _check_passage(comment: Comment, passage: tuple[int, int] | None) -> None:
    if passage and not 0 <= passage[0] < passage[1] <= len(comment.body):
        raise PassageRefused(_("The marked passage is not one of this text."))


def _cited(edition: GuidelineEdition, verdict: Verdict, codes: Sequence[str], moderator) -> list[Guideline]:
    """The guidelines of ``edition`` called ``codes``, or the reason why they cannot carry ``verdict``."""
    if verdict == Verdict.APPROVED:
        if codes:
            raise GuidelineRequired(_("An approval cites no guideline."))
        return []
    found = list(edition.guidelines.filter(code__in=codes).prefetch_related("wordings"))
    if gone := set(codes) - {guideline.code for guideline in found}:
        _check_not_of_an_earlier_edition(edition, gone)
    if not codes or len(found) != len(set(codes)):
        raise GuidelineRequired(_("Choose at least one of the guidelines: the author will be told which."))
    if Guideline.UNLAWFUL in codes and not moderator.is_(Role.MODERATION_LEAD):
        raise GuidelineRequired(_("Only a moderation lead may cite unlawful content."))
    return found


def _check_not_of_an_earlier_edition(edition: GuidelineEdition, gone: set[str]) -> None:
    """A code that only an earlier edition has comes from a page that was open when this one came into force."""
    earlier = Guideline.objects.filter(edition__published_at__isnull=False, edition__number__lt=edition.number)
    if known := sorted(set(earlier.filter(code__in=gone).values_list("code", flat=True))):
        raise EditionChanged(
            _("Edition %(number)s of the guidelines is in force now and has no “%(codes)s”. Please choose again.")
            % {"number": edition.number, "codes": ", ".join(known)}
        )


def _check_as_worded(edition: GuidelineEdition, cited: Sequence[Guideline], seen_edition: int | None) -> None:
    """Whoever cites a guideline has read it: refuse those that were worded otherwise in ``seen_edition``."""
    if seen_edition in (None, edition.number):
        return
    there = Guideline.objects.filter(edition__number=seen_edition, code__in=[guideline.code for guideline in cited])
    seen = {guideline.code: _words(guideline) for guideline in there.prefetch_related("wordings")}
    changed = [guideline.code for guideline in cited if _words(guideline) != seen.get(guideline.code)]
    if changed:
        raise EditionChanged(
            _("Edition %(number)s of the guidelines is in force now and words “%(codes)s” otherwise. Please read it.")
            % {"number": edition.number, "codes": ", ".join(changed)}
        )


def _words(guideline: Guideline) -> dict[str, tuple[str, str]]:
    return {wording.language: (wording.title, wording.text) for wording in guideline.wordings.all()}


def _as_seen(comment: Comment, seen_version: int) -> Comment:
    """The comment, locked, if it still is as the moderator saw it; an erased one, whose key is gone, is not."""
    there = Comment.objects.select_for_update(of=("self",)).select_related("key")
    seen = there.filter(pk=comment.pk, version=seen_version, key__isnull=False).first()
    if seen is None:
        raise TransitionRefused("moved or erased before this decision")
    return seen


def _write(comment, verdict, edition, cited, moderator, seen_version, note, passage, hints_shown) -> Decision:
    """Write the decision behind the newest one of the chain."""
    if len(note) > MAX_NOTE:
        raise DecisionRefused(_("The note is too long: at most 1,000 characters."))
    key = bytes.fromhex(comment.key.key)
    decision = Decision(
        comment=comment,
        sequence=comment.decisions.count() + 1,
        comment_version=seen_version + 1,
        verdict=verdict,
        edition=edition,
        moderator=moderator,
        moderator_salt=secrets.token_hex(16),
        decided_at=timezone.now(),
        passage_start=passage and passage[0],
        passage_end=passage and passage[1],
        hints_shown=hints_shown,
        text_commitment=commitment(key, comment.body),
        note_commitment=commitment(key, note) if note else "",
        previous_hash=ledger.newest_hash(),
    )
    decision.hash = ledger.hash_of(decision, [guideline.code for guideline in cited])
    decision.save(force_insert=True)
    CitedGuideline.objects.bulk_create(CitedGuideline(decision=decision, guideline=guideline) for guideline in cited)
    if note:
        DecisionNote.objects.create(decision=decision, text=note)
    return decision


def _already_decided(comment: Comment, seen_version: int, error: Exception) -> Exception:
    """The loser's answer; an error that no other decision explains stays what it is."""
    fresh = Comment.objects.get(pk=comment.pk)
    if fresh.version == seen_version and isinstance(error, IntegrityError):
        return error
    newest = fresh.decisions.select_related("moderator").prefetch_related("citations__guideline").first()
    return AlreadyDecided(fresh, newest)


def _who_was_faster(comment: Comment, decision: Decision | None) -> str:
    if decision is None:
        return _("This comment is %(status)s.") % {"status": comment.get_status_display()}
    at = timezone.localtime(decision.decided_at)
    return _("%(moderator)s was faster: %(verdict)s at %(time)s.") % {
        "moderator": decision.moderator,
        "verdict": decision.get_verdict_display(),
        "time": at.strftime("%H:%M:%S"),
    }
