"""Reports over HTTP: on one of the grounds, with a receipt, and never doing anything to the comment."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from comments import receipts, stamps
from comments.models import Comment, Erasure, Report, ReportContact
from moderation.decisions import decide
from tests.comments.test_views import FORM
from tests.factories import make_comment, make_decided


@pytest.fixture
def shown(story, moderator) -> Comment:
    return make_decided(story, "approved", by=moderator, body="Buy my watches")


def report(client, comment, *, ground="promotion", explanation="", stamp=None, **fields):
    headers = {key: fields.pop(key) for key in list(fields) if key.startswith("HTTP_")}
    stamp = stamps.stamp(comment.article_id) if stamp is None else stamp
    fields = {"ground": ground, "explanation": explanation, "stamp": stamp, **fields}
    address = f"/en/stories/{comment.article_id}/comments/{comment.pk}/report/"
    return client.post(address, urlencode(fields, errors="surrogatepass"), content_type=FORM, **headers)


def test_the_form_names_every_ground_and_the_law(reader, shown):
    page = reader.get(f"/en/stories/{shown.article_id}/comments/{shown.pk}/report/")
    assert page.status_code == 200
    assert not page.cookies
    for code in ("profanity", "threats", "personal-attacks", "vulgarity", "abuse", "promotion", "unlawful"):
        assert f'value="{code}"' in page.text
    assert "Buy my watches" in page.text


def test_a_report_is_stored_leads_to_its_receipt_and_changes_nothing(reader, shown):
    response = report(reader, shown, explanation="He  writes\r\nthis every day.")
    assert response.status_code == 303
    assert response["Cache-Control"] == "private, no-store"
    stored = Report.objects.get()
    assert (stored.comment, stored.guideline.code) == (shown, "promotion")
    assert stored.explanation == "He  writes\nthis every day."
    shown.refresh_from_db()
    assert (shown.status, shown.version) == ("approved", 1)

    receipt = reader.get(response["Location"])
    assert receipt.status_code == 200
    assert (receipt["Cache-Control"], receipt["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert "this every day." in receipt.text
    assert stored.guideline.wording_in("en").title in receipt.text
    token = response["Location"].rstrip("/").rpartition("/")[2]
    assert len(token) == 32
    assert token not in (stored.nonce, stored.receipt_hash)
    assert receipts.report_of(token) == stored


def test_the_receipt_follows_the_comment(reader, shown, moderator):
    address = report(reader, shown)["Location"]
    assert "The comment is shown until then." in reader.get(address).text
    decide(shown, "removed", moderator=moderator, seen_version=1, guidelines=["promotion"])
    page = reader.get(address).text
    assert "The comment was removed" in page
    assert "Buy my watches" not in page


def test_no_address_is_stored_with_a_report(reader, shown):
    report(reader, shown, HTTP_USER_AGENT="canary-agent")
    stored = Report.objects.get()
    kept = " ".join(str(value) for row in (stored, stored.contact) for value in vars(row).values())
    assert "127.0.0" not in kept
    assert "canary-agent" not in kept
    assert stored.contact.expires_at > stored.created_at


def test_a_double_click_is_one_report(reader, shown):
    stamp = stamps.stamp(shown.article_id)
    first, second = report(reader, shown, stamp=stamp), report(reader, shown, stamp=stamp)
    assert first["Location"] == second["Location"]
    assert Report.objects.count() == ReportContact.objects.count() == 1


def test_two_readers_are_two_reports(shown):
    stamp = stamps.stamp(shown.article_id)
    for agent in ("one", "other"):
        report(Client(HTTP_USER_AGENT=agent), shown, stamp=stamp)
    assert Report.objects.count() == 2
    assert Comment.objects.with_report_counts().get(pk=shown.pk).report_count == 2
    unreported = make_comment(shown.article)
    assert Comment.objects.with_report_counts().get(pk=unreported.pk).report_count == 0


@pytest.mark.parametrize(
    ("ground", "explanation"),
    [
        ("", "why"),
        ("kindness", "why"),
        ("unlawful", ""),
        ("unlawful", " \n\u200b"),
        ("promotion", "x" * 2001),
        ("promotion", "a\x00b"),
        ("promotion", "half \ud800 pair"),
    ],
)
def test_a_report_that_cannot_be_kept_comes_back_with_its_text(reader, shown, ground, explanation):
    response = report(reader, shown, ground=ground, explanation=explanation)
    assert response.status_code == 400
    assert Report.objects.count() == 0
    if "\ud800" not in explanation and explanation.strip():
        assert explanation.replace("\x00", "\x00") in response.text


NOTICE = {"name": "Avin Ahmed", "email": "avin@example.org", "good_faith": "on"}


def test_a_notice_of_illegal_content_keeps_explanation_declaration_and_who_sent_it(reader, shown):
    response = report(reader, shown, ground="unlawful", explanation="It names a witness.", **NOTICE)
    assert response.status_code == 303
    notice = Report.objects.get()
    assert (notice.guideline.code, notice.is_notice, notice.good_faith) == ("unlawful", True, True)
    assert (notice.contact.name, notice.contact.email) == ("Avin Ahmed", "avin@example.org")
    assert list(Report.objects.notices()) == [notice]
    assert list(Report.objects.of_guidelines()) == []


@pytest.mark.parametrize("lacking", list(NOTICE))
def test_a_notice_that_lacks_what_the_law_asks_comes_back_and_says_what(reader, shown, lacking):
    fields = {**NOTICE, lacking: ""}
    response = report(reader, shown, ground="unlawful", explanation="It names a witness.", **fields)
    assert response.status_code == 400
    assert Report.objects.count() == 0
    assert "It names a witness." in response.text
    assert response.text.count("invalid-feedback") == 1
    assert f'id="error_1_report-{lacking}"' in response.text


def test_who_reports_the_abuse_of_children_need_not_say_who_they_are(reader, shown):
    fields = {"protects_children": "on", "good_faith": "on"}
    assert report(reader, shown, ground="unlawful", explanation="A picture.", **fields).status_code == 303
    assert (Report.objects.get().contact.name, Report.objects.get().contact.email) == ("", "")


def test_a_report_by_a_guideline_keeps_no_name_and_needs_no_declaration(reader, shown):
    assert report(reader, shown, name="Avin Ahmed").status_code == 303
    assert (Report.objects.get().contact.name, Report.objects.get().good_faith) == ("", False)


@pytest.mark.parametrize("stamp", ["", "forged"])
def test_a_forged_stamp_is_refused_with_a_fresh_one(reader, shown, stamp):
    response = report(reader, shown, stamp=stamp, explanation="A reason")
    assert (response.status_code, Report.objects.count()) == (400, 0)
    fresh = response.text.split('name="stamp" value="')[1].split('"')[0]
    assert report(reader, shown, stamp=fresh).status_code == 303


def test_a_foreign_page_a_full_honeypot_and_another_type_are_refused(reader, shown):
    assert report(reader, shown, HTTP_ORIGIN="https://evil.example").status_code == 403
    full = report(reader, shown, homepage="https://spam.example", explanation="A reason")
    assert (full.status_code, "A reason</textarea>" in full.text) == (400, True)
    address = f"/en/stories/{shown.article_id}/comments/{shown.pk}/report/"
    assert reader.post(address, b"{}", content_type="application/json").status_code == 415
    assert Report.objects.count() == 0


def test_a_comment_nobody_sees_cannot_be_reported(reader, story, shown, moderator):
    waiting = make_comment(story)
    decide(shown, "removed", moderator=moderator, seen_version=1, guidelines=["promotion"])
    assert report(reader, waiting).status_code == report(reader, shown).status_code == 404
    assert Report.objects.count() == 0


def test_reports_have_a_limit_of_their_own(reader, shown, settings):
    settings.NEWSROOM_SENDER_REPORTS = 2
    answers = [report(reader, shown, explanation=f"Reason {number}") for number in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert 590 <= int(answers[2]["Retry-After"]) <= 600
    assert "Reason 2</textarea>" in answers[2].text
    settings.NEWSROOM_SENDER_REPORTS, settings.NEWSROOM_NETWORK_REPORTS = 100, 2
    assert report(Client(HTTP_USER_AGENT="fresh"), shown).status_code == 429


def test_an_unknown_token_is_a_404(reader, db):
    assert reader.get(f"/en/receipts/{'0' * 32}/").status_code == 404


def test_the_explanation_can_be_emptied_only_once_the_comment_is_erased(reader, shown):
    from django.db import DatabaseError, transaction

    report(reader, shown, explanation="It quotes the comment.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.update(explanation="")
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.all()._raw_delete("default")
    Erasure.objects.create(comment=shown, cause=Erasure.Cause.REQUEST)
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.update(explanation="rewritten")
    assert Report.objects.update(explanation="") == 1
