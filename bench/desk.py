"""What the desk costs as the queue grows: first page, next card and decision, at 1,000 and 100,000 waiting, in one run.

    python bench/desk.py [--few 1000] [--many 100000] [--rounds 40]

Runs on a database of its own, made and removed here (SQLite in a temporary folder, or DATABASE_URL's, which must be
empty). Figures are medians in milliseconds through the whole middleware, without the network: by the clock on the wall,
and of the processor alone, which says the same on a busy machine but leaves out the disk.
"""

import argparse
import io
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NEWSROOM_VAR_DIR"] = folder
        os.environ["ALLOWED_HOSTS"] = "testserver"
        measure(asked)


def measure(asked) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    call_command("migrate", verbosity=0)
    from articles.models import Section
    from newsroom.demo.populate import Populator

    Section.objects.create(pk=99)  # with no story
    populator = Populator(seed=1)
    for step in populator.articles(200):
        assert step
    client, figures, waiting = moderator_client(), {}, 0
    for wanted in (asked.few, asked.many):
        for _step in populator.pending(wanted - waiting):
            pass
        call_command("prepare_hints", most=wanted, verbosity=0, stdout=io.StringIO())
        waiting = wanted
        analyze()
        figures[wanted] = timed_round(client, asked.rounds)
        waiting -= asked.rounds + 3
    report(figures, asked)


def analyze() -> None:
    """What PostgreSQL does by itself soon after so many rows came. SQLite goes without, as in its first hour."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def moderator_client():
    from django.contrib.auth.models import Group
    from django.test import Client

    from newsroom.models import User
    from newsroom.roles import Role

    person = User.objects.create(username="bench-moderator")
    person.groups.add(Group.objects.get(name=Role.MODERATOR.value))
    client = Client()
    client.force_login(person)
    return client


def timed_round(client, rounds: int) -> dict[str, list[float]]:
    """Medians of each thing a moderator waits for: milliseconds on the wall, and of the processor."""
    from moderation.models import Lease

    script = {"headers": {"accept": "application/json"}}
    for address in ("/desk/", "/desk/?language=en"):
        client.get(address)
    filters = {
        "page by language": "language=en",
        "with hints": "hinted=yes",
        "known senders": "sender=known",
        "an empty section": "section=99",
        "easy and hard": "order=mixed",
        "search, rare": "q=nowhere-to-be-found",
        "search, common": "q=river",
    }
    taken, found = {name: [] for name in ("first page", "next card", "decision", *filters)}, []
    for number in range(rounds + 3):
        page = timed(taken["first page"], client.get, "/desk/")
        timed(taken["next card"], client.post, "/desk/next/", **script)
        for name, query in filters.items() if number < 8 else ():
            timed(taken[name], client.get, f"/desk/?{query}")
        found.append(page)
        pk = Lease.objects.order_by("-comment").values_list("comment", flat=True).first()
        answer = timed(taken["decision"], client.post, f"/desk/comments/{pk}/approve/", {"seen_version": 0}, **script)
        assert answer.status_code == 200, answer.content
    return {name: [statistics.median(times) for times in zip(*pairs, strict=True)] for name, pairs in taken.items()}


def timed(into: list[tuple[float, float]], call, *arguments, **options):
    wall, processor = time.perf_counter(), time.process_time()
    answer = call(*arguments, **options)
    into.append(((time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000))
    assert answer.status_code == 200, answer.content
    return answer


def report(figures: dict, asked) -> None:
    few, many = figures[asked.few], figures[asked.many]
    for number, clock in enumerate(("wall", "processor")):
        print(f"{clock:18}{asked.few:>12,}{asked.many:>12,}   ratio")  # noqa: T201
        for name, medians in few.items():
            before, after = medians[number], many[name][number]
            print(f"{name:18}{before:>9.1f} ms{after:>9.1f} ms   {after / before:5.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
