"""Search in every language: one index of folded words, in SQLite's FTS5 or in PostgreSQL's tsvector.

The index holds the words of what the rows of live stories hold, nothing of drafts or waiting revisions, and the verbs
write it in their own transaction. A story that waits for its time is in it, so every answer is asked again of
``Article.objects.public()``. Words are cut and folded in Python, identically for stories and questions, so both
databases find the same and no parser of theirs ever sees what a reader typed.

The back office has a second index beside it, of drafts and of versions that wait behind live stories; readers'
questions never touch it. Its answers are narrowed by ``articles.access`` to what the person asking may see.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from articles.models import Article, Revision
from articles.plain_text import plain_text
from newsroom import counting
from newsroom.folding import fold

# At most so many stories are shown of one search; readers are told to narrow it.
MOST = 200
# Of more matches than these the newest are ranked, so that a common word costs little more than a rare one. FTS5's bm25
# counts every match all the same, some 0.4 ms for a thousand. To read the texts of these and count here found 188 of
# the same 200 and cost more below some 50,000 stories.
RANKED = 1_000
# The back office looks at so many of the newest matches in each of its two indexes: what its lists count, and one more.
LOOKED_AT = counting.MOST + 1
# SQLite lists up to so many stories that a search is narrowed to; of more, each match is looked up. Measured:
# about here the two cost the same.
FEW = 20_000
# The same for readers' searches, whose filters cost more to list. Measured with 100,000 stories.
FEW_OF_READERS = 8_000
# PostgreSQL looks through so many of the newest stories before it asks the index of words.
NEWEST = 5_000
# A question is read up to so many different words.
WORDS = 12
# The last word may be the beginning of one when it has so many letters.
PREFIX_LETTERS = 3
# Weights of a word in headline, standfirst or tags, body.
_WEIGHTS = (10.0, 4.0, 1.0)
# Not the index's own column but its value: or SQLite, once it has figures on the tables, asks the words of every single
# story of a filter, one after the other, for minutes.
_ROWID = "+rowid"
_OF_BACK_OFFICE = ("articles_search", "articles_desk_search")
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
        with connection.cursor() as cursor:
            rows = _first_enough(cursor, ask(question, language, among), RANKED)
    except EmptyResultSet:  # Django knows without asking that nothing can be in there
        return []
    scores = {pk: round(score, 3) for pk, score in rows}
    best = sorted(scores, key=lambda pk: (-scores[pk], -pk))[: 2 * MOST]
    times = dict(Article.objects.public().filter(pk__in=best).values_list("pk", "first_published_at"))
    return sorted(times, key=lambda pk: (scores[pk], times[pk], pk), reverse=True)[:MOST]


def matching(question: Question, among: QuerySet[Article] | None = None) -> list[int]:
    """The ids of stories, public or not, whose text or waiting version has every word of ``question``: of very many
    the ``LOOKED_AT`` newest. ``among`` narrows the search to the stories of a queryset.

    For the back office alone, as ``filter(pk__in=…)`` of a queryset that ``articles.access`` narrowed.
    """
    statements = _match_sqlite if connection.vendor == "sqlite" else _match_postgresql
    try:
        with connection.cursor() as cursor:
            asked = (_first_enough(cursor, statements(question, table, among), LOOKED_AT) for table in _OF_BACK_OFFICE)
            return list({pk for rows in asked for (pk,) in rows})
    except EmptyResultSet:  # Django knows without asking that nothing can be in there
        return []


def _first_enough(cursor, statements: Iterator[tuple[str, list]], enough: int) -> list[tuple]:
    """The rows of the first of ``statements`` that has ``enough``, else the last one's."""
    rows: list[tuple] = []
    for sql, parameters in statements:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
        if len(rows) >= enough:
            break
    return rows


def index(article: Article) -> None:
    """Bring both indexes up to the story: readers' to its row if it is live, the back office's to what is not public
    yet. Call it where a row or a revision is written."""
    index_many([article])


def index_many(articles: Iterable[Article]) -> None:
    """``index()`` for several stories; prefetch their tags."""
    articles = list(articles)
    waiting = {revision.article_id: revision.content for revision in _waiting(articles)}
    rows = {
        "articles_search": [_row(article, _words_of_row(article)) for article in articles if article.is_live],
        "articles_desk_search": [
            _row(article, _words_of(waiting[article.pk]) if article.pk in waiting else _words_of_row(article))
            for article in articles
            if article.pk in waiting or not article.is_live
        ],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for table, written in rows.items():
            column = "rowid" if connection.vendor == "sqlite" else "article_id"
            cursor.executemany(f"DELETE FROM {table} WHERE {column} = %s", [(article.pk,) for article in articles])
            if written:
                cursor.executemany(_INSERT[connection.vendor].format(table=table), written)


def _waiting(articles: list[Article]) -> QuerySet[Revision]:
    """The newest revisions of ``articles``, where they wait for release."""
    waiting = Revision.objects.filter(article__in=articles, state__in=Revision.BEHIND)
    return waiting.exclude(Exists(Revision.objects.filter(article=OuterRef("article"), number__gt=OuterRef("number"))))


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
    "sqlite": "INSERT INTO {table} (rowid, language, headline, summary, body) VALUES (%s, %s, %s, %s, %s)",
    "postgresql": "INSERT INTO {table} (article_id, language, words) VALUES (%s, %s, %s::tsvector)",
}


def _words_of_row(article: Article) -> list[list[str]]:
    tags = [tag.name for tag in article.tags.all()]
    return _words(article.headline, article.standfirst, tags, article.body)


def _words_of(content: dict) -> list[list[str]]:
    return _words(content["headline"], content["standfirst"], content["tags"], content["body"])


