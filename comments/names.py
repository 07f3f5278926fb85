"""Names that look like the newsroom's own people: recognised, and left to a moderator to judge.

A reader may be called like an editor; so nothing is refused here. The desk shows a hint
(``moderation.hints.manner.staff_name``), and the badge of a staff reply comes from ``Comment.staff``, never a name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

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
# Signs drawn like the mark of a checked account.
_SIGNS = frozenset("✓✔☑✅🗸🅥Ⓥ🛡🏅®™")
# Words that make any name sound like the house's: the title of an office, or a claim to be checked, in its languages.
_OFFICE_WORDS = (
    "admin administrator moderator moderation editor newsroom staff redaction official verified "
    "moderatör editör yönetici resmi doğrulanmış rêveber edîtor fermî "
    "مدير المدير المحرر المشرف الرسمي بەڕێوەبەر سەرنووسەر فەرمی"
).split()


@dataclass(frozen=True)
class StaffNames:
    """The names of the house and its people, ready to be compared with many readers' names.

    ``whole`` finds a name by how it looks; ``phrases`` those of two words or more by the look of their first word.
    """

    whole: dict[str, str] = field(default_factory=dict)
    phrases: dict[str, list[tuple[list[str], str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, names: Iterable[str]) -> "StaffNames":
        known = cls()
        for name in names:
            if looks := _skeleton(name):
                known.whole.setdefault(looks, name)
            words = [_skeleton(word) for word in _words(name)]
            if len(words) > 1:
                known.phrases.setdefault(words[0], []).append((words, name))
        return known

    def imitated_by(self, name: str) -> str | None:
        """What of the house the reader's ``name`` reads like: a name, an office, a sign like a badge. None mostly."""
        sign = next((character for character in name if character in _SIGNS), None)
        looks = _skeleton(name)
        if sign or not looks:
            return sign
        words = [_skeleton(word) for word in _words(name)]
        return (
            self.whole.get(looks) or self._held_in(words) or next((_OFFICES[w] for w in words if w in _OFFICES), None)
        )

    def _held_in(self, words: list[str]) -> str | None:
        """The name of two words or more that stands whole in ``words``: "Dana Reporter (official)"."""
        for start, word in enumerate(words):
            for phrase, name in self.phrases.get(word, ()):
                if words[start : start + len(phrase)] == phrase:
                    return name
        return None


def imitates_staff(name: str, known: Iterable[str] | None = None) -> str | None:
    """What of the house or of its people ``name`` reads like, or None.

    ``known`` are the names to compare with, by default ``staff_names()`` (two queries). For many readers' names make
    one ``StaffNames`` and ask that.
    """
    return StaffNames.of(staff_names() if known is None else known).imitated_by(name)


def staff_names() -> list[str]:
    """The house's name, its people's full names and user names, and the names stories are signed with."""
    people = get_user_model().objects.filter(is_active=True, is_staff=True)
    names = [settings.NEWSROOM_NAME]
    for username, first, last in people.values_list("username", "first_name", "last_name"):
        names += [username, f"{first} {last}".strip()]
    names += AuthorName.objects.values_list("name", flat=True)
    return [name for name in dict.fromkeys(names) if name]


@lru_cache(maxsize=8192)
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


_OFFICES = {_skeleton(word): word for word in reversed(_OFFICE_WORDS)}  # of two that look alike, the first
