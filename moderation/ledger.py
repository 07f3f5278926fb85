"""The chain of decisions: how one is hashed and put behind the one before it. ``docs/ledger.md`` is the same in prose.

The canonical encoding is a JSON array, UTF-8, no spaces, non-ASCII as itself, in the order of ``encoded``.
"""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from json.encoder import encode_basestring as quoted

from django.db import connection

from comments.models import Guideline, GuidelineEdition
from moderation.models import Decision
from moderation.verify_ledger import FORMAT, GENESIS, Break, Checkpoint, Link, Report, examine
from newsroom.keys import commitment

_LOCK = 7_205_114_030_331_905_117  # an arbitrary number that only this chain uses


def lock_chain() -> None:
    """Let one writer at a time extend the chain, until the transaction ends.

    On SQLite the transaction itself, begun IMMEDIATE, already is that lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def newest_hash() -> str:
    """The hash the next decision builds on: the newest one's, or ``GENESIS`` before the first."""
    return Decision.objects.order_by("-pk").values_list("hash", flat=True).first() or GENESIS


def moderator_digest(moderator_id: int, salt: str) -> str:
    """64 hexadecimal digits that stand for the moderator of one decision and link it to no other."""
    return hashlib.sha256(f"{salt}:{moderator_id}".encode()).hexdigest()


def encoded(
    previous_hash: str,
    comment: int,
    sequence: int,
    comment_version: int,
    verdict: str,
    edition: int,
    guideline_codes: Iterable[str],
    moderator: str,
    decided_at: str,
    passage_start: int | None,
    passage_end: int | None,
    hints_shown: str,
    text_commitment: str,
    note_commitment: str,
) -> bytes:
    """The canonical encoding. ``moderator`` is a ``moderator_digest``, ``decided_at`` UTC as
    2026-01-31T12:00:00.000000Z.

    The same bytes as ``json.dumps(…, ensure_ascii=False, separators=(",", ":"))``, written out because millions are
    verified.
    """
    codes = ",".join([quoted(code) for code in sorted(guideline_codes)])
    start = "null" if passage_start is None else passage_start
    end = "null" if passage_end is None else passage_end
    return (
        f'["{FORMAT}",{quoted(previous_hash)},{comment},{sequence},{comment_version},{quoted(verdict)},{edition},'
        f'[{codes}],"{moderator}",{quoted(decided_at)},{start},{end},{quoted(hints_shown)},'
        f"{quoted(text_commitment)},{quoted(note_commitment)}]"
    ).encode()


def moment(at: datetime.datetime) -> str:
    """``at`` (UTC) as it is hashed."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(decision: Decision, guideline_codes: list[str]) -> bytes:
    """What is hashed of ``decision``: every column that says something, with its edition's number and cited codes."""
    return encoded(
        decision.previous_hash,
        decision.comment_id,
        decision.sequence,
        decision.comment_version,
        str(decision.verdict),
        decision.edition.number,
        guideline_codes,
        moderator_digest(decision.moderator_id, decision.moderator_salt),
        moment(decision.decided_at),
        decision.passage_start,
        decision.passage_end,
        decision.hints_shown,
        decision.text_commitment,
        decision.note_commitment,
    )


