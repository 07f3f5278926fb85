"""Hostile strings, sizes and types over HTTP: refused in words or stored to the letter, never a 5xx."""

import json
import math
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils.html import escape

from comments import stamps, text
from comments.models import Comment, CommentContact, CommentKey
from moderation.decisions import decide
from tests.comments.test_views import FORM, post
from tests.factories import make_decided


def strings_of(material) -> list[str]:
    """The Big List of Naughty Strings and the script-injection vectors, each once."""
    naughty = json.loads((material / "hostile/blns.json").read_text())
    vectors = [
        line
        for path in sorted((material / "hostile").glob("xss-*.txt"))
        for line in path.read_text(errors="surrogateescape").splitlines()
    ]
    return list(dict.fromkeys(naughty + vectors))


def may_be_kept(name: str, body: str) -> bool:
    from django.core.exceptions import ValidationError

    try:
        text.check_name(name)
        text.check_body(text.unix_lines(body))
        body.encode()
        name.encode()
    except (ValidationError, UnicodeEncodeError):
        return False
    return True


@pytest.fixture
def _no_limits(settings):
    settings.NEWSROOM_SENDER_COMMENTS = settings.NEWSROOM_SENDER_PENDING = 100_000


@pytest.mark.usefixtures("_no_limits")
def test_every_hostile_string_is_stored_to_the_letter_or_refused_in_words(material, story, moderator, as_):
    answers = {"stored": 0, "refused": 0}
    client = Client(raise_request_exception=False)
    stamp = stamps.stamp(story.pk)
    strings = strings_of(material)
    for number, string in enumerate(strings):
        name = string[:80]
        body = string.replace("\r\n", "\n").replace("\n", "\r\n") + f" #{number}"
        fields = urlencode({"name": name, "comment": body, "stamp": stamp}, errors="surrogateescape")
        response = client.post(f"/en/stories/{story.pk}/comments/", fields, content_type=FORM)
        if may_be_kept(name, body):
            assert response.status_code == 303, (number, string)
            kept = Comment.objects.latest("pk")
            assert (kept.display_name, kept.body) == (name, body.replace("\r\n", "\n"))
            answers["stored"] += 1
        else:
            assert response.status_code == 400, (number, string)
            answers["refused"] += 1
    print(f"\n{len(strings)} hostile strings: {answers}")
    assert Comment.objects.count() == CommentKey.objects.count() == CommentContact.objects.count() == answers["stored"]
    assert answers["stored"] > 650

    assert_nothing_is_live(as_(moderator).get("/desk/").text)
    for comment in Comment.objects.order_by("pk")[::3]:
        decide(comment, "approved", moderator=moderator, seen_version=0)
    pages, address = 0, story.get_absolute_url()
    while address:
        page = client.get(address)
        assert page.status_code == 200
        assert_nothing_is_live(page.text)
        more = page.text.split('class="to-next" href="')[1:]
        address, pages = more and more[0].split("#")[0], pages + 1
    assert pages == math.ceil(Comment.objects.public().count() / 50)


def assert_nothing_is_live(page: str) -> None:
    """No tag inside a comment's text but the lines' own, and none inside a name."""
    for part in page.split('<div class="comment-text"')[1:]:
        text_of_one = part.partition(">")[2].partition("</div>")[0]
        bare = text_of_one.replace("<p>", "").replace("</p>", "").replace("<br>", "")
        assert "<" not in bare, text_of_one
    for part in page.split('<h3 class="comment-name"><bdi>')[1:]:
        assert "<" not in part.partition("</bdi>")[0]


