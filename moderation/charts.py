"""Numbers drawn on the server, as bars or columns that begin where the page's writing does.

Every drawing stands beside a table of the same numbers, which is what a screen reader gets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from newsroom import languages

# All in the drawing's own units.
WIDTH, ROW, BAR_AT, BAR_HIGH = 320, 36, 18, 8
COLUMN_HIGH, COLUMN_GAP, WORDS_HIGH = 80, 4, 16


@dataclass(frozen=True)
class Bar:
    """One bar with its words: where they begin, and where the bar's upper left corner is."""

    words: str
    value: float
    words_x: int
    words_y: int
    x: int
    y: int
    width: int
    height: int = BAR_HIGH


@dataclass(frozen=True)
class Drawing:
    """Bars from top to bottom with their words above them, or columns with their words below."""

    code: str
    title: str
    direction: str
    height: int
    bars: Sequence[Bar]
    are_columns: bool = False

    width = WIDTH


def bars(code: str, title: str, values: Mapping[str, float]) -> Drawing:
    """``values`` from top to bottom; ``code`` is unique on its page."""
    direction = _direction()
    drawn = []
    for number, (words, value) in enumerate(values.items()):
        width = round(WIDTH * _share(value, values))
        start = WIDTH if direction == "rtl" else 0
        x = WIDTH - width if direction == "rtl" else 0
        drawn.append(Bar(words, value, start, ROW * number + 13, x, ROW * number + BAR_AT, width))
    return Drawing(code, title, direction, ROW * len(drawn), drawn)


def columns(code: str, title: str, values: Mapping[str, float]) -> Drawing:
    """``values`` side by side, for many short words such as the hours of a day."""
    direction = _direction()
    step = WIDTH // max(len(values), 1)
    drawn = []
    for number, (words, value) in enumerate(values.items()):
        place = len(values) - 1 - number if direction == "rtl" else number
        high = round(COLUMN_HIGH * _share(value, values))
        y = WORDS_HIGH + COLUMN_HIGH - high
        middle = place * step + (step - COLUMN_GAP) // 2
        below = COLUMN_HIGH + 2 * WORDS_HIGH - 4
        drawn.append(Bar(words, value, middle, below, place * step, y, step - COLUMN_GAP, high))
    return Drawing(code, title, direction, COLUMN_HIGH + 2 * WORDS_HIGH, drawn, are_columns=True)


def _direction() -> str:
    return languages.BY_CODE[get_language()].direction


def _share(value: float, values: Mapping[str, float]) -> float:
    return value / (max(values.values(), default=0) or 1)
