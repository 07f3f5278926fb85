"""Appeals: once, in time, by the author; decided by somebody else; the verb and the database both see to it."""

import datetime
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles import publishing
from comments import letters, posting, receipts, retention, stamps
from comments.erasure import erase
from comments.models import Comment, CommentContact, Erasure, Status
from comments.withdrawal import withdraw
from moderation import appeals, ledger
from moderation.appeals import (
    AlreadyAppealed,
    AlreadySettled,
    LeadsOnly,
    NothingToAppeal,
    OwnRefusal,
    TooLate,
    appeal,
    settle,
)
from moderation.decisions import NotAModerator, UndoRefused, decide, undo
from moderation.models import Appeal, AppealOutcome, Decision, Outcome, Verdict
from newsroom import mail
from newsroom.roles import Role
from tests.factories import SENDER, make_comment, make_decided, make_user

FORM = "application/x-www-form-urlencoded"
DAY = datetime.timedelta(days=1)
LATER = datetime.timedelta(minutes=1)


@pytest.fixture
def rejected(story, moderator) -> Comment:
    return make_decided(story, "rejected", by=moderator, guidelines=["abuse"], note="Calmer.", body="As written.")


def address(comment, verb="appeal/"):
    return f"/en/receipts/{receipts.token_of(comment.nonce)}/{verb}"


def post(client, comment, written="I meant the river.", **headers):
    return client.post(address(comment), urlencode({"text": written}), content_type=FORM, **headers)


# By the author --------------------------------------------------------------------------------------------------------
def test_an_appeal_is_kept_to_the_letter(rejected):
    taken = appeal(rejected, written="  I meant\r\nthe <b>river</b>.")
    assert (taken.text, taken.decision, taken.is_open) == (
        "  I meant\nthe <b>river</b>.",
        rejected.decisions.get(),
        True,
    )


@pytest.mark.parametrize("written", ["", " \u200b", "x" * 2001, "a\x00b", "half \ud800"])
def test_a_text_that_cannot_be_kept_is_refused(rejected, written):
    with pytest.raises(ValidationError):
        appeal(rejected, written=written)
    assert Appeal.objects.count() == 0


def test_there_is_one_appeal_against_a_decision(rejected, lead):
    first = appeal(rejected, written="Please look again.")
    with pytest.raises(AlreadyAppealed):
        appeal(rejected, written="And again.")
    settle(first, Outcome.UPHELD, by=lead)
    with pytest.raises(AlreadyAppealed):
        appeal(rejected, written="And again.")
    assert [row.text for row in Appeal.objects.all()] == ["Please look again."]


def test_the_time_for_an_appeal_ends(rejected, settings):
    ends = rejected.decisions.get().decided_at + settings.NEWSROOM_APPEAL_DAYS * DAY
    with pytest.raises(TooLate):
        appeal(rejected, written="Late.", at=ends + datetime.timedelta(seconds=1))
    assert appeal(rejected, written="Just in time.", at=ends).is_open


@pytest.mark.parametrize("verdict", [None, "approved"])
def test_what_was_not_refused_is_not_appealed(story, moderator, verdict):
    comment = make_decided(story, verdict, by=moderator) if verdict else make_comment(story)
    with pytest.raises(NothingToAppeal):
        appeal(comment, written="Why?")


def test_an_undone_rejection_and_an_erased_comment_are_not_appealed(story, moderator):
    undone, erased = (make_decided(story, "rejected", by=moderator, guidelines=["abuse"]) for _ in range(2))
    undo(undone.decisions.get(), moderator=moderator)
    withdraw(erased)
    for comment in (undone, erased):
        with pytest.raises(NothingToAppeal):
            appeal(comment, written="Why?")


def test_the_database_takes_no_appeal_against_an_approval(story, moderator):
    approved = make_decided(story, "approved", by=moderator)
    with pytest.raises(IntegrityError, match="frozen: moderation_appeal refuses this INSERT"), transaction.atomic():
        Appeal.objects.create(decision=approved.decisions.get(), text="Why?")


