"""How long a search takes: ``python bench/search.py [--add 100000]`` on the database of the environment.

Prints median and 95th percentile, in milliseconds, of 20 questions asked 5 times each through the whole page.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from articles import search  # noqa: E402
from articles.models import Article  # noqa: E402

ROUNDS = 5
QUESTIONS = [
    "river",
    "bridge market",
    "school council harvest",
    "water price election",
    "mus",
    "mountain foot",
    "garden library festival border",
    "synthetic 12",
    "window letter radio football",
    "teacher budg",
    "absentword",
    "engineer absentword",
    "train",
    "kitchen rain",
    "road winter museum train garden library",
    "election",
    "hospital mountain",
    "vill",
    "syn",
    "letter window",
]


def milliseconds(ask) -> list[float]:
    times = []
    for _round in range(ROUNDS):
        for question in QUESTIONS:
            began = time.perf_counter()
            ask(question)
            times.append((time.perf_counter() - began) * 1000)
    return times


def report(name: str, times: list[float]) -> None:
    p95 = statistics.quantiles(times, n=20)[-1]
    sys.stdout.write(
        f"{name}: median {statistics.median(times):.1f} ms, p95 {p95:.1f} ms, worst {max(times):.1f} ms" + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--add", type=int, default=0, metavar="N", help="synthetic stories to add first")
    add = parser.parse_args().add
    if add:
        call_command("populate", articles=add, into_existing=True)
    # Without `collectstatic` there is no manifest, and the addresses of style sheets are not what is measured.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    client = Client(SERVER_NAME="127.0.0.1")
    sys.stdout.write(f"{Article.objects.count():,} stories" + "\n")
    report("the ids alone", milliseconds(lambda words: search.find(search.Question.read(words), language="en")))
    report("the whole page", milliseconds(lambda words: client.get("/en/search/", {"q": words})))
    filtered = milliseconds(lambda words: client.get("/en/search/", {"q": words, "tag": "synthetic 3"}))
    report("with a tag", filtered)
    by_day = milliseconds(lambda words: client.get("/en/search/", {"q": words, "from": "2023-01-01"}))
    report("from a day on", by_day)


if __name__ == "__main__":
    main()
