"""Search among comments that wait, by whole words or the beginning of the last, whatever the spelling.

The index holds the folded words of text and name, in SQLite's FTS5 or in PostgreSQL's tsvector. Words are cut and
folded in Python, identically for comments and questions, so no parser of theirs ever sees what somebody typed.
``moderation.prepared`` writes it beside the prepared hints; a comment leaves it when it is decided or erased.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from articles.search import Question, words_of
from comments import erasure
from comments.models import Comment

# Of more matches than these the ones that came first are looked at; moderators are told to narrow the search.
MOST = 2_000
# Of so many newest comments, those the worker has not come to yet are read one by one.
NEWEST = 200
_TSVECTOR_POSITIONS = 16_383


@dataclass(frozen=True)
class Found:
    """The ids of waiting comments with the words; ``is_cut`` when there are more than ``MOST``."""

    ids: list[int]
    is_cut: bool = False


def find(text: str, *, language: str = "") -> Found:
    """The waiting comments with every word of ``text``, of one ``language`` or of all."""
    question = Question.read(text)
    if not question.words:
        return Found([])
    ask = _ask_sqlite if connection.vendor == "sqlite" else _ask_postgresql
    with connection.cursor() as cursor:
        cursor.execute(*ask(question, language))
        ids = [pk for (pk,) in cursor.fetchall()]
    return Found([*ids[:MOST], *_not_yet_indexed(question)], is_cut=len(ids) > MOST)


def index(comments: Sequence[Comment]) -> None:
    """Write the words of ``comments``, in the caller's transaction."""
    forget([comment.pk for comment in comments])
    rows = [_row(comment) for comment in comments if not comment.is_erased]
    with connection.cursor() as cursor:
        if rows:
            cursor.executemany(_INSERT[connection.vendor], rows)


def forget(pks: Iterable[int]) -> None:
    """Take the words of the comments ``pks`` out again."""
    column = "rowid" if connection.vendor == "sqlite" else "comment_id"
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM moderation_search WHERE {column} = %s", [(pk,) for pk in pks])


def tidy() -> None:
    """Make SQLite let go of the words of rows that were deleted; PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO moderation_search (moderation_search) VALUES ('optimize')")


@erasure.also
def forget_erased(comment: Comment) -> None:
    forget([comment.pk])


_INSERT = {
    "sqlite": "INSERT INTO moderation_search (rowid, language, words) VALUES (%s, %s, %s)",
    "postgresql": "INSERT INTO moderation_search (comment_id, language, words) VALUES (%s, %s, %s::tsvector)",
}


def _words(name: str, body: str) -> list[str]:
    return [*words_of(name), *words_of(body)]


def _row(comment: Comment) -> tuple[int, str, str]:
    words = _words(comment.display_name, comment.body)
    if connection.vendor == "sqlite":
        return comment.pk, _language_word(comment.language), " ".join(words)
    numbered = enumerate(words, 1)  # letters and digits alone, so quoting is all they need
    vector = " ".join(f"'{word}':{min(number, _TSVECTOR_POSITIONS)}" for number, word in numbered)
    return comment.pk, comment.language, vector


def _language_word(language: str) -> str:
    return f"_{language}_"  # no word of a comment holds a low line


def _ask_sqlite(question: Question, language: str) -> tuple[str, list]:
    """Every word stands in quotes of its own."""
    words = [f'"{word}"' for word in question.words]
    if question.last_is_beginning:
        words[-1] += "*"
    match = f"words : ({' AND '.join(words)})"
    if language:
        match = f'language : "{_language_word(language)}" AND {match}'
    sql = f"SELECT rowid FROM moderation_search WHERE moderation_search MATCH %s ORDER BY rowid LIMIT {MOST + 1}"
    return sql, [match]


def _ask_postgresql(question: Question, language: str) -> tuple[str, list]:
    words = [f"'{word}'" for word in question.words]
    if question.last_is_beginning:
        words[-1] += ":*"
    only, parameters = ("AND language = %s", [language]) if language else ("", [])
    sql = (
        "SELECT comment_id FROM moderation_search, CAST(%s AS tsquery) question "
        f"WHERE words @@ question {only} ORDER BY comment_id LIMIT {MOST + 1}"
    )
    return sql, [" & ".join(words), *parameters]


def _not_yet_indexed(question: Question) -> list[int]:
    """Of the newest comments, those that match and that the worker has not come to. One query."""
    newest = Comment.objects.pending().order_by("-submitted_at", "-pk").values("pk")[:NEWEST]
    waiting = Comment.objects.filter(pk__in=newest, prepared_hints__isnull=True)
    rows = waiting.order_by().values_list("pk", "display_name", "body")
    return [pk for pk, name, body in rows if _has_all(question, _words(name, body))]


def _has_all(question: Question, words: list[str]) -> bool:
    there = set(words)
    *whole, last = question.words
    if not there.issuperset(whole):
        return False
    return last in there or (question.last_is_beginning and any(word.startswith(last) for word in there))
