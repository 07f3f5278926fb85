"""What the desk's pages show around the comments."""

from dataclasses import dataclass, field
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.translation import get_language

from moderation import decide_form as decide_forms
from moderation.filters import QueueFilter
from moderation.rooms import Room, room_named, rooms_for

register = template.Library()


@register.simple_tag
def desk_rooms(user) -> list[Room]:
    """The rooms of the desk that ``user`` may enter."""
    return rooms_for(user)


@register.simple_tag
def desk_room(url_name: str) -> Room | None:
    """One room, or None where this newsroom has no such page."""
    return room_named(url_name)


@register.simple_tag(takes_context=True)
def decide_form(context, card, alone: bool) -> str:
    """The empty form to decide the comment of ``card`` with."""
    return decide_forms.decide_form(
        context["request"],
        card.comment,
        boxes=card.boxes,
        shown=card.shown,
        after=card.after,
        then=context.get("then") or "",
        alone=alone,
    )


@register.simple_tag
def desk_keys() -> str:
    """What the desk's script says, and the table of its keys: the same on every page of a language."""
    return _keys(get_language())


@lru_cache(maxsize=16)
def _keys(_language: str) -> str:
    return render_to_string("moderation/_keys.html")


@register.simple_tag
def filter_fields(chosen: QueueFilter) -> str:
    """The fields of the desk's filter. Most moderators filter nothing, and then they are the same for all."""
    if chosen.data:
        return _drawn_fields.__wrapped__(_Fields(get_language(), (), chosen))
    sections = tuple((value, str(label)) for value, label in chosen.fields["section"].choices)
    return _drawn_fields(_Fields(get_language(), sections, chosen))


@dataclass(frozen=True)
class _Fields:
    """What an empty filter's fields depend on, and the filter to draw them from."""

    language: str
    sections: tuple
    chosen: QueueFilter = field(compare=False)


@lru_cache(maxsize=32)
def _drawn_fields(fields: _Fields) -> str:
    return render_to_string("moderation/_filter_fields.html", {"filter": fields.chosen})


@register.filter
def passage_of(decision, comment) -> str:
    """The passage of the text that ``decision`` marks, exactly as written; "" when none is, or the text is gone."""
    if decision.passage_start is None:
        return ""
    return comment.body[decision.passage_start : decision.passage_end]
