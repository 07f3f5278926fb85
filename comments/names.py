"""Names that look like the newsroom's own people: recognised, and left to a moderator to judge.

A reader may be called like an editor; so nothing is refused here. Whoever shows a comment to a moderator asks.
"""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth import get_user_model

from articles.models import AuthorName
from newsroom.folding import fold

# Letters of other alphabets that look like Latin ones, after fold() made them small and bare.
# Source: Unicode confusables.txt (UTS #39), the Cyrillic, Greek and Armenian letters drawn like a Latin small letter.
_PAIRS = (
    "аa вb сc ԁd еe ѕs іi јj һh кk ӏl мm нh оo рp ԛq гr тt уy ѵv ԝw хx αa βb γy εe ηn ιi κk νv οo ρp τt υu χx ωw "
    "օo սu ցg հh ոn 0o 1l 3e 5s 8b $s @a !l |l il"
)
_LOOKS_LIKE = str.maketrans({pair[0]: pair[1].replace("i", "l") for pair in _PAIRS.split()})
# Words that make any name sound like the house's: title of an office, in the house's languages.
_OFFICES = ("admin", "administrator", "moderator", "moderation", "editor", "newsroom", "staff", "redaction")
_OFFICES_ELSEWHERE = (
    "moderatör",
    "editör",
    "yönetici",
    "rêveber",
    "edîtor",
    "مدير",
    "المحرر",
    "المشرف",
    "بەڕێوەبەر",
    "سەرنووسەر",
)


def imitates_staff(name: str, known: Iterable[str] | None = None) -> str | None:
    """The name of the house or of its people that ``name`` reads like, or None.

    ``known`` are the names to compare with; by default ``staff_names()`` (two queries: ask once for many comments).
    """
    looks = _skeleton(name)
    if not looks:
        return None
    for staff in staff_names() if known is None else known:
        own = _skeleton(staff)
        if own and (own == looks or _holds_all_words(name, staff)):
            return staff
    words = {_skeleton(word) for word in _words(name)}
    return next((office for office in (*_OFFICES, *_OFFICES_ELSEWHERE) if _skeleton(office) in words), None)


def staff_names() -> list[str]:
    """The house's name, its people's full names and user names, and the names stories are signed with."""
    people = get_user_model().objects.filter(is_active=True, is_staff=True)
    names = [settings.NEWSROOM_NAME]
    for username, first, last in people.values_list("username", "first_name", "last_name"):
        names += [username, f"{first} {last}".strip()]
    names += AuthorName.objects.values_list("name", flat=True)
    return [name for name in dict.fromkeys(names) if name]


def _skeleton(text: str) -> str:
    """``text`` as an eye in a hurry reads it: folded, look-alike letters one, nothing but letters and digits."""
    looks = fold(text).translate(_LOOKS_LIKE).replace("rn", "m").replace("vv", "w")
    return "".join(letter for letter in looks if letter.isalnum())


def _words(text: str) -> list[str]:
    """The words of ``text``, whatever stands between them."""
    marked = "".join(
        letter if letter.isalnum() or letter in "|$@!" or ord(letter) > 0x2FF else " " for letter in fold(text)
    )
    return marked.split()


def _holds_all_words(name: str, staff: str) -> bool:
    """Whether ``staff``, of two words or more, stands whole in ``name``: "Dana Reporter (official)"."""
    own = [_skeleton(word) for word in _words(staff)]
    words = [_skeleton(word) for word in _words(name)]
    runs = (words[start : start + len(own)] for start in range(len(words) - len(own) + 1))
    return len(own) > 1 and any(run == own for run in runs)
