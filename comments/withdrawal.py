"""A reader takes their words back."""

from comments.erasure import erase
from comments.models import Comment, Erasure


def withdraw(comment: Comment) -> Erasure:
    """Take ``comment`` off the page or the queue, or a rejected one out of our records, and forget its text and name.

    Whatever a moderator decided meanwhile, the author's wish stands. The row stays, empty, as a tombstone. Doing it
    twice changes nothing.
    """
    return erase(comment, cause=Erasure.Cause.AUTHOR)
