"""Comments as HTML: what a story's page shows two hundred times, so it is put together from strings and not templates.

Every piece is escaped by ``format_html``, and the text itself by Django's ``linebreaks`` filter. A ``Pen`` looks up
once what all comments of a page share: words, addresses, dates. The measured reason is in
``docs/decisions/0034-comments-are-drawn-by-strings.md``.
"""

import datetime
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

from django.template.defaultfilters import linebreaks_filter
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from comments.models import Comment, GuidelineWording, Status
from comments.threads import Thread
from newsroom import languages

Reasons = Mapping[int, Sequence[GuidelineWording]]
MOST_KEPT = 2000  # drawn comments a process keeps, until others take their place
LONGEST_KEPT = 2000  # code points of a comment that is kept drawn: at most some 20 MB in all
_PK = "{pk}"  # where a comment's number goes in an address


class Pen:
    """Draws the comments of one page in the active language.

    ``may_reply``: whether the story takes comments; ``alone``: one comment above a form, without verbs; ``reasons``:
    the guidelines a removed comment was removed for, by the comment's number; ``level``: of the headings that name the
    writers, one below the heading that stands over them.
    """

    def __init__(
        self,
        article_id: int,
        *,
        may_reply: bool = False,
        alone: bool = False,
        reasons: Reasons | None = None,
        level: int = 3,
    ):
        self.may_reply = may_reply
        self.alone = alone
        self.reasons = reasons or {}
        self.level = level
        paths = {name: reverse(f"comments:{name}", args=[article_id, 0]) for name in ("comment", "reply", "report")}
        self._addresses = {name: _PK.join(path.rsplit("0", 1)) for name, path in paths.items()}
        self._days: dict[datetime.date, str] = {}

    def threads(self, threads: Sequence[Thread]) -> SafeString:
        """The list of ``threads`` on a story's page."""
        items = format_html_join("\n", '<li class="thread">{}</li>', ((self.thread(thread),) for thread in threads))
        return format_html('<ol class="threads">\n{}\n</ol>', items)

    def thread(self, thread: Thread) -> SafeString:
        """A comment of the first level, or the tombstone in its place, and the replies to it."""
        first = self._tombstone(thread.comment) if thread.is_tombstone else self.comment(thread.comment)
        if not thread.replies:
            return first
        replies = format_html_join(
            "\n", "<li>{}</li>", ((self.comment(reply, thread.answered_by(reply)),) for reply in thread.replies)
        )
        return format_html('{}\n<ol class="replies">\n{}{}\n</ol>', first, replies, self._more(thread))

    def comment(self, comment: Comment, in_reply_to: Comment | None = None) -> SafeString:
        """One public comment; ``in_reply_to`` is the public reply it answers."""
        spoken = languages.BY_CODE.get(comment.language) or languages.BY_CODE["en"]
        of_machines, of_people = self._time(comment.submitted_at)
        fill = _filled if len(comment.body) <= LONGEST_KEPT else _filled.__wrapped__
        return fill(
            self._staff_mould if comment.is_of_staff else self._mould,
            pk=comment.pk,
            name=comment.display_name,
            machine_time=of_machines,
            time=of_people,
            answered=self._answered(in_reply_to) if in_reply_to else "",
            lang=spoken.html_lang,
            dir=spoken.direction,
            body=comment.body,
        )

    def _tombstone(self, comment: Comment) -> SafeString:
        gone = "withdrawn" if comment.status == Status.WITHDRAWN else "removed"
        titles = format_html_join(
            ", ",
            '<span class="removal-reason" lang="{}">{}</span>',
            ((self._html_lang(wording.language), wording.title) for wording in self.reasons.get(comment.pk, ())),
        )
        return format_html(
            '<article class="comment comment-tombstone" id="comment-{}"><p>{}{}</p></article>',
            comment.pk,
            self._words[gone],
            format_html(" {} {}", self._words["broke"], titles) if titles else "",
        )

    def _more(self, thread: Thread) -> SafeString | str:
        if thread.more_after is None:
            return ""
        return format_html(
            '\n<li class="more-replies"><a class="more" href="{}?after={}" rel="nofollow">{}</a></li>',
            self._addresses["comment"].replace(_PK, str(thread.comment.pk)),
            thread.more_after,
            self._words["more"],
        )

    def _answered(self, comment: Comment) -> SafeString:
        return format_html(
            '\n<p class="comment-answers">{} <a href="{}" rel="nofollow"><bdi>{}</bdi></a></p>',
            self._words["in reply to"],
            self._addresses["comment"].replace(_PK, str(comment.pk)),
            comment.display_name,
        )

    def _time(self, moment: datetime.datetime) -> tuple[str, str]:
        """``moment`` for machines (to the second, with its offset) and for people."""
        local = timezone.localtime(moment)
        day = self._days.get(local.date())
        if day is None:
            day = self._days[local.date()] = date_format(local, self._words["date"])
        return local.isoformat(timespec="seconds"), f"{day}{self._words['comma']} {local:%H:%M}"

    @staticmethod
    def _html_lang(code: str) -> str:
        return languages.BY_CODE[code].html_lang if code in languages.BY_CODE else ""

    @cached_property
    def _mould(self) -> str:
        return self._made_mould("comment", badge="")

    @cached_property
    def _staff_mould(self) -> str:
        """The badge stands beside the name and never in it: a name is escaped and isolated, and cannot make one."""
        badge = f' <span class="staff-badge">{_worded(self._words["newsroom"])}</span>'
        return self._made_mould("comment comment-of-staff", badge=badge)

    def _made_mould(self, classes: str, *, badge: str) -> str:
        """A comment for ``format_html`` to fill in, with what all comments of the page share already in place."""
        return (
            f'<article class="{classes}" id="comment-{{pk}}">\n<header class="comment-head">'
            f'<h{self.level} class="comment-name"><bdi>{{name}}</bdi></h{self.level}>{badge}\n'
            f'<a class="comment-time" href="{self._addresses["comment"]}" rel="nofollow">'
            '<time datetime="{machine_time}">{time}</time></a>{answered}</header>\n'
            '<div class="comment-text" lang="{lang}" dir="{dir}">{text}</div>'
            f"{self._verbs()}\n</article>"
        )

    def _verbs(self) -> str:
        if self.alone:
            return ""
        links = [
            f'<a href="{self._addresses[verb]}" rel="nofollow" aria-label="{_worded(self._words[f"{verb} to"])}">'
            f"{_worded(self._words[verb])}</a>"
            for verb in (["reply"] if self.may_reply else []) + ["report"]
        ]
        return "\n" + '<p class="comment-verbs">' + "\n".join(links) + "</p>"

    @cached_property
    def _words(self) -> dict[str, str]:
        return {
            "date": pgettext("date format", "j F Y"),
            "comma": languages.comma_of(get_language()),
            "in reply to": _("In reply to"),
            "reply": _("Reply"),
            "reply to": _("Reply to %(name)s"),
            "report": _("Report"),
            "report to": _("Report the comment by %(name)s"),
            "newsroom": _("Newsroom"),
            "more": _("More replies"),
            "withdrawn": _("This comment was withdrawn by its author."),
            "removed": _("This comment was removed."),
            "broke": _("The guideline it broke:"),
        }


@lru_cache(maxsize=MOST_KEPT)
def _filled(mould: str, *, body: str, **pieces: str | int) -> SafeString:
    """A comment drawn from all it depends on, and so never out of date: a page with one new comment draws one."""
    return format_html(mould, text=linebreaks_filter(body), **pieces)


def _worded(text: str) -> str:
    """``text``, in which ``%(name)s`` stands for the writer's name, escaped and as a part of a mould."""
    braced = escape(text).replace("{", "{{").replace("}", "}}")
    return braced.replace("%(name)s", "{name}")
