"""Where stored pages lie: files and Redis keep the same promises."""

import itertools
import os
import threading
import time
from pathlib import Path

import pytest
import redis

from articles import publishing
from moderation.decisions import decide
from newsroom import pages
from newsroom.pages import store as file_store
from newsroom.pages.changes import Change
from newsroom.pages.redis_store import RedisStore
from tests.conftest import need
from tests.factories import make_comment, make_decided
from tests.newsroom.test_pages import Site

REDIS = os.environ.get("NEWSROOM_TEST_REDIS_URL", "")
AWAY = "redis://127.0.0.1:1/0"  # where nothing listens


def page(*keys: str, as_of: int = 0, text: bytes = b"<p>shown</p>", until: float | None = None) -> pages.Page:
    life = time.time() + 60 if until is None else until
    return pages.Page(200, "OK", [("Content-Type", "text/html")], [*keys], "etag", as_of, life, {"": text, "br": b"b"})


@pytest.fixture
def in_redis():
    kept = RedisStore(need(REDIS, "NEWSROOM_TEST_REDIS_URL"), prefix=f"newsroom-test:{os.getpid()}:")
    yield kept
    for key in kept.redis.scan_iter(f"{kept.prefix}*"):
        kept.redis.delete(key)


@pytest.fixture(params=["files", "redis"])
def store(request, tmp_path) -> pages.Store:
    return request.getfixturevalue("in_redis") if request.param == "redis" else pages.FileStore(tmp_path / "pages")


def test_a_page_comes_back_as_it_was_put(store):
    kept = page("story:1", as_of=4)
    store.put("a", kept)
    assert store.get("a") == store.get("a") == kept
    assert store.get("b") is None


def test_a_page_put_again_is_the_new_one(store):
    for text in (b"first", b"again"):
        store.put("a", page("story:1", text=text))
        assert store.get("a").bodies[""] == text


def test_a_page_ends_with_its_life(store, monkeypatch):
    store.put("a", page("story:1", until=time.time() + 5))
    assert store.get("a") is not None
    later = time.time() + 6
    monkeypatch.setattr(time, "time", lambda: later)
    assert store.get("a") is None


def test_a_change_removes_the_pages_of_its_key_and_no_others(store):
    store.put("a", page("story:1", "front:en"))
    store.put("b", page("story:2", "front:en"))
    store.remove([Change(1, "story:1", False)])
    assert (store.get("a"), store.get("b") is None) == (None, False)
    store.remove([Change(2, "front:en", False)])
    assert store.get("b") is None


def test_a_page_drawn_after_a_change_stays_when_the_change_is_heard_of_again(store):
    store.put("a", page("story:1", as_of=7))
    store.remove([Change(7, "story:1", False)])
    assert store.get("a") is not None
    store.remove([Change(8, "story:1", False)])
    assert store.get("a") is None


def test_what_only_adds_leaves_the_copy_of_before_for_a_second(store, monkeypatch):
    monkeypatch.setattr(file_store, "OLD_COPY_LIVES", 0.3)
    monkeypatch.setattr("newsroom.pages.redis_store.OLD_COPY_LIVES", 0.3)
    store.put("a", page("story:1", text=b"before"))
    store.remove([Change(1, "story:1", True)])
    assert store.get("a") is None
    assert store.old_copy("a").bodies[""] == b"before"
    time.sleep(0.4)
    assert store.old_copy("a") is None


@pytest.mark.parametrize("first", [True, False])
def test_what_takes_away_removes_the_copy_of_before_too(store, first):
    store.put("a", page("story:1"))
    store.remove([Change(1, "story:1", first), Change(2, "story:1", False)])
    assert (store.get("a"), store.old_copy("a")) == (None, None)


def test_a_copy_of_before_goes_even_where_the_page_was_drawn_since(store):
    store.put("a", page("story:1"))
    store.remove([Change(1, "story:1", True)])
    store.put("a", page("story:1", as_of=2))
    store.remove([Change(2, "story:1", False)])
    assert (store.get("a") is None, store.old_copy("a")) == (False, None)


def another(store) -> pages.Store:
    """The same place, as another process has it."""
    return RedisStore(REDIS, store.prefix) if isinstance(store, RedisStore) else pages.FileStore(store.folder)


def interleavings(store, monkeypatch, at_each_step):
    """Call ``at_each_step`` once before every step that ``store`` takes on disk or in Redis, a step a turn."""
    steps = [(Path, "unlink"), (Path, "replace"), (Path, "touch"), (Path, "read_bytes"), (file_store.os, "listdir")]
    if isinstance(store, RedisStore):
        steps = [(redis.Redis, "execute_command"), (redis.client.Pipeline, "execute")]
    for owner, name in steps:
        monkeypatch.setattr(owner, name, at_each_step(getattr(owner, name)))