# Over HTTP ------------------------------------------------------------------------------------------------------------
def test_an_author_appeals_from_the_receipt(reader, rejected, settings):
    receipt = reader.get(address(rejected, "")).text
    until = timezone.localtime(rejected.decisions.get().decided_at + settings.NEWSROOM_APPEAL_DAYS * DAY)
    assert f'href="{address(rejected)}"' in receipt
    assert f"{until:%d-%m-%Y}" in receipt
    form = reader.get(address(rejected))
    assert (form.status_code, form["Cache-Control"], form["X-Robots-Tag"]) == (200, "private, no-store", "noindex")
    assert "As written." in form.text
    assert not form.cookies

    answer = post(reader, rejected, "I meant the <river>.")
    assert (answer.status_code, answer["Location"]) == (303, address(rejected, "") + "#appeal")
    receipt = reader.get(address(rejected, "")).text
    assert "Your appeal has arrived." in receipt
    assert "I meant the &lt;river&gt;." in receipt
    assert "Appeal this decision" not in receipt
    assert post(reader, rejected, "Again.").status_code == 303
    assert Appeal.objects.get().text == "I meant the <river>."


def test_a_refused_appeal_comes_back_with_its_text(reader, rejected):
    answer = post(reader, rejected, "long " * 500)
    assert answer.status_code == 400
    assert "long long" in answer.text
    assert "Nothing was cut" in answer.text
    foreign = post(reader, rejected, "Mine.", HTTP_ORIGIN="https://evil.example")
    assert (foreign.status_code, "Mine." in foreign.text) == (403, True)
    raw = reader.post(address(rejected), b"text=caf\xe9", content_type=FORM)
    assert (raw.status_code, "did not arrive intact" in raw.text) == (400, True)
    assert reader.post(address(rejected), b"{}", content_type="application/json").status_code == 415
    assert Appeal.objects.count() == 0


def test_nobody_appeals_with_a_wrong_token_or_where_nothing_was_refused(reader, story, moderator):
    approved = make_decided(story, "approved", by=moderator)
    assert post(reader, approved).status_code == reader.get(address(approved)).status_code == 303
    assert reader.get("/en/receipts/" + "0" * 32 + "/appeal/").status_code == 404
    assert Appeal.objects.count() == 0


# Who decides ----------------------------------------------------------------------------------------------------------
def test_whoever_refused_the_comment_does_not_decide_the_appeal(story, moderator, lead):
    """Not by the verb, not past it, and not as a lead or a superuser either."""
    by_lead = make_decided(story, "rejected", by=lead, guidelines=["abuse"])
    taken = appeal(by_lead, written="Why?")
    lead.is_superuser = True
    lead.save()
    for outcome in (Outcome.UPHELD, Outcome.OVERTURNED):
        with pytest.raises(OwnRefusal):
            settle(taken, outcome, by=lead)
        with pytest.raises(IntegrityError, match="frozen: moderation_appealoutcome"), transaction.atomic():
            AppealOutcome.objects.create(appeal=taken, outcome=outcome, by=lead)
    assert AppealOutcome.objects.count() == 0


def test_an_outcome_is_never_given_to_somebody_else_afterwards(rejected, moderator, lead):
    settle(appeal(rejected, written="Why?"), Outcome.UPHELD, by=lead)
    for change in ({"by": moderator}, {"outcome": Outcome.OVERTURNED}, {"note": "Other words."}):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            AppealOutcome.objects.update(**change)


def test_whoever_refused_it_earlier_and_undid_it_does_not_decide_either(story, moderator, lead):
    comment = make_decided(story, "rejected", by=lead, guidelines=["abuse"])
    undo(comment.decisions.get(), moderator=lead)
    decide(comment, Verdict.REJECTED, moderator=moderator, seen_version=2, guidelines=["abuse"])
    with pytest.raises(OwnRefusal):
        settle(appeal(comment, written="Why?"), Outcome.UPHELD, by=lead)


