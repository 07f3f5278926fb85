"""Two people saved one story: what each changed, field by field, and the text that comes of it.

The page that asks posts the writer's whole form again with an answer for each field that differs, so nothing typed
depends on the server remembering it, and whatever comes of it goes through the form like any other save. An answer is
``choice-<field>`` ("mine", "theirs" or "merge") and for "merge" ``merged-<field>``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from articles import blocks, comparing, revisions, typed
from articles.comparing import Line, Names
from articles.models import Article, Revision
from articles.tags import join_names
from newsroom.diffs import merge

MINE, THEIRS, MERGE = "mine", "theirs", "merge"
TEXTS = ("headline", "standfirst", "byline_note", "lead_alt", "lead_caption")
_WORDS = re.compile(r"\s+|\S+")


@dataclass(frozen=True)
class Question:
    """One field in which the two differ. ``lines`` are the way from theirs to mine.

    ``changed_by``: "mine" or "theirs" when only one of the two changed it, else "both". ``merged`` is the text proposed
    for a merge, None where a field cannot be merged; ``is_clear`` whether it left no doubt.
    """

    name: str
    label: str
    direction: str
    lines: list[Line]
    mine: str
    theirs: str
    changed_by: str
    chosen: str
    merged: str | None
    is_clear: bool

    @property
    def is_long(self) -> bool:
        return self.name not in ("headline", "byline_note", "tags")

    @property
    def is_list(self) -> bool:
        """Whether a merge is shown and not typed: bylines are chosen, not written."""
        return self.name == "bylines"


def questions(
    base: Mapping[str, Any] | None,
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    *,
    language: str,
    answers: QueryDict | None = None,
) -> list[Question]:
    """The fields in which ``mine`` and ``theirs`` differ for a reader; ``base`` is what both went on from, if known.

    ``answers`` are those given to the same questions before, shown again.
    """
    names = Names(mine, theirs, base or {}, language=language)
    asked = []
    for name in comparing.in_order({**theirs, **mine}):
        lines = comparing.lines_of(name, theirs.get(name), mine.get(name), names)
        if lines:
            asked.append(_question(name, lines, base or {}, mine.get(name), theirs.get(name), names, answers))
    return asked


def _question(name: str, lines, base, mine, theirs, names: Names, answers: QueryDict | None) -> Question:
    changed_by = _changed_by(base, name, mine, theirs)
    merged, is_clear = merged_value(name, base.get(name), mine, theirs)
    chosen = changed_by if changed_by != "both" else (MERGE if merged is not None and is_clear else "")
    if answers is not None:
        chosen = answers.get(f"choice-{name}", chosen)
        merged = answers.get(f"merged-{name}", merged) if merged is not None else None
    return Question(
        name=name,
        label=comparing.label_of(name),
        direction=comparing.direction_of(name, names.language),
        lines=lines,
        mine=comparing.as_text(name, mine, names),
        theirs=comparing.as_text(name, theirs, names),
        changed_by=changed_by,
        chosen=chosen,
        merged=merged,
        is_clear=is_clear,
    )


def _changed_by(base: Mapping[str, Any], name: str, mine: Any, theirs: Any) -> str:
    if name in base and base[name] == theirs:
        return MINE
    return THEIRS if name in base and base[name] == mine else "both"


def merged_value(name: str, base: Any, mine: Any, theirs: Any) -> tuple[str | None, bool]:
    """What the form field would hold with both changes in it, and whether that left no doubt; None: not mergeable."""
    if name == "body":
        merged, is_clear = merge(*(blocks.sources(body or "") for body in (base, mine, theirs)))
        return "\n".join(merged), is_clear
    if name == "tags":
        merged, _clear = merge(base or [], mine, theirs)
        return join_names(dict.fromkeys(merged)), True
    if name == "bylines":
        written = ([_written(line) for line in lines or ()] for lines in (base, mine, theirs))
        merged, _clear = merge(*written)
        return ",".join(dict.fromkeys(merged)), True
    if name in TEXTS:
        merged, is_clear = merge(*(_WORDS.findall(text or "") for text in (base, mine, theirs)))
        return ("".join(merged) if is_clear else mine), is_clear
    return None, False


def _written(line: Mapping[str, Any]) -> str:
    return f"{line['author']}:{line['role']}"


def _read_lines(text: str) -> list[dict[str, Any]]:
    pairs = (pair.partition(":") for pair in text.split(","))
    return [{"author": typed.number(author), "role": role} for author, _, role in pairs if typed.number(author)]


def is_answer(posted: QueryDict) -> bool:
    """Whether ``posted`` comes from the page that asks."""
    return "theirs" in posted


def resolved(posted: QueryDict, article: Article) -> QueryDict:
    """The form as ``posted`` with its answers carried out, as if it had been opened at the version they were given to.

    When a question has no answer yet, the form stays as opened before, so that saving it asks again.
    """
    theirs = _revision(article, posted.get("theirs", ""))
    fields = posted.copy()
    answers = {name: fields.pop(name)[-1] for name in list(fields) if name.startswith(("choice-", "merged-"))}
    fields.pop("theirs")
    asked = fields.pop("asked", [])
    if theirs is None or any(f"choice-{name}" not in answers for name in asked):
        return fields
    content = with_switches(article, theirs.content)
    for name in asked:
        choice = answers[f"choice-{name}"]
        if choice == THEIRS and name in content:
            typed.put(fields, name, content[name])
        elif choice == MERGE and name == "bylines":
            typed.put(fields, name, _read_lines(answers.get("merged-bylines", "")))
        elif choice == MERGE and f"merged-{name}" in answers:
            fields[typed.form_name(name)] = answers[f"merged-{name}"]
    fields["seen_revision"] = str(theirs.number)
    return fields


def _revision(article: Article, number: str) -> Revision | None:
    return article.revisions.filter(number=typed.number(number)).first() if typed.number(number) else None


def with_switches(article: Article, content: Mapping[str, Any]) -> dict[str, Any]:
    """``content`` with what the form changes besides it, as the row of ``article`` says now."""
    return {
        **revisions.complete(content),
        "translation_of_id": article.translation_of_id,
        "comments_open": article.comments_open,
    }
