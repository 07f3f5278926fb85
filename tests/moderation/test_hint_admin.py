import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from comments.models import Comment
from moderation import term_lists
from moderation.models import Term, TermChange, TermList
from moderation.trials import try_list
from tests.factories import make_comment, make_decided


@pytest.fixture
def words(db):
    made = TermList.objects.create(name="Ours", language="en", guideline="profanity")
    Term.objects.create(list=made, text="blast*")
    return made


def history(term_list) -> list[tuple[str, str]]:
    return list(term_list.changes.order_by("pk").values_list("what", "by__username"))


def form(term_list, *terms: tuple[int | str, str, bool], **changes) -> dict:
    """The admin's form of ``term_list`` with ``terms`` (pk or "", text, in use)."""
    sent = {"name": "Ours", "language": "en", "guideline": "profanity", "source": "", **changes}
    old = sum(bool(pk) for pk, *_rest in terms)
    sent |= {"terms-TOTAL_FORMS": len(terms), "terms-INITIAL_FORMS": old}
    sent |= {"changes-TOTAL_FORMS": 0, "changes-INITIAL_FORMS": 0}
    for number, (pk, text, in_use) in enumerate(terms):
        sent |= {f"terms-{number}-id": pk, f"terms-{number}-text": text, f"terms-{number}-list": term_list.pk}
        if in_use:
            sent[f"terms-{number}-is_active"] = "on"
    return sent


def test_a_lead_edits_a_list_and_every_change_is_in_its_history(as_, lead, words):
    term = words.terms.get()
    sent = form(words, (term.pk, "blast*", False), ("", "heck", True), is_active="on")
    answer = as_(lead).post(reverse("admin:moderation_termlist_change", args=[words.pk]), sent)
    assert answer.status_code == 302
    assert history(words) == [
        ("is_active: False → True", "lead"),
        ("added heck", "lead"),
        ("blast*: out of use", "lead"),
    ]
    renamed = form(words, (term.pk, "blasted", True), is_active="on")
    as_(lead).post(reverse("admin:moderation_termlist_change", args=[words.pk]), renamed)
    assert history(words)[-1] == ("blast* → blasted, in use", "lead")
    page = as_(lead).get(reverse("admin:moderation_termlist_change", args=[words.pk]))
    assert "blast* → blasted, in use" in page.text


def test_the_fullest_list_can_still_be_saved(as_, lead, words):
    upload(as_(lead), words, "".join(f"w{number}\n" for number in range(199)).encode())
    terms = [(term.pk, term.text, True) for term in words.terms.all()]
    answer = as_(lead).post(reverse("admin:moderation_termlist_change", args=[words.pk]), form(words, *terms))
    assert (answer.status_code, len(terms)) == (302, 200)


def test_a_term_without_a_word_is_refused(as_, lead, words):
    answer = as_(lead).post(reverse("admin:moderation_termlist_change", args=[words.pk]), form(words, ("", "*", True)))
    assert "This holds no word." in answer.text
    assert history(words) == []


def test_history_is_never_edited(words, lead):
    term_lists.note(words, "added heck", by=lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        TermChange.objects.filter(list=words).update(what="nothing")
    with pytest.raises(IntegrityError), transaction.atomic():
        TermChange.objects.filter(list=words)._raw_delete("default")
    assert history(words) == [("added heck", "lead")]


def upload(browser, words, text: bytes):
    file = SimpleUploadedFile("words.csv", text)
    return browser.post(reverse("admin:moderation_termlist_import", args=[words.pk]), {"file": file})


def test_a_csv_file_adds_what_is_new(as_, lead, words):
    assert upload(as_(lead), words, "\ufeffheck,note\nblast*\n\nheck\nکلیک لێرە بکە\n".encode()).status_code == 302
    assert set(words.terms.values_list("text", flat=True)) == {"blast*", "heck", "کلیک لێرە بکە"}
    assert history(words) == [("imported 2: heck, کلیک لێرە بکە", "lead")]
    assert upload(as_(lead), words, b"heck\n").status_code == 302
    assert len(history(words)) == 1


@pytest.mark.parametrize(
    "text",
    [b"\xff\xfe", b'"open', b"x" * 81, b"***\n", b"a\n" * 100_001, b"", b"".join(b"w%d\n" % n for n in range(200))],
)
def test_a_bad_file_is_refused_and_nothing_is_written(as_, lead, words, text):
    answer = upload(as_(lead), words, text)
    assert answer.status_code == 400
    assert (words.terms.count(), history(words)) == (1, [])


def test_trying_a_list_shows_what_it_would_have_hinted_and_changes_nothing(as_, lead, words, story, moderator):
    make_decided(story, "approved", by=moderator, body="A blast of wind")
    make_decided(story, "rejected", by=moderator, body="Blasted council", guidelines=["profanity"])
    make_decided(story, "approved", by=moderator, body="Nothing here")
    make_comment(story, "A blast that waits")
    trial = try_list(words)
    assert (trial.looked_at, trial.approved, trial.rejected) == (3, 1, 1)
    assert [(term.term, term.approved, term.rejected) for term in trial.by_term.values()] == [("blast*", 1, 1)]
    before = list(Comment.objects.values())
    page = as_(lead).get(reverse("admin:moderation_termlist_try", args=[words.pk])).text
    assert "Looked at the newest 3 decided comments" in page and "Blasted" in page
    assert (list(Comment.objects.values()), history(words)) == (before, [])


def test_trying_looks_at_the_newest_thousand_only(words, story, moderator, monkeypatch):
    monkeypatch.setattr("moderation.trials.LOOK_AT", 2)
    for number in range(3):
        make_decided(story, "approved", by=moderator, body=f"blast {number}")
    assert try_list(words).looked_at == 2


@pytest.mark.parametrize("who", ["moderator", "editor", "admin_person"])
def test_only_leads_reach_the_lists(request, as_, words, who):
    browser = as_(request.getfixturevalue(who))
    for page in ("change", "try", "import"):
        assert browser.get(reverse(f"admin:moderation_termlist_{page}", args=[words.pk])).status_code == 403
    assert upload(browser, words, b"heck\n").status_code == 403
    assert words.terms.count() == 1


def test_nothing_is_deleted(as_, lead, words):
    assert as_(lead).get(reverse("admin:moderation_termlist_delete", args=[words.pk])).status_code == 403
