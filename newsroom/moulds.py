"""HTML that is drawn once and filled in many times: a form that differs from page to page in a number and a token.

A leaf: imports no app.
"""

from collections.abc import Mapping

from django.utils.html import conditional_escape, format_html


class Mould:
    """HTML with places to fill in.

    ``drawn`` comes from a template (text that is not HTML is escaped); ``marks`` are the places by name, each with the
    text that stands there in ``drawn``: one that nothing else in it holds, without braces.
    """

    def __init__(self, drawn: str, marks: Mapping[str, str]) -> None:
        made = conditional_escape(drawn).replace("{", "{{").replace("}", "}}")
        for place, mark in marks.items():
            made = made.replace(mark, f"{{{place}}}")
        self._made = made

    def filled(self, **values: object) -> str:
        """The HTML with ``values`` in its places, escaped where they are not HTML themselves."""
        return format_html(self._made, **values)
