"""How soon a change reaches readers: random changes through the verbs, two nodes, readers who ask without pause.

    python -m bench.expiry [--changes 1000] [--at-once 10] [--seed 1]

Two web servers with stores of their own stand for two nodes on one database. After each batch of changes, readers ask
both for every page concerned until it tells the new state; an answer that still tells the old one a second after the
commit is stale. Prints one line of JSON; exit code 1 when there was a stale answer.
"""

import argparse
import collections
import datetime
import itertools
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone

from bench.run import prepare_environment, say

ALLOWED = 1.0  # seconds
SLOT_LANGUAGES, POSITIONS = ("en", "tr"), 7
GIVE_UP = 10.0


@dataclass
class Change:
    """What ``make()`` will do, and the page that then tells it: ``told(status, body)``."""

    kind: str
    path: str
    make: Callable[[], object]
    told: Callable[[int, str], bool]
    committed_at: float = 0.0
    seen_after: dict[int, float] = field(default_factory=dict)


class Newsroom:
    """Stories that can change, each in one way, with what is needed for that."""

    def __init__(self, chance: random.Random) -> None:
        from newsroom.roles import Role
        from tests.factories import make_user

        self.chance, self.numbers = chance, itertools.count(1)
        self.editor = make_user("bench-editor", Role.EDITOR)
        self.moderator = make_user("bench-moderator", Role.MODERATOR)
        self.kinds = [self.publish, self.withdraw, self.approve, self.remove, self.erase, self.release]
        self.kinds += [self.correct, self.rename_tag, self.slot]
        self.slots = itertools.cycle(list(itertools.product(SLOT_LANGUAGES, range(1, POSITIONS + 1))))
        self.slot_at = {}

    def changes(self, count: int) -> list[Change]:
        """``count`` changes ready to be made, of random kinds; what they need is there already."""
        return [self.chance.choice(self.kinds)() for _number in range(count)]

    def _word(self) -> str:
        return f"canary{next(self.numbers)}x{self.chance.getrandbits(32):08x}"

    def _story(self, **changes):
        from tests.factories import make_story

        return make_story(by=self.editor, **{"headline": self._word(), "tags": ["bench"], **changes})

    def _comment(self, story, word: str, *, approved: bool):
        from tests.factories import make_comment, make_decided

        if approved:
            return make_decided(story, "approved", by=self.moderator, body=word)
        return make_comment(story, word)

    def publish(self) -> Change:
        from articles import publishing
        from tests.factories import make_draft

        word = self._word()
        draft = make_draft(by=self.editor, headline=word, slug=word, tags=["bench"])
        return Change(
            "publish",
            draft.get_absolute_url(),
            lambda: publishing.publish(draft, by=self.editor),
            lambda status, body: status == 200 and word in body,
        )

    def withdraw(self) -> Change:
        from articles import publishing

        story = self._story()
        return Change(
            "withdraw",
            story.get_absolute_url(),
            lambda: publishing.withdraw(story, by=self.editor, reason="Wrong."),
            lambda status, _body: status == 410,
        )

    def release(self) -> Change:
        from articles import publishing, revisions
        from tests.factories import content

        word, story = self._word(), self._story()
        revision = revisions.record(story, content(headline=word, slug=story.slug, tags=["bench"]), by=self.editor)
        return Change(
            "release",
            story.get_absolute_url(),
            lambda: publishing.release(story, revision, by=self.editor, substantive=False),
            lambda _status, body: word in body,
        )

    def correct(self) -> Change:
        from articles import publishing

        word, story = self._word(), self._story()
        act = lambda: publishing.correct(story, line=word, by=self.editor)  # noqa: E731
        return self._told("correct", story, act, lambda body: word in body)

    def rename_tag(self) -> Change:
        from articles import tagging
        from articles.models import Tag

        before, word = self._word(), self._word()
        story = self._story(tags=[before])
        tag = Tag.objects.get(name=before)
        act = lambda: tagging.rename(tag, word)  # noqa: E731
        return self._told("rename a tag", story, act, lambda body: word in body and before not in body)

    def slot(self) -> Change:
        """Another headline on the front page, in a place that no other change of the batch has."""
        from articles import front
        from articles.models import FrontSlot
        from newsroom.addresses import reverse_in

        place, word = next(self.slots), self._word()
        language, position = place
        if place not in self.slot_at:
            now = timezone.now()
            self.slot_at[place] = FrontSlot(
                article=self._story(language=language, tags=[]),
                position=position,
                begins_at=now - datetime.timedelta(hours=1),
                ends_at=now + datetime.timedelta(days=1),
                created_by=self.editor,
            )
        slot = self.slot_at[place]

        def act() -> None:
            slot.headline = word
            front.put_in_slot(slot)

        path = reverse_in(language, "articles:front")
        return Change("slot", path, act, lambda status, body: status == 200 and word in body)

    def approve(self) -> Change:
        word, story = self._word(), self._story()
        comment = self._comment(story, word, approved=False)
        return self._told("approve", story, lambda: self._decide(comment, "approved"), lambda body: word in body)

    def remove(self) -> Change:
        word, story = self._word(), self._story()
        comment = self._comment(story, word, approved=True)
        act = lambda: self._decide(comment, "removed", guidelines=["abuse"])  # noqa: E731
        return self._told("remove", story, act, lambda body: word not in body)

    def erase(self) -> Change:
        from comments import erasure
        from comments.models import Erasure

        word, story = self._word(), self._story()
        comment = self._comment(story, word, approved=True)
        act = lambda: erasure.erase(comment, cause=Erasure.Cause.REQUEST)  # noqa: E731
        return self._told("erase", story, act, lambda body: word not in body)

    def _decide(self, comment, verdict: str, **grounds) -> None:
        from moderation.decisions import decide

        decide(comment, verdict, moderator=self.moderator, seen_version=comment.version, **grounds)

    @staticmethod
    def _told(kind: str, story, act: Callable, told: Callable[[str], bool]) -> Change:
        return Change(kind, story.get_absolute_url(), act, lambda status, body: status == 200 and told(body))


