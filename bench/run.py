"""`make bench`: the newsroom beside Django's hello world and nginx, in one run, on data of a size.

    python -m bench.run [--quick] [--stories 100000] [--comments 1000000] [--pending 100000] [--rounds 5] [--seconds 5]

Works on a database of its own in a temporary folder (or DATABASE_URL's, which must be empty). Prints the report and
writes it to bench/RESULTS.md. Figures are medians of the rounds with the lowest and highest beside them; trust ratios
of one run, not figures of two. ``--quick`` is a smoke test of a minute that writes no report.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLLOWING = ("127.0.0.1", "localhost", "testserver")
# Milliseconds between what one client of 64 sends: 300 posts and 1,600 pages a second in all.
POST_EVERY, READ_EVERY = 213, 40
STORIES_POSTED_TO = 50
NEEDED = {"wrk": "wrk", "nginx": "nginx-light"}


def main() -> None:
    asked = arguments()
    missing = [package for program, package in NEEDED.items() if not _found(program)]
    if missing:
        raise SystemExit(f"This measures with {' and '.join(NEEDED)}. On Debian: apt install {' '.join(missing)}")
    with tempfile.TemporaryDirectory(prefix="newsroom-bench-") as folder:
        prepare_environment(folder)
        from bench.report import Report

        report = Report(asked, state_of_the_code())
        measure(asked, Path(folder), report)
    sys.stdout.write(report.text())
    if not asked.quick:
        (ROOT / "bench" / "RESULTS.md").write_text(report.text())


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--stories", type=int, default=100_000)
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--pending", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5)
    asked = parser.parse_args()
    if asked.quick:
        asked.stories, asked.comments, asked.pending, asked.rounds, asked.seconds = 3_000, 3_000, 2_000, 1, 1
    asked.few = 1_000
    return asked


def _found(program: str) -> str | None:
    return shutil.which(program) or shutil.which(program, path="/usr/sbin")


def prepare_environment(folder: str) -> None:
    """Production's settings on an empty newsroom; limits high enough that they are not what is measured."""
    if os.environ.get("DEBUG", "").lower() in ("1", "on", "true", "yes"):
        raise SystemExit("DEBUG is on: its figures would say nothing. Unset it.")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "NEWSROOM_VAR_DIR": folder,
        "NEWSROOM_STATIC_ROOT": f"{folder}/static",
        "NEWSROOM_PAGES_DIR": f"{folder}/pages",
        "ALLOWED_HOSTS": ",".join(FOLLOWING),
        "NEWSROOM_BEHIND_PROXY": "on",
        "NEWSROOM_TRUSTED_PROXIES": "127.0.0.1",
        **{
            f"NEWSROOM_{limit}": "100000000"
            for limit in ("SENDER_COMMENTS", "SENDER_PENDING", "NETWORK_COMMENTS", "NETWORK_PENDING", "STORY_COMMENTS")
        },
    }
    import django

    django.setup()