def _words(headline: str, standfirst: str, tags: list[str], body: str) -> list[list[str]]:
    return [words_of(headline), words_of(" , ".join([standfirst, *tags])), words_of(plain_text(body))]


def _row(article: Article, parts: list[list[str]]) -> tuple:
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


def _has_at_most(number: int, among: QuerySet[Article] | None) -> bool:
    return among is not None and among.order_by()[: number + 1].count() <= number


def _one_by_one(among: QuerySet[Article] | None, number: str) -> tuple[str, tuple]:
    """The condition that the story ``number`` (a column) is one of ``among``, looked up for each match."""
    if among is None:
        return "", ()
    itself = among.order_by().values("pk").extra(where=[f"articles_article.id = {number}"])
    sql, parameters = itself.query.sql_with_params()
    return f"AND EXISTS ({sql})", parameters


def _of_list(among: QuerySet[Article]) -> tuple[str, tuple]:
    """The same in SQLite for an ``among`` of few stories, whose numbers are listed once."""
    sql, parameters = _narrowed(among)
    return f"AND {_ROWID} IN ({sql})", parameters


def _ask_sqlite(question: Question, language: str, among: QuerySet[Article] | None) -> Iterator[tuple[str, list]]:
    """One row per match, id and score, the newest ``RANKED`` of them."""
    match = f'language : "{_language_word(language)}" AND {_words_sqlite(question)}'
    is_few = _has_at_most(FEW_OF_READERS, among)
    only, parameters = _of_list(among) if is_few else _one_by_one(among, "+articles_search.rowid")
    weights = ", ".join(str(weight) for weight in _WEIGHTS)
    sql = (
        f"SELECT rowid, -bm25(articles_search, 0.0, {weights}) FROM articles_search "
        f"WHERE articles_search MATCH %s {only} ORDER BY rowid DESC LIMIT {RANKED}"
    )
    yield sql, [match, *parameters]


def _ask_postgresql(question: Question, language: str, among: QuerySet[Article] | None) -> Iterator[tuple[str, list]]:
    """The same rows: of a common word among the newest stories; only a rarer one is asked of the index of words, which
    knows no order and gives every match there is."""
    narrowed, parameters = _narrowed(among)
    only = f"AND article_id IN ({narrowed})" if narrowed else ""
    highest = max(_WEIGHTS)
    weights = ", ".join(str(weight / highest) for weight in (_WEIGHTS[2], _WEIGHTS[2], _WEIGHTS[1], _WEIGHTS[0]))
    of_edition = f"SELECT article_id, words FROM articles_search WHERE language = %s {only}"
    newest = f"({of_edition} ORDER BY article_id DESC LIMIT {NEWEST}) AS newest"
    for rows in (newest, f"({of_edition}) AS every"):
        yield (
            f"SELECT article_id, ts_rank('{{{weights}}}', words, question) FROM {rows}, CAST(%s AS tsquery) question "
            f"WHERE words @@ question ORDER BY article_id DESC LIMIT {RANKED}",
            [language, *parameters, _words_postgresql(question)],
        )


def _match_sqlite(question: Question, table: str, among: QuerySet[Article] | None) -> Iterator[tuple[str, list]]:
    """The newest matches: the index gives them in order, and is not read any further."""
    is_few = table == _OF_BACK_OFFICE[0] and _has_at_most(FEW, among)  # of what is not public yet there is never much
    only, parameters = _of_list(among) if is_few else _one_by_one(among, f"+{table}.rowid")
    sql = f"SELECT rowid FROM {table} WHERE {table} MATCH %s {only} ORDER BY rowid DESC LIMIT {LOOKED_AT}"
    yield sql, [_words_sqlite(question), *parameters]


def _match_postgresql(question: Question, table: str, among: QuerySet[Article] | None) -> Iterator[tuple[str, list]]:
    """The newest matches: of a common word among the newest stories; only a rarer one is asked of its index, which
    knows no order and gives every match there is."""
    words = _words_postgresql(question)
    if table == _OF_BACK_OFFICE[0]:
        newest, parameters = _newest_of(among, table)
        yield (  # OFFSET 0: the rows are looked up one by one in this order, and no further than there are enough
            f"SELECT id FROM ({newest}) AS newest(id) WHERE EXISTS (SELECT 1 FROM {table} WHERE article_id = newest.id "
            f"AND words @@ CAST(%s AS tsquery) OFFSET 0) LIMIT {LOOKED_AT}",
            [*parameters, words],
        )
        if _has_at_most(NEWEST, among):  # then those were all
            return
    only, parameters = _one_by_one(among, f"{table}.article_id")
    yield (
        f"SELECT article_id FROM {table} WHERE words @@ CAST(%s AS tsquery) {only} "
        f"ORDER BY article_id + 0 DESC LIMIT {LOOKED_AT}",  # + 0: or a rare word is looked for in all stories in order
        [words, *parameters],
    )


def _newest_of(among: QuerySet[Article] | None, table: str) -> tuple[str, tuple]:
    """The numbers of the ``NEWEST`` newest stories of ``among``, or of those in ``table``."""
    if among is None:
        return f"SELECT article_id FROM {table} ORDER BY article_id DESC LIMIT {NEWEST}", ()
    return among.order_by("-pk").values("pk")[:NEWEST].query.sql_with_params()


def _words_sqlite(question: Question) -> str:
    """The question in FTS5's language. Every word stands in quotes of its own."""
    words = [f'"{word}"' for word in question.words]
    if question.last_is_beginning:
        words[-1] += "*"
    return f"{{headline summary body}} : ({' AND '.join(words)})"


def _words_postgresql(question: Question) -> str:
    words = [f"'{word}'" for word in question.words]
    if question.last_is_beginning:
        words[-1] += ":*"
    return " & ".join(words)
