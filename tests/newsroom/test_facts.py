"""What a process asks for once: it answers from memory only while a page is drawn to be stored, and only what holds."""

import threading

import pytest
from django.db import connection, transaction

from newsroom import pages
from newsroom.models import PageChange
from newsroom.pages import Facts, fact
from newsroom.pages import facts as facts_module

pytestmark = pytest.mark.django_db(transaction=True)


class Asked:
    """Answers how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


@pytest.fixture
def facts() -> Facts:
    return Facts()


def told(facts: Facts, find, *keys: str, **options) -> int:
    """What a page drawn now is told."""
    with facts.followed():
        return fact("name", find, *(keys or ("house",)), **options)


def test_a_fact_is_asked_for_once_and_again_after_its_change(facts):
    find = Asked()
    assert [told(facts, find), told(facts, find)] == [1, 1]
    pages.changed("story:1")
    assert told(facts, find) == 1
    pages.changed("house")
    assert [told(facts, find), told(facts, find)] == [2, 2]


def test_any_of_its_keys_changes_it_and_a_rolled_back_change_does_not(facts):
    find = Asked()
    assert told(facts, find, "house", "guidelines") == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        pages.changed("guidelines")
        raise ZeroDivisionError
    assert told(facts, find, "house", "guidelines") == 1
    pages.changed("guidelines")
    assert told(facts, find, "house", "guidelines") == 2


def test_outside_of_a_page_that_is_drawn_to_be_stored_everything_is_asked_for(facts):
    find = Asked()
    assert told(facts, find) == 1
    assert [fact("name", find, "house"), fact("name", find, "house")] == [2, 3]
    assert told(facts, find) == 1


def test_following_the_news_is_one_query(facts, django_assert_num_queries):
    told(facts, Asked())
    pages.changed("house")
    with django_assert_num_queries(1), facts.followed() as number:
        pass
    assert number == pages.newest_change()


def test_a_change_while_it_is_asked_for_is_not_missed(facts):
    def changing() -> str:
        pages.changed("house")
        return "before"

    assert told(facts, changing) == "before"
    assert told(facts, lambda: "after") == "after"


def test_what_another_thread_began_to_ask_for_before_the_change_is_not_kept_after_it(facts):
    asked, changed = threading.Event(), threading.Event()

    def slow() -> str:
        asked.set()
        assert changed.wait(10)
        return "before"

    def draw() -> None:
        told(facts, slow)
        connection.close()

    thread = threading.Thread(target=draw)
    thread.start()
    assert asked.wait(10)
    pages.changed("house")
    assert told(facts, lambda: "after") == "after"
    changed.set()
    thread.join()
    assert told(facts, lambda: "after that") in ("after", "after that")


def test_after_more_news_than_it_reads_everything_is_forgotten(facts, monkeypatch):
    find = Asked()
    told(facts, find)
    monkeypatch.setattr(facts_module, "MOST_NEWS", 3)
    PageChange.objects.bulk_create(PageChange(key=f"story:{number}") for number in range(3))
    assert told(facts, find) == 1
    PageChange.objects.bulk_create(PageChange(key=f"story:{number}") for number in range(4))
    assert [told(facts, find), told(facts, find)] == [2, 2]


def test_a_fact_that_changes_untold_lives_for_its_time_only(facts, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("newsroom.pages.facts.time.monotonic", lambda: clock[0])
    find = Asked()
    assert told(facts, find, seconds=60) == 1
    clock[0] = 59.9
    assert told(facts, find, seconds=60) == 1
    clock[0] = 60.0
    assert told(facts, find, seconds=60) == 2
    clock[0] += facts_module.LONGEST_KEPT
    assert told(facts, find) == 3