@pytest.mark.parametrize("first", ["remove", "put"])
@pytest.mark.parametrize("turn", range(12))
def test_a_page_stored_while_its_change_is_being_removed_goes_with_the_next_change(store, monkeypatch, first, turn):
    """Two processes, one of which does all it has to at some moment of the other's: a page is never forgotten of."""
    news, later = Change(5, "story:1", False), Change(6, "story:1", False)
    store.put("a", page("story:1", "menu:en", as_of=1))
    acts = [lambda: store.remove([news]), lambda: another(store).put("a", page("story:1", "menu:en", as_of=5))]
    outer, inner = acts if first == "remove" else acts[::-1]
    steps = itertools.count()

    def watched(real):
        def step(*arguments, **named):
            if next(steps) == turn:
                inner()
            return real(*arguments, **named)

        return step

    with monkeypatch.context() as during:
        interleavings(store, during, watched)
        outer()
    store.remove([later])
    assert store.get("a") is None


def test_a_dropped_page_leaves_no_copy(store):
    store.put("a", page("story:1"))
    store.remove([Change(1, "story:1", True)])
    store.drop("a")
    assert store.old_copy("a") is None


def test_one_claims_a_page_at_a_time(store):
    assert store.claim("a") is True
    assert store.claim("a") is False
    assert store.claim("b") is True
    store.release("a")
    assert store.claim("a") is True


def test_the_claim_of_a_process_that_died_runs_out(store, monkeypatch):
    monkeypatch.setattr(file_store, "CLAIM_LIVES", 0.2)
    monkeypatch.setattr("newsroom.pages.redis_store.CLAIM_LIVES", 0.2)
    store.claim("a")
    time.sleep(0.3)
    assert store.claim("a") is True


def test_seen_is_kept(store):
    assert store.seen == 0
    store.note_seen(12)
    assert store.seen == 12


def test_a_cleared_store_is_empty_and_remembers_what_it_has_seen(store):
    store.put("a", page("story:1"))
    store.note_seen(3)
    store.clear()
    assert (store.get("a"), store.seen) == (None, 3)


def test_a_page_whose_file_was_cut_short_is_none(tmp_path):
    store = pages.FileStore(tmp_path)
    store.put("a", page("story:1"))
    file = tmp_path / "pages" / "a"
    file.write_bytes(file.read_bytes()[:-1])
    assert store.get("a") is None


def test_markers_of_pages_that_ended_do_not_pile_up(tmp_path):
    store = pages.FileStore(tmp_path / "pages")
    store.put("ended", page("story:1", "menu:en"))
    long_ago = time.time() - 2 * file_store.LONGEST_LIFE - 60
    for file in store.folder.glob("*/**/ended"):
        os.utime(file, (long_ago, long_ago))
    store.put("shown", page("story:2", "menu:en"))
    store.prune()
    assert markers_of(store) == ["ended", "ended", "shown", "shown"]  # an hour has not passed yet
    store._swept_at = long_ago
    store.prune()
    assert (store.get("shown") is None, markers_of(store)) == (False, ["shown", "shown"])


def markers_of(store) -> list[str]:
    return sorted(file.name for file in store.folder.glob("keys/*/*"))


def test_pages_that_go_while_the_oldest_are_looked_for_do_no_harm(tmp_path, monkeypatch):
    store = pages.FileStore(tmp_path / "pages")
    for name in ("a", "b"):
        store.put(name, page("story:1"))
    looked, real = [], Path.stat

    def goes_first(path, **named):
        if path.parent.name == "pages" and not looked:
            looked.append(path.name)
            path.unlink()
        return real(path, **named)

    monkeypatch.setattr(Path, "stat", goes_first)
    store.prune(most=0)
    assert looked
    assert os.listdir(store.folder / "pages") == []


def test_another_process_s_removal_counts_for_a_page_in_memory(tmp_path):
    mine, theirs = pages.FileStore(tmp_path), pages.FileStore(tmp_path)
    mine.put("a", page("story:1", text=b"first"))
    assert mine.get("a").bodies[""] == b"first"
    theirs.remove([Change(1, "story:1", False)])
    assert mine.get("a") is None
    theirs.put("a", page("story:1", text=b"again"))
    assert mine.get("a").bodies[""] == b"again"


