"""Proof of work for the comment form, off by default (``NEWSROOM_PROOF_OF_WORK``): makes floods dear, not readers.

A browser that runs our script solves a small puzzle while its reader writes. Who sends none, since there is no script,
or sends one that is wrong, too old or was used before, loses nothing: the comment is taken, within a narrower limit of
waiting ones, and the desk says so. A proof is for one story and for one comment.
"""

import datetime
import secrets
import time

from altcha import Payload, create_challenge, verify_solution
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import Article
from comments.models import SpentProof
from newsroom.keys import keyed_hash

GOOD_FOR = 2 * 3600  # seconds; from the first letter written to the last
LONGEST = 2_000  # characters of a proof; ours have some 700
_ALGORITHM, _COST = "PBKDF2/SHA-256", 5_000
_COUNTER = (100, 300)  # how many keys a browser derives: about a second of an old phone's time


def challenge(article: Article) -> dict:
    """A fresh puzzle for a comment on ``article``, as ALTCHA's worker takes it."""
    made = create_challenge(
        _ALGORITHM,
        _COST,
        counter=_COUNTER[0] + secrets.randbelow(_COUNTER[1] - _COUNTER[0]),
        expires_at=int(time.time()) + GOOD_FOR,
        data={"story": article.pk},
        hmac_secret=_key("proof"),
        hmac_key_secret=_key("proof-key"),
    )
    return made.to_dict()


def solved(proof: str, article: Article) -> str | None:
    """The nonce of ``proof``, if it is a good one for ``article``; None for anything else.

    A few milliseconds of arithmetic: call it before the transaction that stores the comment, and ``spend`` in it.
    """
    if not proof or len(proof) > LONGEST or not proof.isascii():
        return None
    try:
        payload = Payload.from_base64(proof)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    parameters = payload.challenge.parameters
    if parameters.algorithm != _ALGORITHM or parameters.cost != _COST:  # before anything is computed
        return None
    if not verify_solution(payload, _key("proof"), hmac_key_secret=_key("proof-key")).verified:
        return None
    return parameters.nonce if parameters.data == {"story": article.pk} else None


def spend(nonce: str) -> bool:
    """Whether the proof with this ``nonce`` (``solved``) is used for the first time. Call it in a transaction."""
    try:
        with transaction.atomic():
            SpentProof.objects.create(nonce=nonce, expires_at=timezone.now() + datetime.timedelta(seconds=GOOD_FOR))
    except IntegrityError:
        return False
    return True


def forget_spent() -> int:
    """Delete the proofs that are too old to be used again; how many."""
    return SpentProof.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _key(purpose: str) -> bytes:
    return keyed_hash(purpose)
