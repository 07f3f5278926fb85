#!/usr/bin/env python3
"""Check a newsroom's ledger of decisions. Needs Python 3.10 or newer and nothing else.

    python3 verify_ledger.py ledger.jsonl --checkpoint checkpoints.txt
    python3 verify_ledger.py https://newsroom.example/transparency/ledger.json --checkpoint kept-last-year.txt

The ledger is one or more files, read in the order given, or the address of the newsroom's list of them. Each line is
one decision: its hash, the record that was hashed, and how many minutes the comment had waited (not hashed). A record
begins with the hash of the record before it, so nothing can be altered, removed or reordered unnoticed, but for the
end: whoever rewrites everything from some point on has a chain that fits again. Against that stand checkpoints, which
say how long the chain was and how it ended at some moment. They prove something only if you kept them yourself.

Exit code 0: everything fits. 1: something does not, and what comes first is named. 2: nothing could be checked.
"""

import argparse
import hashlib
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

FORMAT = "newsroom-decision-1"
CHECKPOINT_FORMAT = "newsroom-checkpoint-1"
GENESIS = "0" * 64

# ["<64 digits>",["newsroom-decision-1","<64 digits>",...],<minutes>]
_HEAD = b'",["' + FORMAT.encode() + b'","'
_HASH = slice(2, 66)
_RECORD_AT = 68
_PREVIOUS = slice(66 + len(_HEAD), 66 + len(_HEAD) + 64)
_EVERY = 100_000  # decisions between two signs of life

WORDS = {
    "altered": "it was altered: its content does not have its hash",
    "missing": "something before it is missing or was replaced: the decision it builds on is not in the ledger",
    "swapped": "it is out of place: the decision it builds on stands elsewhere in the ledger",
    "cut": "the end was cut off: a checkpoint counted more decisions",
    "recomputed": "the history up to here was rewritten: a checkpoint saw another chain of the same length",
}

# One decision as the chain sees it: the hash it builds on, the hash it states, the hash its content has, its name.
Link = tuple[str, str, str, object]


class NotALedger(Exception):
    """What was given cannot be read as a ledger or as checkpoints."""


class Checkpoint(NamedTuple):
    """That the chain held ``decisions`` decisions and ended with ``last_hash`` at ``taken_at`` (UTC, ISO 8601)."""

    decisions: int
    last_hash: str
    taken_at: str

    def __str__(self) -> str:
        return f"{CHECKPOINT_FORMAT} {self.decisions} {self.last_hash} {self.taken_at}"

    @classmethod
    def parse(cls, line: str) -> "Checkpoint":
        """Read one line of a checkpoint file. Raises NotALedger."""
        words = line.split()
        if len(words) != 4 or words[0] != CHECKPOINT_FORMAT or not words[1].isdigit() or len(words[2]) != 64:
            raise NotALedger(f"not a checkpoint: {line.strip()[:100]}")
        return cls(int(words[1]), words[2], words[3])


class Break(NamedTuple):
    """The first place where the ledger does not fit: which decision, counted from 1, and what kind of break.

    ``name`` is what the source calls that decision: a line or a database's number.
    """

    kind: str
    number: int
    name: object
    checkpoint: Checkpoint | None = None

    def __str__(self) -> str:
        of = f" ({self.name})" if self.name else ""
        by = f" [checkpoint of {self.checkpoint.taken_at}]" if self.checkpoint else ""
        return f"decision {self.number:,}{of}: {WORDS[self.kind]}{by}"


class Report(NamedTuple):
    """What ``examine`` found. ``anchor`` is the newest checkpoint that fits, None without one."""

    decisions: int
    last_hash: str
    anchor: Checkpoint | None
    broken: Break | None

    def lines(self) -> Iterator[str]:
        """The report in words, one line each."""
        if self.broken:
            yield f"BROKEN at {self.broken}"
        else:
            yield f"{self.decisions:,} decisions, each builds on the one before it; the last hash is {self.last_hash}"
        if self.anchor:
            yield f"anchored up to decision {self.anchor.decisions:,} by the checkpoint of {self.anchor.taken_at}"
        first_loose = self.anchor.decisions + 1 if self.anchor else 1
        if not self.broken and first_loose <= self.decisions:
            yield (
                f"not anchored: decisions {first_loose:,} to {self.decisions:,}. No checkpoint reaches them; if they "
                "had been rewritten from there on, or cut off at the end, this would not show"
            )