def test_a_process_keeps_no_more_in_memory_than_it_may(tmp_path, monkeypatch):
    monkeypatch.setattr(file_store, "MOST_MEMORY", 10_000)
    store = pages.FileStore(tmp_path)
    for number in range(20):
        store.put(str(number), page("front", text=b"x" * 999))
        assert store.get(str(number)) is not None
    assert store._memory._size <= 10_000
    assert list(store._memory._pages) == [str(number) for number in range(10, 20)]


def test_a_redis_that_is_away_costs_renders_and_no_errors(caplog):
    store = RedisStore(AWAY)
    store.put("a", page("story:1"))
    store.remove([Change(1, "story:1", False)])
    store.release("a")
    assert (store.get("a"), store.old_copy("a"), store.claim("a")) == (None, None, False)
    with pytest.raises(OSError, match="Redis does not answer"):
        _seen = store.seen


@pytest.mark.django_db
def test_a_cache_whose_redis_went_away_is_not_asked_until_it_was_looked_at_again(in_redis, monkeypatch):
    watch = pages.Watch(in_redis)
    watch.looked_at = time.monotonic()
    monkeypatch.setattr(watch, "look", lambda: (_ for _ in ()).throw(OSError("away")))
    monkeypatch.setattr(watch._stopping, "wait", lambda _seconds: watch._stopping.set())
    watch._run()
    assert watch.looked_at == float("-inf")


@pytest.mark.django_db(transaction=True)
def test_pages_in_redis_follow_the_verbs(in_redis, settings, story, editor, moderator, monkeypatch):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS}}
    monkeypatch.setattr(file_store, "_redis_store", lambda _location: in_redis)
    site = Site(pages.configured_store())
    assert site.cache.store is in_redis
    address, comment = story.get_absolute_url(), make_comment(story, "canary")
    for _visit in range(2):
        assert b"canary" not in site.get(address)["body"]
    assert site.rendered == 1
    decide(comment, "approved", moderator=moderator, seen_version=0)
    assert b"canary" in site.get(address)["body"]
    publishing.withdraw(story, by=editor, reason="Wrong.")
    assert site.get(address)["status"] == 410
    assert site.get(address)["status"] == 410
    assert site.rendered == 3


@pytest.mark.django_db(transaction=True)
class TestWhileAPageIsDrawn:
    """What others get while one request draws a page anew."""

    @pytest.fixture
    def site(self, store):
        return Site(store)

    @pytest.fixture
    def elsewhere(self, store, monkeypatch):
        """The verbs of this process write to the same store, as those of any process do."""
        monkeypatch.setattr(file_store, "configured_store", lambda: store)

    def ask_while_drawing(self, site, address) -> dict:
        """What a second reader gets who comes while the first one's page is drawn."""
        drawing, may_finish, answers = threading.Event(), threading.Event(), {}

        def slowly():
            drawing.set()
            assert may_finish.wait(10)

        site.during_render = slowly
        first = threading.Thread(target=lambda: answers.update(first=site.get(address)))
        first.start()
        assert drawing.wait(10)
        second = threading.Thread(target=lambda: answers.update(second=site.get(address)))
        second.start()
        second.join(0.5)
        answers["waited"] = second.is_alive()
        may_finish.set()
        first.join()
        second.join()
        return answers

    def test_they_get_the_copy_of_before_an_approval(self, site, elsewhere, story, moderator):
        comment, address = make_comment(story, "canary"), story.get_absolute_url()
        site.get(address)
        decide(comment, "approved", moderator=moderator, seen_version=0)
        answers = self.ask_while_drawing(site, address)
        assert b"canary" in answers["first"]["body"]
        assert (answers["waited"], b"canary" in answers["second"]["body"]) == (False, False)
        site.during_render = lambda: None
        assert b"canary" in site.get(address)["body"]
        assert site.rendered == 2

    def test_they_wait_when_a_comment_was_removed(self, site, elsewhere, story, moderator):
        comment, address = make_decided(story, "approved", by=moderator, body="canary"), story.get_absolute_url()
        assert b"canary" in site.get(address)["body"]
        decide(comment, "removed", moderator=moderator, seen_version=comment.version, guidelines=["abuse"])
        answers = self.ask_while_drawing(site, address)
        assert answers["waited"] is True
        assert b"canary" not in answers["second"]["body"] + answers["first"]["body"]


def test_the_client_of_redis_is_the_one_we_know():
    assert issubclass(redis.ConnectionError, redis.RedisError)
    assert issubclass(redis.TimeoutError, redis.RedisError)