def test_every_hostile_string_in_the_other_fields_is_no_server_error(material, story, moderator, settings):
    settings.NEWSROOM_SENDER_REPORTS = settings.NEWSROOM_NETWORK_REPORTS = 100_000
    shown = make_decided(story, "approved", by=moderator)
    client = Client(raise_request_exception=False)
    seen = set()
    for string in strings_of(material)[::12]:
        good = stamps.stamp(story.pk)
        report = {"ground": string, "explanation": string, "stamp": good}
        sent = [
            (f"/en/stories/{story.pk}/comments/", {"name": "S", "comment": "x", "stamp": string}),
            (f"/en/stories/{story.pk}/comments/", {"name": "S", "comment": "x", "stamp": good, "email": string + "!"}),
            (f"/en/stories/{story.pk}/comments/", {"name": "S", "comment": "x", "stamp": good, "parent": string + "!"}),
            (f"/en/stories/{story.pk}/comments/{shown.pk}/report/", report),
        ]
        for address, fields in sent:
            encoded = urlencode(fields, errors="surrogateescape")
            seen.add(client.post(address, encoded, content_type=FORM).status_code)
        seen.add(client.get(story.get_absolute_url(), {"after": string + "!", "sort": string}).status_code)
    print(f"\nanswers: {sorted(seen)}")
    assert seen <= {400, 404, 409}
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("header", ["HTTP_COOKIE", "HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR", "HTTP_ORIGIN"])
def test_hostile_headers_are_no_server_error(material, story, header, settings):
    settings.NEWSROOM_TRUSTED_PROXIES = ["127.0.0.0/8"]
    settings.NEWSROOM_SENDER_COMMENTS = settings.NEWSROOM_SENDER_PENDING = 100_000
    client = Client(raise_request_exception=False)
    for number, string in enumerate(strings_of(material)[::20]):
        # What a server hands over: header bytes as Latin-1, without line ends (RFC 9110, section 5.5; PEP 3333).
        sent = string.encode(errors="surrogateescape").decode("latin-1").replace("\r", "").replace("\n", "")
        value = f"sender={sent}" if header == "HTTP_COOKIE" else sent
        status = post(client, story, comment=f"Remark {number}", **{header: value}).status_code
        assert status in ((303, 403) if header == "HTTP_ORIGIN" else (303,)), (status, string)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"comment=" + b"x" * 1_000_000, {400}),
        (b"comment=" + b"x" * 3_000_000, {400, 413}),
        (b"comment=" + b"%F0%9F%8C%8D" * 80_000, {400}),
        (b"&".join(b"field%d=x" % number for number in range(10_000)), {400}),
        (b"name=" + b"x" * 1_000_000 + b"&comment=x", {400}),
        (b"comment=" + b"%00" * 1000, {400}),
        (b"comment=%ff%fe", {400}),
        (b"comment=%ed%a0%80", {400}),
        (b"comment=%c0%af", {400}),
        (b"&&&&====;;;;", {400}),
        (b"", {400, 415}),  # the test client names no type then
    ],
)
def test_odd_bodies_are_refused_and_nothing_is_stored(story, moderator, body, status):
    shown = make_decided(story, "approved", by=moderator)
    client = Client(raise_request_exception=False)
    for address in (f"/en/stories/{story.pk}/comments/", f"/en/stories/{story.pk}/comments/{shown.pk}/report/"):
        assert client.post(address, body, content_type=FORM).status_code in status
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
        f"{FORM}; charset=utf-7",
        "\x00",
        "a" * 5000,
    ],
)
def test_odd_content_types_are_refused(story, content_type):
    client = Client(raise_request_exception=False)
    answer = client.post(f"/en/stories/{story.pk}/comments/", b"name=a&comment=b", content_type=content_type)
    assert answer.status_code == 415
    assert Comment.objects.count() == 0


def test_a_good_form_with_ten_thousand_fields_is_refused_whole(story):
    fields = {"name": "S", "comment": "x", "stamp": stamps.stamp(story.pk)} | {f"field{n}": "x" for n in range(10_000)}
    client = Client(raise_request_exception=False)
    answer = client.post(f"/en/stories/{story.pk}/comments/", urlencode(fields), content_type=FORM)
    assert (answer.status_code, Comment.objects.count()) == (400, 0)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(story, method):
    answer = getattr(Client(), method)(f"/en/stories/{story.pk}/comments/")
    assert answer.status_code == 405


def test_a_name_with_line_ends_makes_no_header(story):
    response = post(Client(), story, name="Shilan\r\nSet-Cookie: a=b")
    assert response.status_code == 400
    assert "a" not in response.cookies


def test_escaping_is_what_the_page_shows(story, moderator):
    body = "<svg/onload=alert(1)>"
    make_decided(story, "approved", by=moderator, body=body)
    assert f"<p>{escape(body)}</p>" in Client().get(story.get_absolute_url()).text