def test_the_rule_in_python_and_in_sql_is_one(story, moderator, moderator2, lead, superuser, editor):
    lead2 = make_user("lead2", Role.MODERATION_LEAD)
    people = [moderator, moderator2, lead, lead2, superuser, editor]
    refused = {
        person: appeal(make_decided(story, "rejected", by=person, guidelines=["abuse"]), written="Why?")
        for person in (moderator, moderator2, lead)
    }
    removed = make_decided(story, "approved", by=moderator)
    decide(removed, Verdict.REMOVED, moderator=lead, seen_version=1, guidelines=["abuse"])
    refused["removed"] = appeal(removed, written="Why?")

    def may(person, taken) -> bool:
        try:
            appeals.check_may_settle(taken, person)
        except (NotAModerator, OwnRefusal, LeadsOnly):
            return False
        return True

    allowed = {(p.username, key) for p in people for key, taken in refused.items() if may(p, taken)}
    listed = {(p.username, key) for p in people for key, taken in refused.items() if taken in appeals.open_to(p)}
    assert allowed == listed
    by_username = {name: sum(1 for who, _key in allowed if who == name) for name, _key in allowed}
    assert by_username == {"lead": 2, "lead2": 4, "moderator": 2, "moderator2": 2}


# What follows ---------------------------------------------------------------------------------------------------------
def test_an_overturned_rejection_is_a_new_decision_and_the_comment_appears(reader, rejected, story, lead):
    taken = appeal(rejected, written="I meant the river.")
    settled = settle(taken, Outcome.OVERTURNED, by=lead, note="You are right, sorry.")
    rejected.refresh_from_db()
    assert (rejected.status, rejected.version) == (Status.APPROVED, 2)
    newest = rejected.decisions.first()
    assert (newest.verdict, newest.sequence, newest.moderator, newest.comment_version) == ("approved", 2, lead, 2)
    assert ledger.first_break() is None
    assert "As written." in reader.get(story.get_absolute_url()).text
    receipt = reader.get(address(rejected, "")).text
    assert "Your appeal was successful" in receipt
    assert "You are right, sorry." in receipt
    assert settled.is_overturned
    with pytest.raises(AlreadySettled, match="lead was faster"):
        settle(taken, Outcome.UPHELD, by=make_user("lead2", Role.MODERATION_LEAD))


def test_an_upheld_rejection_changes_nothing_but_the_answer(reader, rejected, story, lead):
    settle(appeal(rejected, written="Why?"), Outcome.UPHELD, by=lead, note="It calls people names.")
    rejected.refresh_from_db()
    assert (rejected.status, rejected.version, rejected.decisions.count()) == (Status.REJECTED, 1, 1)
    receipt = reader.get(address(rejected, "")).text
    assert "Your appeal was not successful" in receipt
    assert "It calls people names." in receipt
    assert "As written." not in reader.get(story.get_absolute_url()).text
    assert lead.username not in receipt


def test_a_removal_is_appealed_and_a_second_removal_again(story, moderator, moderator2, lead):
    comment = make_decided(story, "approved", by=moderator)
    decide(comment, Verdict.REMOVED, moderator=moderator, seen_version=1, guidelines=["abuse"])
    settle(appeal(comment, written="Why?"), Outcome.OVERTURNED, by=lead)
    decide(comment, Verdict.REMOVED, moderator=moderator2, seen_version=3, guidelines=["threats"])
    second = appeal(comment, written="Why again?")
    assert second.decision.sequence == 4
    with pytest.raises(OwnRefusal):  # she refused it once, though not this time
        settle(second, Outcome.UPHELD, by=moderator)


def test_an_approval_on_appeal_is_not_undone(rejected, lead):
    settle(appeal(rejected, written="Why?"), Outcome.OVERTURNED, by=lead)
    with pytest.raises(UndoRefused, match="on an appeal"):
        undo(rejected.decisions.first(), moderator=lead)
    rejected.refresh_from_db()
    assert rejected.status == Status.APPROVED


def test_a_rejection_under_appeal_is_not_undone(rejected, moderator):
    appeal(rejected, written="Why?")
    with pytest.raises(UndoRefused, match="has appealed"):
        undo(rejected.decisions.get(), moderator=moderator)


def test_nothing_refused_comes_back_past_an_appeal(rejected, moderator2):
    """Not even with a decision that approves exactly this version."""
    key = rejected.decisions.get()
    with transaction.atomic():
        key.pk, key.sequence, key.verdict, key.comment_version = None, 2, "approved", 2
        key.previous_hash, key.hash = key.hash, "0" * 63 + "1"
        key.save(force_insert=True)
    with pytest.raises(IntegrityError, match="refuses this UPDATE: reversal"), transaction.atomic():
        Comment.objects.filter(pk=rejected.pk).update(status="approved", version=2)
    assert Decision.objects.filter(comment=rejected).count() == 2


