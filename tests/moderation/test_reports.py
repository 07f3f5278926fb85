"""Reports and notices: two queues, two answers, told to everybody who reported; and who may give which."""

import datetime
import re

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from comments import receipts, report_letters, reporting, stamps
from comments.erasure import erase
from comments.models import Comment, CommentContact, Erasure, Report, ReportContact
from comments.senders import Sender
from comments.withdrawal import withdraw
from moderation import reports
from moderation.decisions import AlreadyDecided, GuidelineRequired, NotAModerator, decide, undo
from moderation.models import Answer, ReportAnswer
from moderation.reports import AlreadyAnswered, LeadRequired, ReasonRequired
from newsroom import mail
from tests.factories import make_decided

DAY = datetime.timedelta(days=1)
NOTICE = {"name": "Avin Ahmed", "email": "avin@example.org", "good_faith": True, "explanation": "It names a witness."}


@pytest.fixture
def shown(story, moderator) -> Comment:
    return make_decided(story, "approved", by=moderator, body="Buy my watches")


def report(comment, ground="promotion", *, cookie="c", explanation="Why.", **told) -> Report:
    sender = Sender(network="192.0.2.0/24", cookie=cookie, user_agent="test")
    taken = reporting.report_comment(
        comment, ground=ground, explanation=explanation, stamp=stamps.stamp(comment.article_id), sender=sender, **told
    )
    return taken.report


def notice(comment, **told) -> Report:
    return report(comment, "unlawful", **{**NOTICE, **told})


def receipt(reader, of_report) -> str:
    return reader.get(f"/en/receipts/{receipts.token_of(of_report.nonce)}/").text


# The queues -----------------------------------------------------------------------------------------------------------
def test_reports_are_ordered_by_how_many_browsers_sent_them(story, moderator, shown):
    often = make_decided(story, "approved", by=moderator, body="Reported by three.")
    for explanation in ("a", "b", "c", "d", "e"):
        report(shown, cookie="one and the same", explanation=explanation)
    for cookie in "xyz":
        report(often, cookie=cookie)
    listed = [(c.pk, c.weight, c.open_reports) for c in reports.reported()]
    assert listed == [(often.pk, 3, 3), (shown.pk, 1, 5)]


def test_notices_are_a_queue_of_their_own_the_oldest_first(story, moderator, shown):
    later = make_decided(story, "approved", by=moderator, body="Noticed later.")
    notice(shown)
    notice(later, cookie="other")
    assert [c.pk for c in reports.noticed()] == [shown.pk, later.pk]
    assert list(reports.reported()) == []
    assert reports.open_notices() == 2


def test_what_is_answered_or_no_longer_shown_leaves_the_queues(shown, lead):
    report(shown)
    notice(shown, cookie="d")
    withdraw(shown)
    assert (list(reports.reported()), list(reports.noticed()), reports.open_notices()) == ([], [], 0)


# Keep -----------------------------------------------------------------------------------------------------------------
def test_everybody_who_reported_is_told_that_the_comment_stays_and_why(reader, shown, moderator):
    moderator.first_name, moderator.last_name = "Hemin", "Canary"
    moderator.save()
    sent = [report(shown, cookie=cookie) for cookie in "xyz"]
    made = reports.keep(shown, by=moderator, upto=sent[-1].pk, reason="It is no advertisement.")
    assert [answer.report for answer in made] == sent
    for one in sent:
        page = receipt(reader, one)
        assert "The comment stays" in page
        assert "It is no advertisement." in page
        assert "Canary" not in page
    shown.refresh_from_db()
    assert (shown.status, shown.version, shown.decisions.count()) == ("approved", 1, 1)


def test_a_report_that_came_after_the_page_was_read_is_not_answered_with_it(shown, moderator):
    seen = report(shown, cookie="x")
    unseen = report(shown, cookie="y")
    reports.keep(shown, by=moderator, upto=seen.pk, reason="Read.")
    assert list(Report.objects.filter(answer__isnull=True)) == [unseen]


def test_who_was_slower_is_told_who_answered(shown, moderator, moderator2):
    seen = report(shown)
    reports.keep(shown, by=moderator, upto=seen.pk, reason="It may stay.")
    with pytest.raises(AlreadyAnswered, match="moderator was faster: the comment stays"):
        reports.keep(shown, by=moderator2, upto=seen.pk, reason="It may stay.")
    assert ReportAnswer.objects.count() == 1


@pytest.mark.parametrize("reason", ["", " \n"])
def test_nobody_keeps_a_comment_without_a_reason(shown, moderator, reason):
    seen = report(shown)
    with pytest.raises(ReasonRequired):
        reports.keep(shown, by=moderator, upto=seen.pk, reason=reason)
    assert ReportAnswer.objects.count() == 0


