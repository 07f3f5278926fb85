"""Eight moderators at one queue: does each comment get one decision, and how long does one take while readers post?

    python bench/moderators.py [--moderators 8] [--comments 10000] [--readers 2] [--seconds 30] [--pause 0.5]

First all of them race through ``--comments`` waiting ones as fast as they can. Then each decides one comment every
``--pause`` seconds through the whole middleware while ``--readers`` keep posting, for ``--seconds``; the figures are
of the decision's round trip, without the network. Every moderator and reader is a process of their own. Runs on a
database of its own (SQLite in a temporary folder, or DATABASE_URL's, which must be empty).
"""

import argparse
import multiprocessing
import os
import random
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
SEEN_AT_ONCE = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moderators", type=int, default=8)
    parser.add_argument("--comments", type=int, default=10_000)
    parser.add_argument("--readers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--pause", type=float, default=0.5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NEWSROOM_VAR_DIR"] = folder
        os.environ["ALLOWED_HOSTS"] = "testserver"
        prepare(asked)
        race(asked)
        work_beside_readers(asked)


def start_django() -> None:
    import django

    django.setup()
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.NEWSROOM_NETWORK_COMMENTS = settings.NEWSROOM_NETWORK_PENDING = settings.NEWSROOM_STORY_COMMENTS = 10**6


def prepare(asked) -> None:
    start_django()
    from django.contrib.auth.models import Group
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from newsroom.demo.populate import Populator
    from newsroom.models import User
    from newsroom.roles import Role

    populator = Populator(seed=1)
    for _batch in (*populator.articles(200), *populator.pending(asked.comments)):
        pass
    for number in range(asked.moderators):
        person = User.objects.create(username=f"bench-{number}")
        person.groups.add(Group.objects.get(name=Role.MODERATOR.value))


def race(asked) -> None:
    """Everybody decides whatever still waits, in an order of their own, until nothing does."""
    began = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(asked.moderators) as pool:
        outcomes = pool.map(race_one, range(asked.moderators))
    from moderation import ledger
    from moderation.models import Decision

    decisions = Decision.objects.count()
    doubled = Decision.objects.filter(sequence__gt=1).count()
    made, late, errors = (sum(each) for each in zip(*outcomes, strict=True))
    say(
        f"race: {asked.moderators} moderators, {asked.comments:,} comments: decisions {decisions:,} ({made:,} told), "
        f"too late {late:,}, doubled {doubled}, errors {errors}, chain whole {ledger.first_break() is None}, "
        f"{decisions / (time.perf_counter() - began):,.0f} a second"
    )


def race_one(number: int) -> tuple[int, int, int]:
    start_django()
    from comments.models import Comment
    from moderation.decisions import AlreadyDecided, decide
    from newsroom.models import User

    person = User.objects.get(username=f"bench-{number}")
    made = late = errors = 0
    while seen := list(Comment.objects.pending().oldest_first()[:SEEN_AT_ONCE]):
        random.Random(number + made).shuffle(seen)
        for comment in seen:
            verdict, guidelines = (("approved", ()), ("rejected", ["abuse"]))[comment.pk % 4 == 0]
            try:
                decide(comment, verdict, moderator=person, seen_version=comment.version, guidelines=guidelines)
                made += 1
            except AlreadyDecided:
                late += 1
            except Exception as error:  # every failure is counted, whatever it is
                errors += 1
                say(repr(error))
    return made, late, errors


def work_beside_readers(asked) -> None:
    until = time.time() + asked.seconds + 5  # the processes need a moment to start
    context = multiprocessing.get_context("spawn")
    with context.Pool(asked.moderators + asked.readers) as pool:
        readers = [pool.apply_async(read_and_post, (number, until)) for number in range(asked.readers)]
        moderators = [pool.apply_async(work_one, (number, asked.pause, until)) for number in range(asked.moderators)]
        posted = sum(each.get() for each in readers)
        answers = [each.get() for each in moderators]
    decisions = sorted(time_ for taken, _cards in answers for time_ in taken)
    cards = sorted(time_ for _taken, cards in answers for time_ in cards)
    for name, times in (("decision", decisions), ("next card", cards)):
        say(
            f"{name}: {len(times):,} at {asked.moderators} moderators while {asked.readers} readers posted {posted:,}: "
            f"median {statistics.median(times):.1f} ms, p95 {times[int(0.95 * len(times))]:.1f} ms"
        )
    say(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


def work_one(number: int, pause: float, until: float) -> tuple[list[float], list[float]]:
    start_django()
    from django.test import Client

    from newsroom.models import User

    client = Client(headers={"accept": "application/json"})
    client.force_login(User.objects.get(username=f"bench-{number}"))
    decisions, cards = [], []
    while time.time() < until:
        html = timed(cards, client.post, "/desk/next/").json()["html"]
        if found := re.search(r'data-comment="(\d+)" data-version="(\d+)"', html):
            shown = re.search(r'name="hints_shown" value="([^"]*)"', html).group(1)
            sent = {"seen_version": found.group(2), "hints_shown": shown}
            timed(decisions, client.post, f"/desk/comments/{found.group(1)}/approve/", sent)
        time.sleep(pause)
    return decisions[2:], cards[2:]  # the first ones start the process up


def timed(into: list[float], call, *arguments):
    began = time.perf_counter()
    answer = call(*arguments)
    into.append((time.perf_counter() - began) * 1000)
    assert answer.status_code == 200, answer.content
    return answer


def read_and_post(number: int, until: float) -> int:
    start_django()
    from articles.models import Article
    from comments import posting, stamps
    from comments.senders import Sender

    stories = list(Article.objects.public()[:20])
    posted = 0
    while time.time() < until:
        story = random.choice(stories)
        sender = Sender(network=f"192.0.{number}.0/24", cookie=f"{number}-{posted}", user_agent="bench")
        stamp = stamps.stamp(story.pk)
        body = f"Reader {number}, remark {posted}: the water rose again, and nobody told us."
        posting.post_comment(story, name="Reader", body=body, stamp=stamp, sender=sender)
        posted += 1
        time.sleep(0.1)
    return posted


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
