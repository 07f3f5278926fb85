"""What things cost in this process, without network and page cache: medians on the clock, of the processor, queries."""

import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Cost:
    """Milliseconds on the wall and of the processor, and the number of queries."""

    wall: float
    processor: float
    queries: int


class Person:
    """A client that keeps one handler for all requests, signed in or not."""

    def __init__(self, *roles) -> None:
        from django.contrib.auth.models import Group
        from django.test import Client

        from newsroom.models import User

        self.client = Client()
        if roles:
            name = f"bench-{'-'.join(role.name.lower() for role in roles)}"
            person, _created = User.objects.get_or_create(username=name, defaults={"is_staff": True})
            person.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
            self.client.force_login(person)

    def get(self, path: str) -> None:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)


class Bench:
    """The newsroom as it is now; ``costs()`` asks for everything ``rounds`` times.

    Readers' pages are drawn as the page cache has them drawn: with the one query that says which of the facts this
    process knows still hold.
    """

    def __init__(self, *, story, rounds: int) -> None:
        from newsroom.pages import Facts
        from newsroom.roles import Role

        self.facts = Facts()
        self.story, self.rounds = story, rounds
        self.reader, self.editor, self.moderator = Person(), Person(Role.EDITOR), Person(Role.MODERATOR)

    def costs(self) -> dict[str, Cost]:
        pages = {
            "story page, 200 comments": self.story.get_absolute_url(),
            "front page": "/en/",
            "tag page 1": self.tag_page(1),
            "tag page 1,000, or the last": self.tag_page(1_000),
            "feed": "/en/feed.rss",
            "sitemap of one range": "/en/sitemap-1.xml",
            "search": "/en/search/?q=river+bridge",
        }
        found = {name: self.cost(lambda path=path: self.draw(path)) for name, path in pages.items()}
        found["list of stories in the admin"] = self.cost(lambda: self.editor.get("/admin/articles/article/"))
        found["desk, first page"] = self.cost(lambda: self.moderator.get("/desk/"))
        found["desk, next card"] = self.cost(self.next_card)
        found["decision"] = self.cost(self.decide, prepare=self.next_card)
        found["post"] = self.cost(self.post)
        return found

    def draw(self, path: str) -> None:
        with self.facts.followed():
            self.reader.get(path)

    def cost(self, call: Callable[[], None], prepare: Callable[[], None] = lambda: None) -> Cost:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        prepare()
        with CaptureQueriesContext(connection) as queries:
            call()
            asked = len(queries)
        taken = []
        for _round in range(self.rounds):
            prepare()
            wall, processor = time.perf_counter(), time.process_time()
            call()
            taken.append(((time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000))
        return Cost(*(statistics.median(times) for times in zip(*taken, strict=True)), asked)

    def tag_page(self, number: int) -> str:
        """The address of page ``number`` of the synthetic stories' first tag; of its last page when it has fewer."""
        from django.conf import settings

        from articles.models import Article, Tag
        from articles.paging import key_of

        tag = Tag.objects.get(language="en", name="synthetic 1")
        address, before = tag.get_absolute_url(), (number - 1) * settings.NEWSROOM_PAGE_SIZE
        if number == 1:
            return address
        listed = Article.objects.public().in_language("en").filter(tagged__tag=tag).newest_first()
        before = min(before, max(0, listed.count() - settings.NEWSROOM_PAGE_SIZE)) or 1
        last = listed[before - 1]
        return f"{address}?{urlencode({'after': key_of(last, ('first_published_at', 'pk'))})}"

    def next_card(self) -> None:
        answer = self.moderator.client.post("/desk/next/", headers={"accept": "application/json"})
        assert answer.status_code == 200, answer.content[:300]

    def decide(self) -> None:
        from moderation.models import Lease

        pk = Lease.objects.order_by("-comment").values_list("comment", flat=True).first()
        path = f"/desk/comments/{pk}/approve/"
        answer = self.moderator.client.post(path, {"seen_version": 0}, headers={"accept": "application/json"})
        assert answer.status_code == 200, answer.content[:300]

    def post(self) -> None:
        self.reader.client.cookies.clear()
        form = {"name": "Reader", "comment": f"The bridge at {time.monotonic_ns()}", "stamp": self.stamp}
        path = f"/en/stories/{self.story.pk}/comments/"
        answer = self.reader.client.post(path, urlencode(form), content_type=FORM)
        assert answer.status_code == 303, answer.content[:300]

    @property
    def stamp(self) -> str:
        from comments import stamps

        return stamps.stamp(self.story.pk)


def stamp_in(page: bytes) -> str:
    return re.search(rb'name="stamp" value="([^"]+)"', page).group(1).decode()
