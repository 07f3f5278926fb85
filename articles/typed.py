"""A story's form as it was posted, read and changed without judging it: for unsaved text, comparisons and merges.

Nothing here is validated. What is to be kept as a revision goes through the form.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from articles import bodies
from articles.tags import join_names, split_tags
from newsroom.html import MAX_LENGTH

# Content fields whose form field has another name.
FORM_NAMES = {
    "section_id": "section",
    "place_id": "place",
    "lead_photo_id": "lead_photo",
    "translation_of_id": "translation_of",
}
_LINE = re.compile(r"bylines-(\d{1,4})-author")


def form_name(name: str) -> str:
    """The form field of the content field ``name``."""
    return FORM_NAMES.get(name, name)


def content_of(fields: QueryDict, base: Mapping[str, Any]) -> dict[str, Any]:
    """What ``fields`` would make of the content ``base``."""
    return {name: _value(name, fields, before) for name, before in base.items()}


def _value(name: str, fields: QueryDict, before: Any) -> Any:
    if name == "bylines":
        return bylines_of(fields) if "bylines-TOTAL_FORMS" in fields else before
    if form_name(name) not in fields:
        return before
    typed = fields[form_name(name)]
    if name == "body":
        return bodies.from_editor(typed) if len(typed) < MAX_LENGTH // 2 else before
    if name == "tags":
        return split_tags(typed)
    if name in FORM_NAMES:
        return number(typed)
    return typed.replace("\r\n", "\n").strip()


def number(text: str) -> int | None:
    """``text`` as a row's key; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def bylines_of(fields: QueryDict) -> list[dict[str, Any]]:
    """The bylines in ``fields``, without those that are empty or marked as deleted."""
    lines = sorted(int(found[1]) for found in map(_LINE.fullmatch, fields) if found)
    return [
        {"author": number(fields[f"bylines-{at}-author"]), "role": fields.get(f"bylines-{at}-role", "reporter")}
        for at in lines
        if number(fields[f"bylines-{at}-author"]) and not fields.get(f"bylines-{at}-DELETE")
    ]


def put(fields: QueryDict, name: str, value: Any) -> None:
    """Have the mutable ``fields`` say ``value`` for the content field ``name``."""
    if name == "bylines":
        _put_bylines(fields, value)
    elif name == "tags":
        fields["tags"] = join_names(value)
    elif isinstance(value, bool):
        fields.pop(name, None)
        if value:
            fields[name] = "on"
    else:
        fields[form_name(name)] = "" if value is None else str(value)


def _put_bylines(fields: QueryDict, lines: list[dict[str, Any]]) -> None:
    for name in [name for name in fields if name.startswith("bylines-")]:
        del fields[name]
    counts = {"TOTAL_FORMS": len(lines), "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    for name, count in counts.items():
        fields[f"bylines-{name}"] = str(count)
    for at, line in enumerate(lines):
        fields[f"bylines-{at}-author"] = str(line["author"])
        fields[f"bylines-{at}-role"] = line["role"]