def watch(changes: list[Change], ports: list[int], until: threading.Event, node: int) -> None:
    """One reader of one node: asks for every page that has not told its change yet, round and round."""
    from bench.servers import fetch

    while not until.is_set():
        open_ones = [change for change in changes if change.committed_at and node not in change.seen_after]
        if not open_ones and all(change.committed_at for change in changes):
            return
        for change in open_ones:
            asked_at = time.monotonic()
            answer = fetch(ports[node], change.path)
            if change.told(answer.status, answer.body.decode()):
                change.seen_after[node] = asked_at - change.committed_at
        time.sleep(0.001)


def run(count: int, at_once: int, seed: int) -> dict:
    """Make ``count`` changes, ``at_once`` at a time, and see when both nodes' readers are told."""
    from bench import servers

    newsroom, ports = Newsroom(random.Random(seed)), [servers.free_port() for _node in range(2)]
    done: list[Change] = []
    with _node(ports[0], "one"), _node(ports[1], "two"):
        for begin in range(0, count, at_once):
            done += batch(newsroom, min(at_once, count - begin), ports)
            if begin % 100 == 0:
                say(f"{len(done)} of {count} changes ...")
    return summary(done, count)


def _node(port: int, name: str):
    """A web server whose stored pages are its own."""
    from bench import servers

    os.environ["NEWSROOM_PAGES_DIR"] = f"{os.environ['NEWSROOM_VAR_DIR']}/pages-{name}"
    return servers.newsroom(port, "/en/")


def batch(newsroom: Newsroom, count: int, ports: list[int]) -> list[Change]:
    """Some changes, one after the other; before them every page is asked for, so that both nodes have it stored."""
    from bench.servers import fetch

    changes = newsroom.changes(count)
    for path in {change.path for change in changes}:
        for port in ports * 2:
            fetch(port, path)
    stop = threading.Event()
    readers = [threading.Thread(target=watch, args=(changes, ports, stop, node)) for node in (0, 1)]
    for reader in readers:
        reader.start()
    for change in changes:
        change.make()
        change.committed_at = time.monotonic()
    deadline = time.monotonic() + GIVE_UP
    for reader in readers:
        reader.join(max(0.0, deadline - time.monotonic()))
    stop.set()
    return changes


def summary(done: list[Change], wanted: int) -> dict:
    seen = [delay for change in done for delay in change.seen_after.values()]
    late = [change.kind for change in done for node in (0, 1) if change.seen_after.get(node, GIVE_UP) > ALLOWED]
    return {
        "changes": len(done),
        "kinds": dict(collections.Counter(change.kind for change in done)),
        "asked for": wanted,
        "stale after a second": len(late),
        "of kinds": dict(collections.Counter(late)),
        "median seconds here": round(statistics.median(c.seen_after[0] for c in done if 0 in c.seen_after), 3),
        "median seconds elsewhere": round(statistics.median(c.seen_after[1] for c in done if 1 in c.seen_after), 3),
        "slowest": round(max(seen), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=1_000)
    parser.add_argument("--at-once", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsroom-expiry-") as folder:
        prepare_environment(folder)
        os.environ["NEWSROOM_PAGES_DIR"] = str(Path(folder) / "pages-one")
        from django.conf import settings
        from django.core.management import call_command

        settings.NEWSROOM_PAGES_DIR = Path(folder) / "pages-one"  # the verbs here purge node one, as its own would
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        found = run(asked.changes, asked.at_once, asked.seed)
    sys.stdout.write(json.dumps(found) + "\n")
    raise SystemExit(bool(found["stale after a second"]))


if __name__ == "__main__":
    main()
