import pytest

from articles import revisions
from articles.models import Revision
from tests.factories import content, make_author, make_draft


def test_every_save_keeps_a_revision_and_the_row_holds_the_newest(reporter):
    draft = make_draft(by=reporter, headline="First")
    revisions.record(draft, content(headline="Second"), by=reporter, note="Sharper")
    draft.refresh_from_db()

    kept = draft.revisions.order_by("number")
    assert [(revision.number, revision.content["headline"], revision.note) for revision in kept] == [
        (1, "First", ""),
        (2, "Second", "Sharper"),
    ]
    assert draft.headline == "Second"
    assert revisions.snapshot(draft) == kept[1].content


def test_the_body_is_cleaned_as_the_last_step(reporter):
    draft = make_draft(by=reporter, body="<p onclick='x()'>Fine</p><script>alert(1)</script>")
    assert draft.body == "<p>Fine</p>"
    assert draft.revisions.get().content["body"] == "<p>Fine</p>"


def test_plain_text_becomes_paragraphs(reporter):
    draft = make_draft(by=reporter, body="One.\n\nTwo & <three>\nlines")
    assert draft.body == "<p>One.</p>\n<p>Two &amp; &lt;three&gt;<br>lines</p>"


def test_bylines_keep_their_order(reporter):
    first, second = make_author("Zana", "zana"), make_author("Aram", "aram")
    lines = [{"author": first.pk, "role": "reporter"}, {"author": second.pk, "role": "photographer"}]
    draft = make_draft(by=reporter, bylines=lines)
    assert [(byline.author, byline.role) for byline in draft.bylines.all()] == [
        (first, "reporter"),
        (second, "photographer"),
    ]


def test_a_save_over_a_colleagues_newer_one_is_refused_and_writes_nothing(reporter, editor):
    draft = make_draft(by=reporter)
    revisions.record(draft, content(headline="Theirs"), by=editor, seen_revision=1)
    with pytest.raises(revisions.Stale) as stale:
        revisions.record(draft, content(headline="Mine"), by=reporter, seen_revision=1)
    assert stale.value.newest.content["headline"] == "Theirs"
    assert Revision.objects.filter(article=draft).count() == 2


def test_an_editor_goes_on_with_the_version_that_waits(story, editor):
    revisions.record(story, content(headline="Newer"), by=editor)
    assert revisions.current_content(story)["headline"] == "Newer"
    assert revisions.snapshot(story)["headline"] == "The river rises"