def test_only_moderators_answer_and_only_leads_keep_what_was_noticed(shown, moderator, lead, superuser, editor):
    seen = notice(shown)
    for person in (superuser, editor):
        with pytest.raises(NotAModerator):
            reports.keep(shown, by=person, upto=seen.pk, reason="It may stay.")
    with pytest.raises(LeadRequired):
        reports.keep(shown, by=moderator, upto=seen.pk, reason="It may stay.")
    assert reports.keep(shown, by=lead, upto=seen.pk, reason="It breaks no law we know.")[0].is_kept


# Remove ---------------------------------------------------------------------------------------------------------------
def test_a_removal_answers_reports_and_notices_alike(reader, shown, moderator):
    sent = [report(shown), notice(shown, cookie="d")]
    decision = reports.remove(shown, by=moderator, seen_version=1, guidelines=["promotion"], note="No shops.")
    assert [(a.report_id, a.answer, a.decision) for a in ReportAnswer.objects.order_by("pk")] == [
        (one.pk, Answer.REMOVED, decision) for one in sent
    ]
    for one in sent:
        page = receipt(reader, one)
        assert "The comment was removed" in page
        assert "No shops." not in page  # that is for its author
        assert "Buy my watches" not in page
    assert "Readers had reported the comment." in reader.get(f"/en/receipts/{receipts.token_of(shown.nonce)}/").text


def test_only_a_lead_removes_as_unlawful(shown, moderator, lead):
    notice(shown)
    with pytest.raises(GuidelineRequired):
        reports.remove(shown, by=moderator, seen_version=1, guidelines=["unlawful"])
    decision = reports.remove(shown, by=lead, seen_version=1, guidelines=["unlawful"])
    assert decision.report_answers.count() == 1
    with pytest.raises(AlreadyDecided, match="lead was faster"):
        reports.remove(shown, by=moderator, seen_version=1, guidelines=["promotion"])


def test_the_database_takes_one_answer_and_keeps_it(shown, moderator, lead):
    seen = report(shown)
    reports.keep(shown, by=moderator, upto=seen.pk, reason="It may stay.")
    again = {"report": seen, "answer": Answer.KEPT, "by": lead}
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportAnswer.objects.create(**again)
    for change in ({"reason": "Other words."}, {"by": lead}, {"reason": ""}):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            ReportAnswer.objects.update(**change)


# Forgetting and mail --------------------------------------------------------------------------------------------------
def test_erasing_a_comment_closes_its_reports_and_forgets_reasons(reader, shown, story, moderator):
    kept = report(shown)
    reports.keep(shown, by=moderator, upto=kept.pk, reason="They wrote: watches.")
    waiting = report(shown, cookie="d")
    erase(shown, cause=Erasure.Cause.AUTHOR)
    assert list(ReportAnswer.objects.order_by("pk").values_list("answer", "reason")) == [("kept", ""), ("gone", "")]
    assert "The comment is no longer shown" in receipt(reader, waiting)


def test_a_notice_is_acknowledged_and_after_consent_answered_by_mail(reader, shown, lead, mailoutbox):
    seen = notice(shown)
    mail.send_due()
    (first,) = mailoutbox
    assert first.to == ["avin@example.org"]
    assert first.subject == "Your report at The Maidan: may we mail you the answer?"
    assert "witness" not in first.body
    assert "Avin" not in first.body
    path = re.search(r"/mail/confirm/\S+/", first.body)[0]
    assert "Do you want mail about your report?" in reader.get(path).text
    assert reader.post(path).status_code == 303
    reports.keep(shown, by=lead, upto=seen.pk, reason="It breaks no law we know.")
    mail.send_due(timezone.now() + DAY)
    assert [message.subject for message in mailoutbox[1:]] == [
        "We will mail you about your report",
        "The answer to your report",
    ]
    assert "It breaks no law we know." in mailoutbox[2].body
    assert "A person decided, no machine." in mailoutbox[2].body
    assert receipts.token_of(seen.nonce) in mailoutbox[2].body


def test_an_address_that_was_never_confirmed_gets_nothing_more(shown, lead, mailoutbox):
    seen = notice(shown)
    reports.keep(shown, by=lead, upto=seen.pk, reason="It breaks no law we know.")
    mail.send_due(timezone.now() + DAY)
    assert len(mailoutbox) == 1


def test_unsubscribing_from_a_report_deletes_the_address_everywhere(reader, shown, mailoutbox):
    seen = notice(shown)
    CommentContact.objects.filter(pk=shown.pk).update(email="AVIN@example.org")
    token = report_letters.unsubscribe_token(seen)
    assert reader.post(f"/mail/unsubscribe/{token}/").status_code == 200
    assert (
        list(CommentContact.objects.values_list("email")) == list(ReportContact.objects.values_list("email")) == [("",)]
    )
    assert reader.get("/mail/unsubscribe/r1-" + "0" * 32 + "/").status_code == 404


