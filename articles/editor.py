"""The rich text editor of the back office, as a form's widget: a textarea that a script takes over where it can.

Tiptap comes with django-prose-editor, as one module loaded by its own address: no inline import map, so the content
security policy of the admin needs no nonce. What may be written is ``newsroom.html``'s allow-list.
"""

import json
from typing import Any

from django import forms
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext

from newsroom import languages
from newsroom.html import editor_schema

LIBRARY = "django_prose_editor/editor.js"


class StoryEditor(forms.Textarea):
    """A textarea with the editor's settings in ``data-editor``; ``user`` says whether photos may be sent."""

    user = None

    class Media:
        css = {"all": ["django_prose_editor/material-icons.css", "newsroom/editor.css"]}
        js = [forms.Script("newsroom/editor.js", type="module")]

    def build_attrs(self, base_attrs: dict, extra_attrs: dict | None = None) -> dict[str, Any]:
        return super().build_attrs(base_attrs, extra_attrs) | {"data-editor": json.dumps(self._settings())}

    def _settings(self) -> dict[str, Any]:
        may_send = self.user is not None and self.user.has_perm("articles.add_photo")
        return {
            "library": static(LIBRARY),
            "schema": editor_schema(),
            "photos": reverse("admin:articles_article_editor_photos"),
            "stories": reverse("admin:articles_article_editor_stories"),
            "addPhoto": reverse("admin:articles_photo_add") if may_send else "",
            "languages": {row.code: {"dir": row.direction, "lang": row.html_lang} for row in languages.LANGUAGES},
            "words": words(),
        }


def words() -> dict[str, str]:
    """What the editor says, in the language of the person."""
    return {
        "toolbar": gettext("Formatting"),
        "kind": gettext("Kind of paragraph"),
        "paragraph": gettext("Paragraph"),
        "h2": gettext("Heading"),
        "h3": gettext("Smaller heading"),
        "h4": gettext("Smallest heading"),
        "bold": gettext("Bold"),
        "italic": gettext("Italic"),
        "link": gettext("Link"),
        "unlink": gettext("Remove the link"),
        "bulletList": gettext("List"),
        "orderedList": gettext("Numbered list"),
        "blockquote": gettext("Quotation"),
        "photo": gettext("Photo"),
        "undo": gettext("Undo"),
        "redo": gettext("Redo"),
        "plain": gettext("Remove formatting"),
        "source": gettext("Show the HTML"),
        **_table_words(),
        **_dialog_words(),
    }


def _table_words() -> dict[str, str]:
    return {
        "table": gettext("Table"),
        "addRow": gettext("Add a row below"),
        "deleteRow": gettext("Remove this row"),
        "addColumn": gettext("Add a column after this one"),
        "deleteColumn": gettext("Remove this column"),
        "headerRow": gettext("Headings in the first row"),
        "tableCaption": gettext("Title of the table"),
        "deleteTable": gettext("Remove the table"),
    }


def _dialog_words() -> dict[str, str]:
    return {
        "done": gettext("Done"),
        "cancel": gettext("Cancel"),
        "address": gettext("Address"),
        "badAddress": gettext("A link begins with https://, http://, mailto:, tel: or / of this site."),
        "searchStories": gettext("or a story of ours: words of its headline"),
        "searchPhotos": gettext("Words of caption, alternative text, credit or file name"),
        "nothingFound": gettext("Nothing found."),
        "searchFailed": gettext("The search did not answer. Try again."),
        "sendPhoto": gettext("Send a new photo"),
        "otherPhoto": gettext("Another photo"),
        "changePhoto": gettext("Change photo or alternative text"),
        "alt": gettext("Alternative text"),
        "altHelp": gettext("What the photo shows, in the story's language, for those who do not see it."),
        "noAlt": gettext("No alternative text yet."),
        "caption": gettext("Caption"),
        "photoGone": gettext("This photo is not in the library. Readers see nothing here."),
        "pastedPicture": gettext("Pictures are not pasted. Put them in with the photo button."),
    }
