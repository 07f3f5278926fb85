"""Second looks: a share of decided comments goes blind to another moderator, who changes nothing by it.

``draw`` picks by a keyed hash of the decision's own hash: nobody without the newsroom's key, and no moderator, can tell
beforehand which decision will be looked at again, and drawing twice picks the same ones.
"""

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation import ledger
from moderation.decisions import UNDO_WITHIN
from moderation.models import Decision, SecondLook, SecondOpinion, Verdict
from moderation.second_look_models import Opinion
from newsroom.keys import keyed_hash
from newsroom.roles import MODERATORS

AT_ONCE = 5_000
LOOK_BACK = datetime.timedelta(days=7)  # decisions older than this are not drawn any more
TO_CHOOSE_FROM = 20


class OpinionRefused(Exception):
    """Why an opinion was not taken, in words for the moderator; nothing was written."""


def is_drawn(decision_hash: str, percent: float) -> bool:
    """Whether the decision with this hash is among the ``percent`` in a hundred that are looked at again."""
    number = int.from_bytes(keyed_hash("second-look", decision_hash)[:8], "big")
    return number < percent / 100 * 2**64


def draw() -> int:
    """Draw from the decisions since the last one drawn, once they can no longer be undone; how many were drawn."""
    share, now = settings.NEWSROOM_SECOND_LOOK_PERCENT, timezone.now()
    if not share:
        return 0
    made, after = 0, SecondLook.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    lately = Decision.objects.filter(decided_at__gte=now - LOOK_BACK, decided_at__lt=now - UNDO_WITHIN)
    while rows := list(lately.filter(pk__gt=after).order_by("pk").values_list("pk", "hash")[:AT_ONCE]):
        made += _keep([pk for pk, its_hash in rows if is_drawn(its_hash, share)])
        after = rows[-1][0]
    return made


@transaction.atomic
def _keep(drawn: Sequence[int]) -> int:
    """Write the looks at those that still stand and have none; of two who draw at once, one waits."""
    ledger.lock_chain()
    standing = Decision.objects.filter(pk__in=drawn, comment_version=F("comment__version"), second_look__isnull=True)
    judged = standing.exclude(verdict=Verdict.UNDONE).order_by("pk").values_list("pk", flat=True)
    return len(SecondLook.objects.bulk_create([SecondLook(pk=pk) for pk in judged]))


def next_for(moderator) -> SecondLook | None:
    """One of the oldest looks open to ``moderator``, with all its page shows; None when there is none.

    Each person is given another one of the first ``TO_CHOOSE_FROM``, so that two at work seldom meet.
    """
    oldest = list(SecondLook.objects.open_to(moderator).order_by("pk").values_list("pk", flat=True)[:TO_CHOOSE_FROM])
    if not oldest:
        return None
    return shown(min(oldest, key=lambda pk: keyed_hash("second-look-order", str(moderator.pk), str(pk))))


def shown(pk: int) -> SecondLook:
    """The look ``pk`` with all its page shows."""
    around = ("decision__edition", "decision__comment__article__section", "decision__comment__parent")
    return SecondLook.objects.select_related(*around).defer("decision__comment__article__body").get(pk=pk)


def give(look: SecondLook, opinion: Opinion, *, moderator, guidelines: Sequence[str] = ()) -> SecondOpinion:
    """Write what ``moderator`` would have decided, under ``guidelines`` (codes of the decision's edition).

    Raises OpinionRefused, and writes nothing, when they have no say in it, somebody was faster, the look is over, or
    the guidelines do not fit. The comment and its decision stay as they are.
    """
    if not moderator.is_(*MODERATORS):
        raise OpinionRefused(_("Only moderators take second looks."))
    codes = sorted(set(guidelines))
    _check_guidelines(look, opinion, codes)
    try:
        with transaction.atomic():
            if not SecondLook.objects.open_to(moderator).filter(pk=look.pk).exists():
                raise OpinionRefused(_("This second look is over, or not yours to take. Nothing was stored."))
            return SecondOpinion.objects.create(
                look=look, moderator=moderator, opinion=opinion, guidelines=",".join(codes)
            )
    except IntegrityError as error:
        raise OpinionRefused(_("Somebody was faster with this second look. Nothing was stored.")) from error


def _check_guidelines(look: SecondLook, opinion: Opinion, codes: Sequence[str]) -> None:
    if opinion == Opinion.APPROVE:
        if codes:
            raise OpinionRefused(_("Approving names no guideline: untick them, or reject."))
        return
    known = set(look.decision.edition.guidelines.values_list("code", flat=True))
    if not codes or not known.issuperset(codes):
        raise OpinionRefused(_("Choose at least one guideline you would reject it by."))
