"""Checkpoints of the ledger: daily and on demand, published, mailed and written to a file.

A checkpoint proves something to whoever kept a copy where this newsroom cannot change it: hence mail and file.
"""

import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from moderation import ledger, verify_ledger
from moderation.models import Checkpoint, Decision
from newsroom import mail, pages
from newsroom.mail import Letter
from newsroom.models import MailJob

PAGE_KEY = "transparency"


class DoesNotFit(Exception):
    """The ledger is not the one an earlier checkpoint saw; a new one would only cover that up."""


def take(*, only_once_a_day: bool = False, now: datetime.datetime | None = None) -> Checkpoint | None:
    """Note how many decisions there are and the hash of the last; mail it and write it to its file.

    With ``only_once_a_day`` None when there is one of this UTC day already. Raises DoesNotFit when the newest
    checkpoint does not fit the ledger any more; none is taken then.
    """
    now = now or timezone.now()
    newest = Checkpoint.objects.first()
    if only_once_a_day and newest and _day(newest.taken_at) == _day(now):
        return None
    if newest and not fits(newest):  # looked at before the lock: in a long ledger it takes a moment
        raise DoesNotFit(f"the ledger is not the one the checkpoint of {newest.taken_at:%Y-%m-%d %H:%M} UTC saw")
    with transaction.atomic():
        ledger.lock_chain()
        newest = Checkpoint.objects.first()
        if only_once_a_day and newest and _day(newest.taken_at) == _day(now):
            return None
        checkpoint = Checkpoint.objects.create(decisions=length(), last_hash=ledger.newest_hash(), taken_at=now)
        for number in range(len(settings.NEWSROOM_CHECKPOINT_MAIL)):
            mail.queue("checkpoint", about=f"checkpoint:{checkpoint.pk}", fact=f"address:{number}", language="en")
        pages.changed(PAGE_KEY)
    write(checkpoint)
    return checkpoint


def take_daily() -> Checkpoint | None:
    """The worker's: today's checkpoint, if there is none yet. Writes again what an earlier run could not."""
    taken = take(only_once_a_day=True)
    newest = Checkpoint.objects.first()
    if taken is None and newest and not path_of(newest).exists():
        write(newest)
    return taken


def length() -> int:
    """How many decisions the ledger holds. Only those behind the newest checkpoint are counted: three short queries."""
    newest = Checkpoint.objects.first()
    last = newest and Decision.objects.filter(hash=newest.last_hash).values_list("pk", flat=True).first()
    if last is None:
        return Decision.objects.count()
    return newest.decisions + Decision.objects.filter(pk__gt=last).count()


def fits(checkpoint: Checkpoint) -> bool:
    """Whether the decision that was last then still is at the same place. Two queries; ``verify`` looks at them all."""
    if not checkpoint.decisions:
        return checkpoint.last_hash == ledger.GENESIS
    last = Decision.objects.filter(hash=checkpoint.last_hash).values_list("pk", flat=True).first()
    return last is not None and Decision.objects.filter(pk__lte=last).count() == checkpoint.decisions


def line_of(checkpoint: Checkpoint) -> verify_ledger.Checkpoint:
    """``checkpoint`` as the verifiers read it; as text it is one line."""
    taken_at = checkpoint.taken_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return verify_ledger.Checkpoint(checkpoint.decisions, checkpoint.last_hash, taken_at)


def known() -> list[verify_ledger.Checkpoint]:
    """Every checkpoint of the database, oldest first."""
    return [line_of(checkpoint) for checkpoint in Checkpoint.objects.order_by("pk")]


def path_of(checkpoint: Checkpoint) -> Path:
    """The file of ``checkpoint``: one each, so that a store which only takes new files will do."""
    taken_at = checkpoint.taken_at.astimezone(datetime.UTC)
    return Path(settings.NEWSROOM_CHECKPOINT_DIR) / f"checkpoint-{taken_at:%Y%m%dT%H%M%SZ}-{checkpoint.decisions}.txt"


def write(checkpoint: Checkpoint) -> Path:
    """Write ``checkpoint`` to its file, whole or not at all, never over another. Raises OSError."""
    path = path_of(checkpoint)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(f"{line_of(checkpoint)}\n", encoding="utf-8")
    if path.exists():
        draft.unlink()
    else:
        draft.replace(path)
    return path


@mail.letter("checkpoint")
def _letter(job: MailJob) -> Letter | None:
    """To each configured address; one that was taken out of the settings meanwhile gets nothing."""
    checkpoint = Checkpoint.objects.filter(pk=int(job.about.removeprefix("checkpoint:"))).first()
    number = int(job.fact.removeprefix("address:"))
    addresses = settings.NEWSROOM_CHECKPOINT_MAIL
    if checkpoint is None or number >= len(addresses):
        return None
    return Letter(addresses[number], {"line": str(line_of(checkpoint)), "checkpoint": checkpoint})


def _day(moment: datetime.datetime) -> datetime.date:
    return moment.astimezone(datetime.UTC).date()