def state_of_the_code() -> str:
    """The commit, and "dirty" when the tree is not what the commit says."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!bench/RESULTS.md")
    return git("rev-parse", "--short", "HEAD") + (" dirty" if changed else "")


def measure(asked, folder: Path, report) -> None:
    from django.core.management import call_command
    from django.db import connection

    from bench.growth import Bench

    say("Preparing ...")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    few = min(asked.few, asked.stories)
    fill(few, asked.few, asked.few)
    story = commented_story(200)
    say("Asking for everything in a small newsroom ...")
    rounds = 5 if asked.quick else 40
    small = Bench(story=story, rounds=rounds).costs()
    report.size("small", few, asked.few, asked.few)
    report.filling(fill(asked.stories - few, asked.comments - asked.few, asked.pending - asked.few))
    say("Asking for everything in a large one ...")
    large = Bench(story=story, rounds=rounds).costs()
    report.growth(small, large)
    connection.close()
    serve_and_load(asked, folder, story, report)


def say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def fill(stories: int, comments: int, pending: int) -> dict[str, float]:
    """Add synthetic rows; seconds for each kind."""
    from newsroom.management.commands.populate import Command

    began, taken = time.monotonic(), {}
    kinds = {"articles": max(0, stories), "comments": max(0, comments), "pending": max(0, pending)}
    for kind, count in kinds.items():
        asked = dict.fromkeys(kinds, 0) | {kind: count}
        Command(stdout=sys.stderr).handle(**asked, seed=len(taken) + 1, into_existing=True)
        taken[f"{count:,} {kind}"], began = time.monotonic() - began, time.monotonic()
    return taken


def commented_story(comments: int):
    """A story with ``comments`` approved comments of about 300 characters, through the verbs."""
    from newsroom.roles import Role
    from tests.factories import make_decided, make_story, make_user

    story = make_story(by=make_user("bench-author", Role.EDITOR), headline="The story everybody reads", tags=["river"])
    moderator = make_user("bench-reader-of-comments", Role.MODERATOR)
    for number in range(comments):
        make_decided(story, "approved", by=moderator, body=f"Comment {number}: " + "the bridge and the river " * 11)
    return story


def serve_and_load(asked, folder: Path, story, report) -> None:
    from bench import servers

    ports = {name: servers.free_port() for name in ("newsroom", "hello", "static", "proxied")}
    address = story.get_absolute_url()
    with (
        servers.hello(ports["hello"]),
        servers.newsroom(ports["newsroom"], address) as first_answer,
    ):
        report.start(first_answer)
        for _visit in range(20):  # until both workers watch for changes and keep the page
            page = servers.fetch(ports["newsroom"], address)
            time.sleep(0.1)
        zipped = servers.fetch(ports["newsroom"], address, **{"Accept-Encoding": "gzip"})
        site = folder / "static-page"
        site.mkdir()
        (site / "page.html").write_bytes(page.body)
        (site / "page.html.gz").write_bytes(zipped.body)
        with servers.nginx(folder, ports["static"], ports["proxied"], ports["newsroom"]):
            loads = read_side_by_side(asked, ports, contestants(address, page.getheader("ETag")))
            report.readers(loads, len(page.body), len(zipped.body))
            report.memory(*memory_over(asked, ports["newsroom"], address))
            report.posting(
                only_posts(asked, ports["newsroom"]),
                posting_and_reading(asked, ports["newsroom"]),
                posting_and_reading(asked, ports["proxied"]),
            )


def contestants(address: str, etag: str) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """What readers ask for: which server, which path, which headers."""
    gzip = ("Accept-Encoding: gzip",)
    return {
        "Django hello world": ("hello", "/", ()),
        "nginx, the story page as a file": ("static", "/page.html", ()),
        "nginx, the same zipped beforehand": ("static", "/page.html", gzip),
        "story page": ("newsroom", address, ()),
        "story page, gzip": ("newsroom", address, gzip),
        "story page, 304": ("newsroom", address, (f"If-None-Match: {etag}",)),
        "front page": ("newsroom", "/en/", ()),
        "tag page": ("newsroom", "/en/tags/synthetic-1/", ()),
        "feed": ("newsroom", "/en/feed.rss", ()),
        "story page behind nginx": ("proxied", address, ()),
        "story page behind nginx, gzip": ("proxied", address, gzip),
    }


def read_side_by_side(asked, ports: dict[str, int], wanted: dict) -> dict:
    """Every contestant once a round, so that a neighbour who comes and goes disturbs all alike."""
    from bench.load import Rounds, wrk

    loads = {name: [] for name in wanted}
    for number in range(asked.rounds):
        say(f"Readers, round {number + 1} of {asked.rounds} ...")
        for name, (server, path, headers) in wanted.items():
            url = f"http://127.0.0.1:{ports[server]}{path}"
            if number == 0:
                wrk(url, seconds=min(1, asked.seconds), headers=headers)  # to warm up
            loads[name].append(wrk(url, seconds=asked.seconds, headers=headers))
    return {name: Rounds.of(runs) for name, runs in loads.items()}


def memory_over(asked, port: int, address: str) -> tuple[int, int, int]:
    """Resident bytes of the web server before and after many requests, and how many they were."""
    from bench import servers
    from bench.load import wrk

    wanted = 2_000 if asked.quick else 100_000
    before, done = servers.memory_of(port), 0.0
    while done < wanted:
        load = wrk(f"http://127.0.0.1:{port}{address}", seconds=max(1.0, asked.seconds))
        done += load.rate * max(1.0, asked.seconds)
    return before, servers.memory_of(port), int(done)


def only_posts(asked, port: int) -> float:
    """Posts a second by 8 clients without a pause, while nobody reads."""
    from bench import load

    say("8 post ...")
    page, seconds = f"http://127.0.0.1:{port}/en/", posting_seconds(asked)
    told = load.posts(page, stamped_stories(port), seconds=seconds, connections=8, pause=0)
    return told["received"] / seconds


def posting_seconds(asked) -> float:
    return max(2.0, 4 * asked.seconds)


def posting_and_reading(asked, port: int) -> dict[str, float]:
    """Readers alone, then readers while others post; what was acknowledged against what is stored.

    Both come at a rate, as people do: clients that send as fast as they are answered would measure their own queue.
    """
    import threading

    from bench import load
    from comments.models import Comment

    page = f"http://127.0.0.1:{port}/en/"  # one that posting does not expire
    seconds = posting_seconds(asked)
    stories = stamped_stories(port)

    def read() -> load.Load:
        script = ROOT / "bench" / "reading.lua"
        return load.read(load.run(page, seconds=seconds, connections=64, script=script, said=[str(READ_EVERY)]))

    say("64 post while 64 read ...")
    alone = read()
    before, printed = Comment.objects.count(), {}
    thread = threading.Thread(
        target=lambda: printed.update(load.posts(page, stories, seconds=seconds, connections=64, pause=POST_EVERY))
    )
    thread.start()
    reading = read()
    thread.join()
    time.sleep(1)  # posts on their way when the clients went are still stored
    return {
        **printed,
        "stored": Comment.objects.count() - before,
        "rate": printed["received"] / seconds,
        "offered": 64_000 / POST_EVERY,
        "reads": reading.rate,
        "readers alone": alone.p99,
        "readers": reading.p99,
    }


def stamped_stories(port: int) -> list[str]:
    """Address and form stamp of the newest stories in turn, so that no story's limit is what is measured."""
    from articles.models import Article
    from bench import servers
    from bench.growth import stamp_in

    newest = Article.objects.public().in_language("en").newest_first()[:STORIES_POSTED_TO]
    return [
        word
        for story in newest
        for word in (
            f"/en/stories/{story.pk}/comments/",
            stamp_in(servers.fetch(port, story.get_absolute_url()).body),
        )
    ]


if __name__ == "__main__":
    main()