def test_an_appeal_about_a_withdrawn_story_is_decided_all_the_same(rejected, story, editor, lead, reader):
    publishing.withdraw(story, by=editor, reason="It was wrong.")
    settle(appeal(rejected, written="Why?"), Outcome.OVERTURNED, by=lead)
    assert "Your appeal was successful" in reader.get(address(rejected, "")).text
    assert reader.get(story.get_absolute_url()).status_code == 410


# Mail -----------------------------------------------------------------------------------------------------------------
def test_the_outcome_is_mailed_to_who_confirmed_an_address(story, moderator, lead, mailoutbox):
    posted = posting.post_comment(
        story, name="Avin", body="As written.", stamp=stamps.stamp(story.pk), sender=SENDER, email="avin@example.org"
    )
    letters.confirm(posted.comment.contact)
    decide(posted.comment, "rejected", moderator=moderator, seen_version=0, guidelines=["abuse"])
    settle(appeal(posted.comment, written="My words."), Outcome.OVERTURNED, by=lead, note="Sorry.")
    mailoutbox.clear()
    mail.send_due(timezone.now() + LATER)
    answer = next(message for message in mailoutbox if message.subject == "The answer to your appeal")
    assert answer.to == ["avin@example.org"]
    assert "successful" in answer.body
    assert "Sorry." in answer.body
    assert "My words." not in answer.body
    assert f"/receipts/{posted.token}/" in answer.body


# Forgetting -----------------------------------------------------------------------------------------------------------
def test_erasing_closes_an_open_appeal_and_forgets_its_words(rejected, lead, reader):
    taken = appeal(rejected, written="My reasons.")
    withdraw(rejected)
    taken.refresh_from_db()
    assert (taken.text, taken.outcome.outcome, taken.outcome.by) == ("", Outcome.WITHDRAWN, None)
    with pytest.raises(AlreadySettled, match="withdrawn"):
        settle(taken, Outcome.OVERTURNED, by=lead)
    rejected.refresh_from_db()
    assert rejected.status == Status.REJECTED
    assert "My reasons." not in reader.get(address(rejected, "")).text
    assert appeals.overturned_share(timezone.now() - DAY) == (0, 0)


def test_erasing_empties_the_words_about_a_decided_appeal(rejected, lead):
    settle(appeal(rejected, written="My reasons."), Outcome.UPHELD, by=lead, note="You wrote: rude.")
    erase(rejected, cause=Erasure.Cause.REQUEST, by=lead)
    assert list(Appeal.objects.values_list("text", "outcome__note", "outcome__outcome")) == [("", "", "upheld")]


def test_words_of_an_appeal_are_emptied_with_an_erasure_only(rejected):
    appeal(rejected, written="My reasons.")
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Appeal.objects.update(text="")


def test_an_open_appeal_stops_every_period(story, moderator, lead, settings):
    settings.NEWSROOM_APPEAL_DAYS, settings.NEWSROOM_REJECTED_DAYS = 10, 5
    appealed, other = (
        make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body=f"Number {n}.") for n in range(2)
    )
    CommentContact.objects.update(email="avin@example.org")
    taken = appeal(appealed, written="Why?")
    contacts, texts = retention.purge(timezone.now() + 400 * DAY)
    assert (contacts, texts) == (1, 1)
    for comment in (appealed, other):
        comment.refresh_from_db()
    assert (appealed.is_erased, other.is_erased) == (False, True)
    settle(taken, Outcome.UPHELD, by=lead)
    assert retention.purge(timezone.now() + 4 * DAY)[1] == 0  # so that the answer can be read
    settings.NEWSROOM_REJECTED_DAYS = 0
    assert retention.purge(timezone.now() + 400 * DAY) == (1, 1)


