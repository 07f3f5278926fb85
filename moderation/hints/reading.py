"""What every check reads: one comment and its surroundings, fetched beforehand, so that checks stay pure."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from comments.names import StaffNames
from moderation.hints.folding import Word, folded, words_of
from moderation.hints.terms import Terms

if TYPE_CHECKING:
    from moderation.hints.learned import Model


@dataclass(frozen=True)
class Hint:
    """Something a moderator may want to look at. Never a verdict.

    ``code`` names the check, ``guideline`` the ground it may touch ("" for none) and ``why`` says it in words.
    ``start`` and ``end`` are offsets in code points into the text exactly as written; None: the whole comment.
    """

    code: str
    guideline: str
    why: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Reading:
    """One comment as the checks see it.

    ``language`` is the story's edition; ``terms`` the active lists of that language and of all; ``repeats`` counts
    other recent comments with the same folded text, ``link_repeats`` those with the same link; ``staff`` are the
    names of the newsroom and its people; ``is_of_staff`` says that one of them wrote this, signed in;
    ``without_proof`` that the house asked for a proof of work and got none; ``learned`` is the model of this
    newsroom's decisions, if it is in use.
    """

    text: str
    name: str = ""
    language: str = "en"
    terms: Terms = field(default_factory=Terms)
    repeats: int = 0
    near_repeats: int = 0
    link_repeats: dict[str, int] = field(default_factory=dict)
    staff: StaffNames = field(default_factory=StaffNames)
    is_of_staff: bool = False
    without_proof: bool = False
    learned: "Model | None" = None

    @cached_property
    def copy(self) -> list[tuple[str, int]]:
        """The folded characters, each with the offset it came from."""
        return folded(self.text)

    @cached_property
    def plain(self) -> str:
        return "".join(character for character, _at in self.copy)

    @cached_property
    def words(self) -> list[Word]:
        return words_of(self.text, self.copy)

    @cached_property
    def sentences(self) -> list[list[Word]]:
        """The words, sentence by sentence."""
        grouped: dict[int, list[Word]] = {}
        for word in self.words:
            grouped.setdefault(word.sentence, []).append(word)
        return list(grouped.values())
