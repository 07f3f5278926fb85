"""Comments drawn by strings: escaped everywhere, never out of date, and drawn once."""

import datetime

import pytest
from django.test.utils import override_settings
from django.utils import timezone, translation

from comments import drawing
from comments.drawing import Pen
from comments.models import Comment
from comments.threads import Thread

AT = datetime.datetime(2026, 3, 2, 6, 5, 4, 999, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _fresh():
    drawing._filled.cache_clear()


def written(pk=7, **words) -> Comment:
    fields = {"display_name": "Shilan", "body": "Well\nreported.", "language": "en", "status": "approved", **words}
    return Comment(pk=pk, article_id=3, submitted_at=AT, **fields)


def test_a_comment_is_drawn_whole():
    with override_settings(TIME_ZONE="Asia/Baghdad"), timezone.override("Asia/Baghdad"):
        drawn = Pen(3, may_reply=True).comment(written())
    assert drawn == (
        '<article class="comment" id="comment-7">\n<header class="comment-head">'
        '<h3 class="comment-name"><bdi>Shilan</bdi></h3>\n'
        '<a class="comment-time" href="/en/stories/3/comments/7/" rel="nofollow">'
        '<time datetime="2026-03-02T09:05:04+03:00">2 March 2026, 09:05</time></a></header>\n'
        '<div class="comment-text" lang="en" dir="ltr"><p>Well<br>reported.</p></div>\n'
        '<p class="comment-verbs"><a href="/en/stories/3/comments/7/reply/" rel="nofollow" '
        'aria-label="Reply to Shilan">Reply</a>\n<a href="/en/stories/3/comments/7/report/" rel="nofollow" '
        'aria-label="Report the comment by Shilan">Report</a></p>\n</article>'
    )


HOSTILE = ["<img src=x onerror=alert(1)>", '"><script>', "{pk}", "{0.__class__}", "%(name)s", "{{ body }}", "'\"&", "{"]


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("staff_id", [None, 1])
def test_whatever_is_written_is_shown_and_does_nothing(words, staff_id):
    answered = written(5, display_name=words)
    drawn = Pen(3, may_reply=True).comment(written(display_name=words, body=words, staff_id=staff_id), answered)
    shown = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = shown.replace('"', "&quot;").replace("'", "&#x27;")
    for place in (
        f'<h3 class="comment-name"><bdi>{shown}</bdi></h3>',
        f"<p>{shown}</p>",
        f'aria-label="Reply to {shown}"',
        f'aria-label="Report the comment by {shown}"',
        f'<a href="/en/stories/3/comments/5/" rel="nofollow"><bdi>{shown}</bdi></a>',
    ):
        assert place in drawn


def test_a_name_is_a_heading_one_below_what_stands_over_it():
    for level in (2, 3):
        drawn = Pen(3, level=level).comment(written())
        assert f'<h{level} class="comment-name"><bdi>Shilan</bdi></h{level}>' in drawn


@pytest.mark.parametrize(("language", "comma"), [("en", ","), ("ku", ","), ("ar", "،"), ("ckb", "،")])
def test_a_time_is_joined_by_the_languages_own_comma(language, comma):
    with override_settings(TIME_ZONE="Asia/Baghdad"), timezone.override("Asia/Baghdad"), translation.override(language):
        assert f"2026{comma} 09:05</time>" in Pen(3).comment(written())


@pytest.mark.parametrize("language", ["ar", "ckb", "ku", "tr"])
def test_every_language_has_its_own_words_and_addresses(language):
    english = Pen(3, may_reply=True).comment(written())
    with translation.override(language):
        drawn = Pen(3, may_reply=True).comment(written())
    assert f'href="/{language}/stories/3/comments/7/reply/"' in drawn
    assert "Reply" not in drawn
    assert "Report" not in drawn
    assert Pen(3, may_reply=True).comment(written()) == english


def test_a_drawn_comment_is_never_out_of_date():
    drawn = {
        Pen(3, may_reply=True).comment(written()),
        Pen(3, may_reply=False).comment(written()),
        Pen(3, alone=True).comment(written()),
        Pen(3, may_reply=True).comment(written(), written(5)),
        Pen(3, may_reply=True).comment(written(), written(5, display_name="Azad")),
        Pen(3, may_reply=True).comment(written(display_name="Azad")),
        Pen(3, may_reply=True).comment(written(body="Other")),
        Pen(3, may_reply=True).comment(written(language="ckb")),
        Pen(3, may_reply=True).comment(written(staff_id=1)),
        Pen(4, may_reply=True).comment(written()),
    }
    assert len(drawn) == 10


def test_a_page_with_one_new_comment_draws_one():
    threads = [Thread(written(number, body=f"Remark {number}")) for number in range(200)]
    Pen(3, may_reply=True).threads(threads)
    before = drawing._filled.cache_info().misses
    again = Pen(3, may_reply=True).threads([*threads, Thread(written(900))])
    assert drawing._filled.cache_info().misses == before + 1
    assert again.count('<article class="comment"') == 201


def test_long_comments_are_not_kept():
    Pen(3).comment(written(body="x" * (drawing.LONGEST_KEPT + 1)))
    assert drawing._filled.cache_info().currsize == 0