def examine(
    links: Callable[[], Iterable[Link]],
    checkpoints: Iterable[Checkpoint] = (),
    told: Callable[[int], None] = lambda _count: None,
) -> Report:
    """Follow the chain from its beginning to its end or first break; ``links()`` can be called more than once.

    ``told(count)`` hears how far it came.
    """
    due = sorted(checkpoints)
    number, expected, anchor = 0, GENESIS, None
    name: object = ""
    for previous, stated, computed, name in links():
        if due and due[0].decisions == number:
            anchor, wrong = _settle(due, number, expected, anchor)
            if wrong:
                return Report(number, expected, anchor, Break("recomputed", number, "", wrong))
        number += 1
        if stated != computed:
            return Report(number, expected, anchor, Break("altered", number, name))
        if previous != expected:
            kind = "swapped" if _is_somewhere(links, previous) else "missing"
            return Report(number, expected, anchor, Break(kind, number, name))
        expected = stated
        if number % _EVERY == 0:
            told(number)
    anchor, wrong = _settle(due, number, expected, anchor)
    if wrong:
        return Report(number, expected, anchor, Break("recomputed", number, name, wrong))
    if due:
        return Report(number, expected, anchor, Break("cut", number, name, due[0]))
    return Report(number, expected, anchor, None)


def _settle(due: list[Checkpoint], number: int, last_hash: str, anchor: Checkpoint | None):
    """Compare what is due at this length of the chain; gives the newest that fits and the first that does not."""
    while due and due[0].decisions == number:
        checkpoint = due.pop(0)
        if checkpoint.last_hash != last_hash:
            return anchor, checkpoint
        anchor = checkpoint
    return anchor, None


def _is_somewhere(links: Callable[[], Iterable[Link]], wanted: str) -> bool:
    return wanted == GENESIS or any(stated == wanted for _previous, stated, _computed, _name in links())


def links_of(lines: Iterable[bytes]) -> Iterator[Link]:
    """The chain of an export, line by line. Raises NotALedger for a line that is none of a ledger."""
    sha256 = hashlib.sha256
    for number, line in enumerate(lines, start=1):
        record, _comma, _minutes = line[_RECORD_AT:].rpartition(b"],")
        if line[66 : 66 + len(_HEAD)] != _HEAD or line[:2] != b'["' or not record:
            raise NotALedger(f"line {number} is no decision of the format {FORMAT}: {line[:60]!r}")
        computed = sha256(record + b"]").hexdigest()
        yield line[_PREVIOUS].decode("ascii", "replace"), line[_HASH].decode("ascii", "replace"), computed, number


def read_checkpoints(paths: Iterable[str]) -> list[Checkpoint]:
    """Every checkpoint of the files, folders of files and addresses named. Raises NotALedger, OSError."""
    found = []
    for path in paths:
        if _is_address(path):
            texts = [_fetch(path).decode()]
        else:
            files = sorted(Path(path).iterdir()) if Path(path).is_dir() else [Path(path)]
            texts = [file.read_text(encoding="utf-8") for file in files]
        lines = [line for text in texts for line in text.splitlines() if line.strip() and not line.startswith("#")]
        found += [Checkpoint.parse(line) for line in lines]
    return found


def _is_address(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def _fetch(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 (http and https only)
        return answer.read()


def lines_at(places: list[str]) -> Iterator[bytes]:
    """The lines of every file, or of every part an address lists, in order."""
    for place in places:
        if _is_address(place):
            listed = json.loads(_fetch(place))
            for part in listed["parts"]:
                yield from _fetch(urllib.parse.urljoin(place, part)).splitlines()
        else:
            with open(place, "rb") as file:
                yield from (line.rstrip(b"\r\n") for line in file)


def _say(words: str, stream) -> None:
    stream.write(f"{words}\n")
    stream.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ledger", nargs="+", help="files of the ledger in order, or the address of ledger.json")
    parser.add_argument("--checkpoint", action="append", default=[], help="a file, folder or address of checkpoints")
    chosen = parser.parse_args()
    began = time.monotonic()
    try:
        report = examine(
            lambda: links_of(lines_at(chosen.ledger)),
            read_checkpoints(chosen.checkpoint),
            told=lambda count: _say(f"{count:,} decisions …", sys.stderr),
        )
    except (OSError, ValueError, KeyError, NotALedger, urllib.error.URLError) as error:
        _say(f"Nothing could be checked: {error}", sys.stderr)
        return 2
    for line in report.lines():
        _say(line, sys.stdout)
    seconds = max(time.monotonic() - began, 0.001)
    _say(f"{seconds:.1f} seconds, {report.decisions / seconds:,.0f} decisions a second", sys.stderr)
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
