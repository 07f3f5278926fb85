"""One key for texts that differ in nothing but capitals, spelling variants, spaces and invisible characters.

The key is a keyed hash, so the text cannot be guessed from it without the house's key. Whoever erases a comment deletes
its fingerprint too.
"""

from comments.models import Comment, CommentFingerprint
from newsroom.folding import fold
from newsroom.keys import keyed_hash


def key_of(body: str) -> str:
    """The key of ``body``: 32 hexadecimal digits."""
    return keyed_hash("fingerprint", fold(body))[:16].hex()


def fingerprint(comment: Comment) -> CommentFingerprint:
    """The unsaved fingerprint of ``comment``."""
    return CommentFingerprint(comment=comment, key=key_of(comment.body))
