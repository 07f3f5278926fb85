"""Small transactions that share a commit: each has its own outcome, and nobody goes on before the disk has it."""

import sqlite3
import threading
import time

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import get_language, override

from articles.models import TaggedArticle
from newsroom.models import PageChange
from newsroom.sqlite import base, together
from newsroom.sqlite.together import written_together

THREADS = 6
only_sqlite = pytest.mark.only_on("sqlite")


def keys() -> set[str]:
    return set(PageChange.objects.values_list("key", flat=True))


def add(key: str):
    PageChange.objects.create(key=key)
    return key


@pytest.fixture
def commits(monkeypatch) -> list:
    """What was committed by any thread, one entry each."""
    made, commit = [], base.DatabaseWrapper._commit

    def counted(wrapper):
        made.append(threading.get_ident())
        return commit(wrapper)

    monkeypatch.setattr(base.DatabaseWrapper, "_commit", counted)
    return made


def all_at_once(works) -> list:
    """Each of ``works`` in a thread of its own, all of them waiting before the database takes the first.

    What each returned or raised, in their order.
    """
    outcomes = [None] * len(works)

    def ask(number):
        try:
            outcomes[number] = written_together(works[number])
        except BaseException as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[number]) for number in range(len(works))]
    with transaction.atomic():  # we have the turn: nobody begins
        add("the holder's")
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 5
        while len(together._line._waiting) < len(works) and time.monotonic() < deadline:
            time.sleep(0.005)
        assert len(together._line._waiting) == len(works)
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    return outcomes


@only_sqlite
@pytest.mark.django_db(transaction=True)
def test_who_waits_shares_one_commit_and_gets_what_it_wrote(commits):
    wanted = [f"work {number}" for number in range(THREADS)]
    assert all_at_once([lambda key=key: add(key) for key in wanted]) == wanted
    assert len(commits) == 2  # the holder's and theirs
    assert set(wanted) <= keys()


@only_sqlite
@pytest.mark.django_db(transaction=True)
def test_what_fails_undoes_itself_and_nobody_else(commits):
    def fail():
        add("undone")
        raise ValueError("mine alone")

    outcomes = all_at_once([lambda: add("before"), fail, lambda: add("after")])
    assert sorted(map(str, outcomes)) == ["after", "before", "mine alone"]
    assert isinstance(outcomes[1], ValueError)
    assert {"before", "after"} <= keys()
    assert "undone" not in keys()
    assert len(commits) == 2


@only_sqlite
@pytest.mark.django_db(transaction=True)
def test_one_that_spoils_the_common_commit_fails_alone():
    """Foreign keys are checked when the transaction ends: then nobody's work is stored, and each is tried again."""

    def spoil():
        TaggedArticle.objects.create(content_object_id=987_654, tag_id=987_654)

    outcomes = all_at_once([lambda: add("before"), spoil, lambda: add("after")])
    assert (outcomes[0], outcomes[2]) == ("before", "after")
    assert isinstance(outcomes[1], IntegrityError)
    assert {"before", "after"} <= keys()
    assert TaggedArticle.objects.count() == 0


@only_sqlite
@pytest.mark.django_db(transaction=True)
def test_an_end_of_the_thread_that_leads_keeps_nobody_waiting():
    def leave():
        raise SystemExit

    outcomes = all_at_once([leave, lambda: add("other"), lambda: add("another")])
    assert all(isinstance(outcome, SystemExit) for outcome in outcomes)
    assert not keys() & {"other", "another"}
    assert all_at_once([lambda: add("later")]) == ["later"]


@only_sqlite
@pytest.mark.django_db(transaction=True)
def test_where_no_transaction_can_begin_everybody_hears_so(monkeypatch):
    wait = threading.Event()

    def fail(_connection):
        wait.wait(5)
        raise OperationalError("database is locked")

    with monkeypatch.context() as broken:
        broken.setattr(base.DatabaseWrapper, "_start_transaction_under_autocommit", fail)
        outcomes = []

        def ask():
            try:
                written_together(lambda: add("never"))
            except OperationalError as error:
                outcomes.append(str(error))

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        while len(together._line._waiting) < 3:
            time.sleep(0.005)
        wait.set()
        for thread in threads:
            thread.join(10)
        assert outcomes == ["database is locked"] * 3
    assert written_together(lambda: add("afterwards")) == "afterwards"
    assert keys() == {"afterwards"}


@only_sqlite
@pytest.mark.django_db(transaction=True)
def test_each_work_speaks_the_language_of_who_asked():
    found = {}

    def ask(code):
        with override(code):
            found[code] = written_together(get_language)
        connection.close()

    threads = [threading.Thread(target=ask, args=[code]) for code in ("ar", "ckb", "tr")]
    with transaction.atomic():
        add("the holder's")
        for thread in threads:
            thread.start()
        while len(together._line._waiting) < 3:
            time.sleep(0.005)
    for thread in threads:
        thread.join(10)
    assert found == {"ar": "ar", "ckb": "ckb", "tr": "tr"}


@only_sqlite
@pytest.mark.django_db(transaction=True)
def test_nobody_goes_on_before_the_commit():
    """Another connection, which sees only what is committed, is asked right after each return."""
    other = sqlite3.connect(connection.settings_dict["NAME"])
    for number in range(20):
        key = written_together(lambda number=number: add(f"work {number}"))
        assert other.execute("SELECT count(*) FROM newsroom_pagechange WHERE key = ?", [key]).fetchone() == (1,)
    other.close()


@pytest.mark.django_db(transaction=True)
def test_alone_it_is_a_transaction_like_any_other():
    def fail():
        add("undone")
        raise ValueError

    with pytest.raises(ValueError):
        written_together(fail)
    assert written_together(lambda: add("kept")) == "kept"
    assert keys() == {"kept"}


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_it_belongs_to_that_one():
    with pytest.raises(ValueError), transaction.atomic():
        written_together(lambda: add("part of it"))
        raise ValueError
    assert keys() == set()