def hash_of(decision: Decision, guideline_codes: list[str]) -> str:
    """SHA-256 of the canonical encoding, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(decision, guideline_codes)).hexdigest()


# Reading the whole chain ----------------------------------------------------------------------------------------------

# Numbers read in one query: a window, as with LIMIT and stale statistics PostgreSQL joined all that follows each time.
AT_ONCE = 2_000
# Half-open steps in minutes (up to this many minutes: by this step) to which a wait is rounded up when it is published.
WAIT_STEPS = ((60, 5), (360, 15), (1440, 60), (10_080, 360))
_LONGER = 1440

_COLUMNS = (
    "d.id, d.previous_hash, d.hash, d.comment_id, d.sequence, d.comment_version, d.verdict, d.edition_id, "
    "d.moderator_id, d.moderator_salt, {time}, d.passage_start, d.passage_end, d.hints_shown, d.text_commitment, "
    "d.note_commitment"
)
# As text: SQLite's driver would make a time of a bare column, at a cost.
_TIME = {"sqlite": "{0} || ''", "postgresql": "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"}
_TEXT = (
    ", k.key, c.body, n.text, x.id FROM moderation_decision d JOIN comments_comment c ON c.id = d.comment_id "
    "LEFT JOIN comments_commentkey k ON k.comment_id = d.comment_id "
    "LEFT JOIN comments_erasure x ON x.comment_id = d.comment_id "
    "LEFT JOIN moderation_decisionnote n ON n.decision_id = d.id"
)
_RECEIVED = ", {received} FROM moderation_decision d JOIN comments_comment c ON c.id = d.comment_id"
_PLAIN = " FROM moderation_decision d"
_PAGE = " WHERE d.id > %s AND d.id <= %s ORDER BY d.id"
LAST = 2**63 - 1  # above every decision's number


class Reading:
    """The database's decisions in the order of the chain, a few thousand at a time: memory does not grow.

    With ``opening``, ``links`` also opens each decision's commitments with the comment's key, where there still is
    one: ``opened`` counts those that hold, ``erased`` those whose comment was erased, and ``mistaken`` names the first
    ones whose text or note is not the one decided about.
    """

    MOST_NAMED = 20

    def __init__(self, *, opening: bool = False) -> None:
        self.opening = opening
        self.opened = self.erased = self.wrong = 0
        self.mistaken: list[str] = []
        self.editions = dict(GuidelineEdition.objects.values_list("pk", "number"))
        self.codes = dict(Guideline.objects.values_list("pk", "code"))

    def links(self) -> Iterator[Link]:
        """What ``verify_ledger.examine`` follows."""
        self.opened = self.erased = self.wrong = 0
        self.mistaken = []
        for row, record in self._records(_TEXT if self.opening else _PLAIN):
            if self.opening:
                self._open(row)
            yield row[1], row[2], hashlib.sha256(record).hexdigest(), f"number {row[0]}"

    def lines(self, after: int = 0, upto: int = LAST) -> Iterator[bytes]:
        """The public lines of the decisions with numbers above ``after`` up to ``upto``: no person, no text."""
        for row, record in self._records(_RECEIVED, after, upto):
            waited = waited_minutes(_moment(row[10]) - _moment(row[16]))
            yield b'["%s",%s,%d]\n' % (row[2].encode(), record, waited)

    def _records(self, joined: str, after: int = 0, upto: int = LAST) -> Iterator[tuple[Sequence, bytes]]:
        """Each row with its canonical encoding."""
        time = _TIME[connection.vendor]
        received = time.format("c.submitted_at")
        select = f"SELECT {_COLUMNS.format(time=time.format('d.decided_at'))}{joined.format(received=received)}{_PAGE}"
        digest, editions = moderator_digest, self.editions
        for first, last in windows(after, upto, AT_ONCE):
            cited = self._cited(first, last)
            for row in self._fetch(select, first, last):
                yield (
                    row,
                    encoded(
                        row[1],
                        row[3],
                        row[4],
                        row[5],
                        row[6],
                        editions.get(row[7], 0),
                        cited[row[0]],
                        digest(row[8], row[9]),
                        _canonical_time(row[10]),
                        *row[11:16],
                    ),
                )

    def _fetch(self, select: str, after: int, upto: int) -> list[Sequence]:
        with connection.cursor() as cursor:
            cursor.execute(select, [after, upto])
            return cursor.fetchall()

    def _cited(self, after: int, upto: int) -> dict[int, list[str]]:
        found: defaultdict[int, list[str]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT decision_id, guideline_id FROM moderation_citedguideline "
                "WHERE decision_id > %s AND decision_id <= %s",
                [after, upto],
            )
            for decision, guideline in cursor.fetchall():
                found[decision].append(self.codes.get(guideline, "?"))
        return found

    def _open(self, row: Sequence) -> None:
        """Whether comment and note are still what the decision committed to."""
        key, body, note, erasure = row[16:20]
        if key is None and erasure is not None:
            self.erased += 1
            return
        if key is not None and _commits(key, body, row[14]) and (not row[15] or _commits(key, note or "", row[15])):
            self.opened += 1
            return
        self.wrong += 1
        if len(self.mistaken) < self.MOST_NAMED:
            what = "has no key though nobody erased it" if key is None else "is not the text or note decided about"
            self.mistaken.append(f"decision number {row[0]}: comment {row[3]} {what}")


def windows(after: int, upto: int, size: int) -> Iterator[tuple[int, int]]:
    """Cut the decisions with numbers above ``after`` up to ``upto`` into windows of ``size`` numbers: above the first,
    up to the second. Gaps are jumped over. One short query each.
    """
    decisions = Decision.objects.order_by("pk").values_list("pk", flat=True)
    while (first := decisions.filter(pk__gt=after, pk__lte=upto).first()) is not None:
        after = min(first - 1 + size, upto)
        yield first - 1, after


def _commits(key: str, text: str, stated: str) -> bool:
    try:
        return commitment(bytes.fromhex(key), text) == stated
    except ValueError:  # somebody put something else in the key's place
        return False


def waited_minutes(waited: datetime.timedelta) -> int:
    """``waited`` as it is published: in minutes, rounded up to a step of ``WAIT_STEPS``."""
    seconds = max(0, -(-waited // datetime.timedelta(seconds=1)))
    step = next((step for limit, step in WAIT_STEPS if seconds <= limit * 60), _LONGER)
    return max(1, -(-seconds // (step * 60))) * step


def _canonical_time(stored: str) -> str:
    """SQLite leaves out a fraction of nought; what is not as Django stores it comes out as something else."""
    return f"{stored[:10]}T{stored[11:]}Z" if len(stored) != 19 else f"{stored[:10]}T{stored[11:]}.000000Z"


def _moment(stored: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(stored)


def verify(checkpoints: Iterable[Checkpoint] = (), **told) -> Report:
    """Follow the whole chain and compare it with ``checkpoints``; ``told`` as of ``verify_ledger.examine``."""
    return examine(Reading().links, checkpoints, **told)


def first_break() -> Break | None:
    """The first decision that does not follow from the one before it or not from its own columns; None when whole."""
    return verify().broken


def unexplained_comments() -> Iterator[int]:
    """Comments that stand decided though no decision says so, as after decisions were cut off or taken out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id FROM comments_comment c WHERE c.status IN ('approved', 'rejected', 'removed') AND NOT EXISTS "
            "(SELECT 1 FROM moderation_decision d WHERE d.comment_id = c.id AND d.comment_version = c.version "
            "AND d.verdict = c.status) ORDER BY c.id"
        )
        yield from (pk for (pk,) in cursor.fetchall())
