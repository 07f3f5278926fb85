"""The form stamp: says which story a comment form was made for and when. It holds no reader's secret.

Every reader of one cached page sends the same stamp. Good for seven days.
"""

import datetime

from django.core import signing

GOOD_FOR = datetime.timedelta(days=7)
_SALT = "comments.form-stamp"


class StampForged(Exception):
    """The stamp is missing, altered, or made for another story."""


class StampExpired(Exception):
    """The stamp is true but older than ``GOOD_FOR``: the form comes back with a fresh one."""


def stamp(article_id: int) -> str:
    """A fresh stamp for the story ``article_id``."""
    return signing.TimestampSigner(salt=_SALT).sign(str(article_id))


def check_stamp(value: str, article_id: int) -> None:
    """Raises StampForged or StampExpired unless ``value`` is a good stamp for ``article_id``."""
    signer = signing.TimestampSigner(salt=_SALT)
    try:
        if signer.unsign(value) != str(article_id):
            raise StampForged
        signer.unsign(value, max_age=GOOD_FOR)
    except signing.SignatureExpired as expired:
        raise StampExpired from expired
    except signing.BadSignature as forged:
        raise StampForged from forged
