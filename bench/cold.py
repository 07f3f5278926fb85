"""Where the time of a page that is drawn anew goes: the story with 200 comments, the front page, the desk, a decision.

    python -m bench.cold [--stories 3000] [--comments 8000] [--pending 3000] [--rounds 60]

Prints, for each, the median milliseconds of the processor, the queries, and the parts: a sampler looks at the stack
every millisecond of processor time. In this process, without network and without the stored pages. Works on a database
of its own in a temporary folder (or DATABASE_URL's, which must be empty). ``bench/PROFILE.md``: a before and after.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable

from bench import run
from bench.growth import Bench

EVERY = 0.001  # seconds of processor time between two looks at the stack
# By what is innermost on the stack, and if that says nothing, by what stands anywhere on it; the first that fits.
INNERMOST = {"the database itself": ("/backends/sqlite3/", "/backends/postgresql/", "/newsroom/sqlite/", "/psycopg/")}
ANYWHERE = {
    "building queries, making rows (ORM)": ("/django/db/",),
    "forms, field by field": ("/crispy_forms/", "/django/forms/"),
    "drawing comments": ("/comments/drawing.py",),
    "templates": ("/django/template/",),
    "hints": ("/moderation/hints/",),
}
THE_REST = "views, middleware, the rest"


def main() -> None:
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="newsroom-cold-") as folder:
        run.prepare_environment(folder)
        story = filled(asked)
        bench = Bench(story=story, rounds=asked.rounds)
        for name, prepare, call in things(bench):
            report(name, bench, prepare, call)
    say(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=3_000)
    parser.add_argument("--comments", type=int, default=8_000)
    parser.add_argument("--pending", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=60)
    return parser.parse_args()


def filled(asked):
    """The newsroom to look at; its story with 200 comments."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    run.fill(asked.stories, asked.comments, asked.pending)
    story = run.commented_story(200)
    call_command("prepare_hints", most=asked.pending, verbosity=0, stdout=sys.stderr)
    return story


def things(bench: Bench) -> list[tuple[str, Callable[[], None], Callable[[], None]]]:
    """What is looked at: a name, what goes before each time, and the thing itself."""

    def nothing() -> None:
        pass

    return [
        ("story page, 200 comments", nothing, lambda: bench.draw(bench.story.get_absolute_url())),
        ("front page", nothing, lambda: bench.draw("/en/")),
        ("desk, first page", nothing, lambda: bench.moderator.get("/desk/")),
        ("decision", bench.next_card, bench.decide),
    ]


def report(name: str, bench: Bench, prepare: Callable[[], None], call: Callable[[], None]) -> None:
    for _round in range(3):  # a process reads some things once
        prepare()
        call()
    cost = bench.cost(call, prepare)
    parts = sampled(call, prepare, bench.rounds)
    say(f"\n{name}: {cost.processor:.1f} ms, {cost.queries} queries")
    for part, share in parts.most_common():
        say(f"  {cost.processor * share / parts.total():5.1f} ms  {part}")


def sampled(call: Callable[[], None], prepare: Callable[[], None], rounds: int) -> Counter:
    """How often each part was at work when the sampler looked."""
    parts: Counter = Counter()
    before = signal.signal(signal.SIGPROF, lambda _signal, frame: parts.update([part_of(frame)]))
    try:
        for _round in range(rounds):
            prepare()
            signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
            call()
            signal.setitimer(signal.ITIMER_PROF, 0)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return parts


def part_of(frame) -> str:
    files = []
    while frame is not None:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    for part, marks in INNERMOST.items():
        if any(mark in files[0] for mark in marks):
            return part
    stack = "\n".join(files)
    return next((part for part, marks in ANYWHERE.items() if any(mark in stack for mark in marks)), THE_REST)


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
