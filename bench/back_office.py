"""How long the back office's lists take: ``python bench/back_office.py [--add 100000]`` on the environment's database.

``--add`` first adds synthetic stories, spread over six sections and the five languages, with drafts, stories sent in,
versions that wait and stale translations among them. Then every list is asked for by an editor of all sections and by
one of a few. Printed are the number of queries and two medians in milliseconds: of the time that passed, and of the
processor's time, which other programs on the machine do not lengthen (on SQLite it holds the database's work too).
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
from django.contrib.auth.models import Group  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import F  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles import access, publishing, revisions, translating  # noqa: E402
from articles.models import Article, Author, Section, SectionName  # noqa: E402
from newsroom import languages, statistics_of_tables  # noqa: E402
from newsroom.models import User  # noqa: E402
from newsroom.roles import Role  # noqa: E402

ROUNDS = 9
LIST = "/admin/articles/article/"
SECTIONS = 6


def somebody(name: str, *roles: Role) -> User:
    user, _created = User.objects.get_or_create(username=name, defaults={"is_staff": True})
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def section(number: int) -> Section:
    there = SectionName.objects.filter(language="en", slug=f"bench-{number}").select_related("section").first()
    if there:
        return there.section
    made = Section.objects.create()
    SectionName.objects.create(section=made, language="en", slug=f"bench-{number}", name=f"Bench {number}")
    return made


def add(count: int, editor: User) -> None:
    """``count`` public stories, and some of every other state through the verbs."""
    call_command("populate", articles=count, into_existing=True)
    for number in range(SECTIONS):
        # The first section has half of all stories, the last ones few: what is rare must be found as quickly.
        Article.objects.annotate(rest=F("pk") % 64).filter(rest__lt=64 >> number).update(section=section(number))
    for number, code in enumerate(languages.BY_CODE):
        Article.objects.annotate(rest=F("pk") % 16).filter(rest=number, translation_of=None).update(language=code)
    Article.objects.update(modified_at=F("first_published_at"))
    author = Author.objects.first().pk
    byline = [{"author": author, "role": "reporter"}]
    shared = {"place_id": None, "byline_note": "", "tags": ["bench"], "bylines": byline}
    for number in range(200):
        _draft(number, editor, shared)


def _draft(number: int, editor: User, shared: dict) -> None:
    words = {"headline": f"Bench draft {number}", "standfirst": "Words.", "slug": f"bench-draft-{number}"}
    content = {**words, "body": "<p>river draft</p>", "section_id": section(number % SECTIONS).pk, **shared}
    article = Article.objects.create(language="en", created_by=editor)
    revisions.record(article, content, by=editor)
    if number % 4 == 1:
        publishing.submit(article, by=editor)
    if number % 4 == 2:
        publishing.publish(article, by=editor)
        revisions.record(article, content | {"headline": f"Bench waiting {number}"}, by=editor)
    if number % 4 == 3:
        publishing.publish(article, by=editor)
        translating.translate(article, "tr", by=editor)
        revisions.record(article, content | {"headline": f"Bench changed {number}"}, by=editor)
        publishing.release(article, revisions.waiting(article), by=editor)


class Counter:
    """Counts the statements a request sends."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute, sql, parameters, many, context):
        self.count += 1
        return execute(sql, parameters, many, context)


def measured(browser: Client, address: str) -> tuple[int, float, float] | None:
    """Queries, and the medians of time passed and of processor time in milliseconds; None where there is no page."""
    counter = Counter()
    with connection.execute_wrapper(counter):
        if browser.get(address).status_code != 200:
            return None
    passed, worked = [], []
    for _round in range(ROUNDS):
        began, began_work = time.perf_counter(), time.process_time()
        browser.get(address)
        passed.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - began_work) * 1000)
    return counter.count, statistics.median(passed), statistics.median(worked)


def lists() -> list[str]:
    year = timezone.localdate().year - 1
    few, many = section(SECTIONS - 1).pk, section(0).pk
    plain = ["", *(f"?state={code}" for code in ("draft", "review", "scheduled", "live", "withdrawn"))]
    filtered = [f"?section={many}", f"?section={few}", "?language=tr", "?mine=yes", "?translation=stale"]
    both = [f"?section={few}&language=ar", f"?section={many}&state=draft", f"?section={few}&state=live"]
    both += ["?mine=yes&state=draft", "?language=en&state=draft"]
    dated = [f"?first_published_at__year={year}", f"?first_published_at__year={year}&section={few}"]
    asked = ["?q=river", "?q=river+bridge+market", "?q=draft", "?q=absentword", f"?q=river&section={few}"]
    rest = ["?translation=missing-ar", f"?author={Author.objects.first().pk}", "?_popup=1"]
    return ["/admin/", *(LIST + query for query in [*plain, *filtered, *both, *dated, *asked, *rest])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--add", type=int, default=0, metavar="N", help="synthetic stories to add first")
    wanted = parser.parse_args().add
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    everywhere, limited = somebody("bench-editor", Role.EDITOR), somebody("bench-limited", Role.EDITOR)
    if wanted:
        add(wanted, everywhere)
        statistics_of_tables.refresh()
    sys.stdout.write(f"{Article.objects.count():,} stories on {connection.vendor}" + "\n")
    limits = ((everywhere, []), (limited, [section(0), section(3)]), (limited, [section(SECTIONS - 1)]))
    for person, chosen in limits:
        access.limit(person, chosen)
        browser = Client(SERVER_NAME="127.0.0.1")
        browser.force_login(person)
        sys.stdout.write(f"-- limited to {[str(one) for one in chosen] or 'nothing'}" + "\n")
        for address in lists():
            found = measured(browser, address)
            if found:  # else somebody limited asked for another section
                queries, passed, worked = found
                sys.stdout.write(
                    f"{address:62} {queries:3} queries {passed:7.1f} ms passed {worked:7.1f} ms worked" + "\n"
                )


if __name__ == "__main__":
    main()