def test_an_appeal_that_comes_between_the_look_and_the_lock_stops_the_period(rejected, monkeypatch, settings):
    settings.NEWSROOM_APPEAL_DAYS = settings.NEWSROOM_REJECTED_DAYS = 0
    monkeypatch.setattr(retention, "not_held", lambda rows, now, **_field: rows)  # looked before the appeal came
    Appeal.objects.create(decision=rejected.decisions.get(), text="Why?")
    assert retention._purge_refused_text(timezone.now() + DAY, lambda *_told: None) == 0
    rejected.refresh_from_db()
    assert not rejected.is_erased


def test_an_address_lives_as_long_as_the_appeal_period_and_the_senders_hashes_do_not(rejected, settings):
    CommentContact.objects.update(email="avin@example.org")
    retention.start_countdown(rejected, decided_at=rejected.decisions.get().decided_at)
    retention.purge(timezone.now() + (settings.NEWSROOM_CONTACT_DAYS + 1) * DAY)
    assert CommentContact.objects.values_list("email", "network_hash", "sender_hash").get() == (
        "avin@example.org",
        "",
        "",
    )
    retention.purge(timezone.now() + (settings.NEWSROOM_APPEAL_DAYS + 1) * DAY)
    assert CommentContact.objects.count() == 0


# Counted --------------------------------------------------------------------------------------------------------------
def test_appeals_are_counted_by_month(story, moderator, lead):
    outcomes = [Outcome.UPHELD, Outcome.OVERTURNED, Outcome.OVERTURNED, None]
    for number, outcome in enumerate(outcomes):
        comment = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body=f"Number {number}.")
        taken = appeal(comment, written="Why?")
        if outcome:
            settle(taken, outcome, by=lead)
    month = timezone.now().astimezone(datetime.UTC).date().replace(day=1)
    assert appeals.counted_in(month) == {"received": 4, "upheld": 1, "overturned": 2}
    assert appeals.counted_in(month - DAY) == {"received": 0, "upheld": 0, "overturned": 0}
    assert appeals.overturned_share(timezone.now() - DAY) == (2, 3)


# The desk -------------------------------------------------------------------------------------------------------------
def test_the_desk_refuses_the_first_decider_and_lets_another_overturn(as_, rejected, moderator, moderator2, lead):
    taken = appeal(rejected, written="I meant the <river>.")
    path = f"/desk/appeals/{taken.pk}/"
    own = as_(moderator)
    assert "somebody else decides about the appeal" in own.get(path).text
    refused = own.post(path, {"outcome": "overturned"})
    assert (refused.status_code, "somebody else decides" in refused.text) == (403, True)
    assert as_(moderator2).post(path, {"outcome": "overturned"}).status_code == 403
    assert "No appeal waits for you." in own.get("/desk/appeals/").text

    page = as_(lead).get(path).text
    assert "I meant the &lt;river&gt;." in page
    assert "As written." in page
    assert as_(lead).post(path, {"outcome": "withdrawn", "note": "Long thought"}).status_code == 400
    answered = as_(lead).post(path, {"outcome": "overturned", "note": "Sorry."}, follow=True)
    assert "Answered: overturned" in answered.text
    assert "Overturned within a year: 1 of 1 decided." in answered.text
    late = as_(make_user("lead2", Role.MODERATION_LEAD)).post(path, {"outcome": "upheld"}, follow=True)
    assert "lead was faster" in late.text
    assert AppealOutcome.objects.get().outcome == "overturned"


def test_a_note_that_is_too_long_comes_back(as_, rejected, lead):
    taken = appeal(rejected, written="Why?")
    answer = as_(lead).post(f"/desk/appeals/{taken.pk}/", {"outcome": "upheld", "note": "long " * 300})
    assert (answer.status_code, "long long" in answer.text) == (400, True)
    assert taken in Appeal.objects.open()


@pytest.mark.parametrize("count", [1, 6])
def test_the_list_of_appeals_takes_the_same_queries_however_many_wait(
    as_, story, moderator, lead, count, django_assert_max_num_queries
):
    for number in range(2 * count):
        comment = make_decided(story, "rejected", by=moderator, guidelines=["abuse"], body=f"Number {number}.")
        taken = appeal(comment, written="Why?")
        if number % 2:
            settle(taken, Outcome.UPHELD, by=lead)
    browser = as_(lead)
    with django_assert_max_num_queries(20):
        assert browser.get("/desk/appeals/").status_code == 200