def test_a_reporters_days_count_from_the_answer(shown, lead, settings):
    seen = notice(shown)
    waiting = seen.contact.expires_at - timezone.now()
    assert round(waiting / DAY) == settings.NEWSROOM_CONTACT_WAITING_DAYS
    (answer,) = reports.keep(shown, by=lead, upto=seen.pk, reason="It breaks no law we know.")
    seen.contact.refresh_from_db()
    assert seen.contact.expires_at == answer.answered_at + settings.NEWSROOM_CONTACT_DAYS * DAY


def test_notices_are_counted_by_month(story, shown, moderator, lead):
    removed = make_decided(story, "approved", by=moderator, body="Removed.")
    waiting = make_decided(story, "approved", by=moderator, body="Waits.")
    for comment in (shown, removed, waiting):
        notice(comment, cookie=f"c{comment.pk}")
    reports.keep(shown, by=lead, upto=10**6, reason="It breaks no law we know.")
    reports.remove(removed, by=lead, seen_version=1, guidelines=["unlawful"])
    month = timezone.now().astimezone(datetime.UTC).date().replace(day=1)
    assert reports.counted_in(month) == {"received": 3, "acted_on": 1, "dismissed": 1}


def test_a_rejection_after_an_undone_approval_answers_who_was_quick(reader, story, moderator):
    comment = make_decided(story, "approved", by=moderator)
    quick = report(comment)
    undo(comment.decisions.get(), moderator=moderator)
    decide(comment, "rejected", moderator=moderator, seen_version=2, guidelines=["promotion"])
    assert ReportAnswer.objects.get().report == quick


# The desk -------------------------------------------------------------------------------------------------------------
def test_the_desk_lists_answers_and_says_who_was_faster(as_, shown, moderator, moderator2):
    seen = report(shown, explanation="A <b>shop</b>.")
    one, other = as_(moderator), as_(moderator2)
    assert "Buy my watches" in one.get("/desk/reports/").text
    page = one.get(f"/desk/reports/{shown.pk}/").text
    assert "A &lt;b&gt;shop&lt;/b&gt;." in page
    kept = {"reason": "It may stay.", "upto": seen.pk}
    answer = one.post(f"/desk/reports/{shown.pk}/keep/", kept, follow=True)
    assert "Readers answered: 1." in answer.text
    assert "Buy my watches" not in answer.text
    late = other.post(f"/desk/reports/{shown.pk}/keep/", kept, follow=True)
    assert "moderator was faster" in late.text
    removed = {"seen_version": 1, "guidelines": ["promotion"], "note": "", "edition": 1}
    assert "The comment was removed." in other.post(f"/desk/reports/{shown.pk}/remove/", removed, follow=True).text


def test_a_refused_answer_comes_back_with_its_words(as_, shown, moderator):
    seen = notice(shown)
    browser = as_(moderator)
    kept = browser.post(f"/desk/reports/{shown.pk}/keep/", {"reason": "It may stay.", "upto": seen.pk})
    assert kept.status_code == 403
    removed = browser.post(f"/desk/reports/{shown.pk}/remove/", {"seen_version": 1, "note": "Long thought"})
    assert (removed.status_code, "Long thought" in removed.text) == (400, True)
    assert (
        browser.post(f"/desk/reports/{shown.pk}/keep/", {"reason": "x", "upto": "x"}).status_code,
        browser.get("/desk/reports/99999/").status_code,
    ) == (400, 404)
    assert ReportAnswer.objects.count() == 0


def test_a_removal_marks_the_passage_it_rests_on(as_, shown, moderator):
    report(shown)
    desk, address = as_(moderator), f"/desk/reports/{shown.pk}/remove/"
    told = {"seen_version": 1, "guidelines": ["promotion"], "note": "Kept words.", "passage_start": 4}
    beyond = desk.post(address, told | {"passage_end": len(shown.body) + 1})
    assert beyond.status_code == 400
    assert "not one of this text" in beyond.text and "Kept words." in beyond.text
    assert desk.post(address, told | {"passage_end": 14}).status_code == 302
    removal = shown.decisions.latest("pk")
    assert shown.body[removal.passage_start : removal.passage_end] == "my watches"


def test_every_page_of_the_desk_says_how_many_notices_wait(as_, shown, moderator):
    assert "notice of illegal content" not in as_(moderator).get("/desk/").text
    notice(shown)
    assert "1 notice of illegal content" in as_(moderator).get("/desk/").text


@pytest.mark.parametrize("count", [1, 6])
def test_the_lists_take_the_same_queries_however_many_wait(as_, story, moderator, count, django_assert_max_num_queries):
    for number in range(count):
        comment = make_decided(story, "approved", by=moderator, body=f"Number {number}.")
        report(comment, cookie=f"c{number}")
        notice(comment, cookie=f"n{number}")
    browser = as_(moderator)
    for path in ("/desk/reports/", "/desk/notices/"):
        with django_assert_max_num_queries(9):
            assert browser.get(path).status_code == 200
    with django_assert_max_num_queries(22):
        assert browser.get(f"/desk/reports/{comment.pk}/").status_code == 200
