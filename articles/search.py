"""Search in every language: one index of folded words, in SQLite's FTS5 or in PostgreSQL's tsvector.

The index holds the words of what the rows of live stories hold, nothing of drafts or waiting revisions, and the verbs
write it in their own transaction. A story that waits for its time is in it, so every answer is asked again of
``Article.objects.public()``. Words are cut and folded in Python, identically for stories and questions, so both
databases find the same and no parser of theirs ever sees what a reader typed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet

from articles.models import Article, Status
from articles.plain_text import plain_text
from newsroom.folding import fold

# At most so many stories are shown of one search; readers are told to narrow it.
MOST = 200
# Of more matches than these the newest are ranked, so that a common word costs what a rare one costs.
RANKED = 1_000
# A question is read up to so many different words.
WORDS = 12
# The last word may be the beginning of one when it has so many letters.
PREFIX_LETTERS = 3
# Weights of a word in headline, standfirst or tags, body.
_WEIGHTS = (10.0, 4.0, 1.0)
_WORD = re.compile(r"[^\W_]+")
_LONGEST_WORD = 60
_TSVECTOR_POSITIONS = 16_383


@dataclass(frozen=True)
class Question:
    """What a reader asks: folded words that must all be there; the last may be a beginning."""

    words: tuple[str, ...]
    last_is_beginning: bool

    @classmethod
    def read(cls, text: str) -> "Question":
        """The question in ``text``, whatever it holds; one without a single letter or digit has no words."""
        words = tuple(dict.fromkeys(words_of(text)))[:WORDS]
        return cls(words, bool(words) and len(words[-1]) >= PREFIX_LETTERS)

    def matches(self, word: str) -> bool:
        """Whether the folded ``word`` is one the question asks for."""
        return word in self.words or (self.last_is_beginning and word.startswith(self.words[-1]))


def words_of(text: str) -> list[str]:
    """The folded words of ``text``: runs of letters and digits of any script."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(fold(text))]


def find(question: Question, *, language: str, among: QuerySet[Article] | None = None) -> list[int]:
    """The ids of at most ``MOST`` public stories of ``language`` with every word of ``question``, best first.

    A word in the headline weighs more than one in standfirst or tags, and that more than one in the body; of equals
    the newest comes first. ``among`` narrows the search to the stories of a queryset.
    """
    if not question.words:
        return []
    ask = _ask_sqlite if connection.vendor == "sqlite" else _ask_postgresql
    try:
        narrowed, parameters = _narrowed(among)
    except EmptyResultSet:  # Django knows without asking that nothing can be in there
        return []
    with connection.cursor() as cursor:
        cursor.execute(*ask(question, language, narrowed, parameters))
        scores = {pk: round(score, 3) for pk, score in cursor.fetchall()}
    best = sorted(scores, key=lambda pk: (-scores[pk], -pk))[: 2 * MOST]
    times = dict(Article.objects.public().filter(pk__in=best).values_list("pk", "first_published_at"))
    return sorted(times, key=lambda pk: (scores[pk], times[pk], pk), reverse=True)[:MOST]


def index(article: Article) -> None:
    """Bring the index up to the story's row: its words if it is live, else nothing. Call it where a row is written."""
    index_many([article])


def index_many(articles: Iterable[Article]) -> None:
    """``index()`` for several stories; prefetch their tags."""
    articles = list(articles)
    with transaction.atomic(), connection.cursor() as cursor:
        column = "rowid" if connection.vendor == "sqlite" else "article_id"
        cursor.executemany(f"DELETE FROM articles_search WHERE {column} = %s", [(article.pk,) for article in articles])
        rows = [_row(article) for article in articles if article.status == Status.PUBLISHED]
        if rows:
            cursor.executemany(_INSERT[connection.vendor], rows)


def reindex(batch: int = 500) -> Iterator[int]:
    """Build the index anew, yielding how many stories each transaction did. Safe while the newsroom works."""
    after = 0
    while True:
        with transaction.atomic():
            rows = Article.objects.select_for_update().filter(pk__gt=after).order_by("pk")
            articles = list(rows.prefetch_related("tags")[:batch])
            index_many(articles)
        if not articles:
            return
        after = articles[-1].pk
        yield len(articles)


_INSERT = {
    "sqlite": "INSERT INTO articles_search (rowid, language, headline, summary, body) VALUES (%s, %s, %s, %s, %s)",
    "postgresql": "INSERT INTO articles_search (article_id, language, words) VALUES (%s, %s, %s::tsvector)",
}


def _row(article: Article) -> tuple:
    summary = " , ".join([article.standfirst, *(tag.name for tag in article.tags.all())])
    parts = [words_of(article.headline), words_of(summary), words_of(plain_text(article.body))]
    if connection.vendor == "sqlite":
        return (article.pk, _language_word(article.language), *(" ".join(part) for part in parts))
    return (article.pk, article.language, _tsvector(parts))


def _language_word(language: str) -> str:
    return f"_{language}_"  # no word of a story holds a low line


def _tsvector(parts: list[list[str]]) -> str:
    """A tsvector's literal: words are letters and digits alone, so quoting is all they need."""
    weighed = ((word, weight) for part, weight in zip(parts, "ABD", strict=True) for word in part)
    numbered = enumerate(weighed, 1)
    return " ".join(f"'{word}':{min(number, _TSVECTOR_POSITIONS)}{weight}" for number, (word, weight) in numbered)


def _narrowed(among: QuerySet[Article] | None) -> tuple[str, tuple]:
    """``among`` as a subquery for the index, or nothing."""
    if among is None:
        return "", ()
    return among.order_by().values("pk").query.sql_with_params()


def _ask_sqlite(question: Question, language: str, narrowed: str, parameters: tuple) -> tuple[str, list]:
    """One row per match, id and score, the newest ``RANKED`` of them. Every word stands in quotes of its own."""
    words = [f'"{word}"' for word in question.words]
    if question.last_is_beginning:
        words[-1] += "*"
    match = f'language : "{_language_word(language)}" AND {{headline summary body}} : ({" AND ".join(words)})'
    only = f"AND rowid IN ({narrowed})" if narrowed else ""
    weights = ", ".join(str(weight) for weight in _WEIGHTS)
    sql = (
        f"SELECT rowid, -bm25(articles_search, 0.0, {weights}) FROM articles_search "
        f"WHERE articles_search MATCH %s {only} ORDER BY rowid DESC LIMIT {RANKED}"
    )
    return sql, [match, *parameters]


def _ask_postgresql(question: Question, language: str, narrowed: str, parameters: tuple) -> tuple[str, list]:
    words = [f"'{word}'" for word in question.words]
    if question.last_is_beginning:
        words[-1] += ":*"
    only = f"AND article_id IN ({narrowed})" if narrowed else ""
    highest = max(_WEIGHTS)
    weights = ", ".join(str(weight / highest) for weight in (_WEIGHTS[2], _WEIGHTS[2], _WEIGHTS[1], _WEIGHTS[0]))
    sql = (
        f"SELECT article_id, ts_rank('{{{weights}}}', words, question) "
        "FROM articles_search, CAST(%s AS tsquery) question "
        f"WHERE words @@ question AND language = %s {only} ORDER BY article_id DESC LIMIT {RANKED}"
    )
    return sql, [" & ".join(words), language, *parameters]
