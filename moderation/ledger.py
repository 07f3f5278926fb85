"""The chain of decisions: how one is hashed and put behind the one before it. ``docs/ledger.md`` is the same in prose.

The canonical encoding is a JSON array, UTF-8, no spaces, non-ASCII as itself, in the order of ``canonical``.
"""

import hashlib
import json

from django.db import connection

from moderation.models import Decision

FORMAT = "newsroom-decision-1"
GENESIS = "0" * 64
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


def canonical(decision: Decision, guideline_codes: list[str]) -> bytes:
    """What is hashed of ``decision``: every column that says something, with its edition's number and cited codes."""
    fields = [
        FORMAT,
        decision.previous_hash,
        decision.comment_id,
        decision.sequence,
        decision.comment_version,
        decision.verdict,
        decision.edition.number,
        sorted(guideline_codes),
        moderator_digest(decision.moderator_id, decision.moderator_salt),
        decision.decided_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        decision.passage_start,
        decision.passage_end,
        decision.hints_shown,
        decision.text_commitment,
        decision.note_commitment,
    ]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def hash_of(decision: Decision, guideline_codes: list[str]) -> str:
    """SHA-256 of the canonical encoding, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(decision, guideline_codes)).hexdigest()


def first_break() -> Decision | None:
    """The first decision that does not follow from the one before it or not from its own columns; None when whole."""
    previous = GENESIS
    rows = Decision.objects.select_related("edition").prefetch_related("citations__guideline").order_by("pk")
    for decision in rows.iterator(chunk_size=2000):
        codes = [citation.guideline.code for citation in decision.citations.all()]
        if decision.previous_hash != previous or decision.hash != hash_of(decision, codes):
            return decision
        previous = decision.hash
    return None
