"""The photo library and the lead photo on the story's form, over HTTP."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import photos, revisions
from articles.models import Article, Photo
from newsroom.roles import Role
from tests.factories import (
    content,
    leading_with,
    make_author,
    make_draft,
    make_photo,
    make_section,
    make_story,
    make_user,
)
from tests.pictures import SVG, exif, picture, upload

ADD, LIST = "/admin/articles/photo/add/", "/admin/articles/photo/"


def change(photo: Photo) -> str:
    return f"/admin/articles/photo/{photo.pk}/change/"


def words(**changes) -> dict:
    return {"source_caption": "", "source_alt": "", "credit": "", "copyright": "", "rights_expire_on": "", **changes}


def photo_form(**changes) -> dict:
    return words(**{"focal_x": "0.5", "focal_y": "0.5", "credit": "Shilan Ali", **changes})


def story_form(**changes) -> dict:
    return {
        "language": "en",
        "section": make_section().pk,
        "headline": "A bridge is mended",
        "body": "Three months late.",
        "bylines-TOTAL_FORMS": 1,
        "bylines-INITIAL_FORMS": 0,
        "bylines-0-author": make_author().pk,
        "bylines-0-role": "reporter",
        **changes,
    }


def test_who_may_do_what_in_the_library(as_, reporter, editor, moderator, lead, admin_person, stranger):
    photo = make_photo(by=reporter)
    others = make_photo(by=editor, content=picture(colour="red"))
    second = make_user("reporter2", Role.REPORTER)
    people = (reporter, second, editor, moderator, lead, admin_person, stranger)
    pages = {"list": LIST, "add": ADD, "theirs": change(photo), "other": change(others)}
    answers = {
        person.username: {name: as_(person).get(path).status_code for name, path in pages.items()} for person in people
    }
    seen, refused = {"list": 200, "add": 200, "theirs": 200, "other": 200}, dict.fromkeys(pages, 403)
    assert answers == {
        "reporter": seen,
        "reporter2": seen,
        "editor": seen,
        "moderator": refused,
        "lead": refused,
        "admin": refused,
        "stranger": dict.fromkeys(pages, 302),
    }
    writes = {
        (person.username, name): as_(person).post(path, photo_form(credit=person.username)).status_code
        for person in people
        for name, path in (("theirs", change(photo)), ("other", change(others)))
    }
    assert {key for key, status in writes.items() if status == 302} - {
        ("stranger", "theirs"),
        ("stranger", "other"),
    } == {
        ("reporter", "theirs"),
        ("editor", "theirs"),
        ("editor", "other"),
    }
    photo.refresh_from_db()
    others.refresh_from_db()
    assert (photo.credit, others.credit) == ("editor", "editor")


def test_nobody_deletes_a_photo(as_, editor, superuser):
    photo = make_photo(by=editor)
    for person in (editor, superuser):
        assert as_(person).post(f"/admin/articles/photo/{photo.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Photo.objects.count() == 1


def test_a_photo_is_sent_and_its_form_comes_prefilled(as_, reporter):
    tags = exif(ImageDescription="The bridge", Artist="Shilan", Copyright="(c) Shilan")
    browser = as_(reporter)
    answer = browser.post(ADD, words(file=upload(picture(exif=tags)), copyright="(c) The Maidan"), follow=True)
    photo = Photo.objects.get()
    assert answer.redirect_chain[-1][0] == change(photo)
    page = answer.content.decode()
    assert 'value="Shilan"' in page
    assert "The bridge</textarea>" in page
    assert (photo.credit, photo.copyright, photo.uploaded_by) == ("Shilan", "(c) The Maidan", reporter)
    assert 'name="focal_x"' in page
    assert "data-focal" in page


@pytest.mark.parametrize("file", [upload(SVG, "photo.jpg"), None])
def test_a_refused_photo_leaves_what_was_typed(as_, reporter, file):
    sent = words(credit="Typed <b>credit</b>", source_caption="Typed caption")
    page = as_(reporter).post(ADD, {**sent, **({"file": file} if file else {})}).content.decode()
    assert "Typed &lt;b&gt;credit&lt;/b&gt;" in page
    assert "Typed caption" in page
    assert ("whatever its name" if file else "Choose a photo.") in page
    assert Photo.objects.count() == 0


def test_a_file_sent_without_the_permission_is_not_even_opened(as_, moderator, monkeypatch):
    monkeypatch.setattr(photos, "take_in", lambda *args, **kwargs: pytest.fail("opened"))
    assert as_(moderator).post(ADD, words(file=upload())).status_code == 403


def test_a_known_photo_keeps_its_words_when_a_stranger_to_it_sends_it_again(as_, editor, reporter):
    photo = make_photo(by=editor, credit="Shilan Ali")
    as_(reporter).post(ADD, words(file=upload(), credit="Somebody else"))
    photo.refresh_from_db()
    assert (Photo.objects.count(), photo.credit) == (1, "Shilan Ali")


def test_a_moved_focal_point_makes_the_crops_due(as_, editor):
    photo = make_photo(by=editor)
    list(photos.make_renditions())
    assert as_(editor).post(change(photo), photo_form(focal_x="0.1")).status_code == 302
    assert {row.shape for row in photos.due(photo)} == {"card"}
    assert "less than or equal to 1" in as_(editor).post(change(photo), photo_form(focal_x="7")).content.decode()


def test_a_published_storys_photo_keeps_a_credit(as_, editor):
    photo = make_photo(by=editor)
    make_story(by=editor, **leading_with(photo))
    page = as_(editor).post(change(photo), photo_form(credit=" ")).content.decode()
    assert "keeps a credit" in page
    photo.refresh_from_db()
    assert photo.credit == "Shilan Ali"


def test_the_library_says_where_a_photo_is_used_and_that_its_rights_end(as_, editor):
    photo = make_photo(by=editor, rights_expire_on="2001-02-03")
    story = make_story(by=editor, headline="On the page", **leading_with(photo))
    other = make_story(by=editor, headline="Waiting behind")
    revisions.record(other, {**revisions.snapshot(other), **leading_with(photo)}, by=editor)
    page = as_(editor).get(change(photo)).content.decode()
    assert story.headline in page
    assert other.headline in page
    assert "expired on 2001-02-03" in page
    listed = as_(editor).get(LIST).content.decode()
    assert "1 story" in listed
    assert "expired on 2001-02-03" in listed


def test_the_library_costs_the_same_with_one_photo_and_with_forty(as_, editor):
    browser, counts = as_(editor), []
    for wanted in (1, 40):
        for number in range(len(counts), wanted):
            make_photo(by=editor, content=picture((60, 40), "PNG", colour=(number, 9, 9)))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(LIST).content.decode().count("photo-thumbnail") == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1]


# The story's form ----------------------------------------------------------------------------------------------------


def test_a_story_is_written_with_a_photo_sent_from_its_own_form(as_, reporter):
    tags = exif(ImageDescription="The bridge at noon", Artist="Shilan")
    form = story_form(lead_upload=upload(picture(exif=tags)), lead_alt="A bridge over a river")
    assert as_(reporter).post("/admin/articles/article/add/", form).status_code == 302
    story, photo = Article.objects.get(), Photo.objects.get()
    assert (story.lead_photo, story.lead_alt, story.lead_caption) == (
        photo, "A bridge over a river", "The bridge at noon",
    )  # fmt: skip
    assert story.revisions.get().content["lead_photo_id"] == photo.pk
    assert photo.credit == "Shilan"


def test_a_refused_photo_loses_no_text_of_the_story(as_, reporter):
    draft = make_draft(by=reporter)
    typed = {"headline": "Typed headline", "body": "Typed text.", "lead_caption": "Typed words"}
    form = story_form(lead_upload=upload(SVG), **typed)
    answer = as_(reporter).post(f"/admin/articles/article/{draft.pk}/change/", form)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "whatever its name" in page
    assert [text for text in typed.values() if text not in page] == []
    assert (draft.revisions.count(), Photo.objects.count()) == (1, 0)


def test_a_good_photo_is_kept_when_the_form_is_refused_for_something_else(as_, reporter):
    form = story_form(lead_upload=upload(), headline="x" * 300)
    page = as_(reporter).post("/admin/articles/article/add/", form).content.decode()
    photo = Photo.objects.get()
    assert Article.objects.count() == 0
    assert f'name="lead_photo" value="{photo.pk}"' in page


def test_a_photo_behind_a_live_story_waits_with_the_rest(as_, editor, reader):
    story = make_story(by=editor)
    photo = make_photo(by=editor)
    form = story_form(lead_photo=photo.pk, lead_alt="A bridge", seen_revision=1)
    assert as_(editor).post(f"/admin/articles/article/{story.pk}/change/", form).status_code == 302
    assert "lead-photo" not in reader.get(story.get_absolute_url()).content.decode()
    page = as_(editor).get(f"/admin/articles/article/{story.pk}/change/").content.decode()
    assert f'name="lead_photo" value="{photo.pk}"' in page
    assert "photo-shown" in page


def test_the_form_lists_what_the_photo_lacks(as_, editor):
    photo = make_photo(by=editor, credit="", rights_expire_on="2001-02-03")
    draft = make_draft(by=editor, **leading_with(photo, lead_alt=""))
    page = as_(editor).get(f"/admin/articles/article/{draft.pk}/change/").content.decode()
    assert "The lead photo has no alternative text." in page
    assert "The lead photo has no credit" in page
    assert "expired on 2001-02-03" in page


def test_the_library_counts_and_lists_stories_that_show_a_photo_in_their_text(as_, editor):
    photo = make_photo(by=editor)
    figure = f'<figure data-photo="{photo.pk}" data-alt="A"></figure>'
    make_story(by=editor, headline="In the text", body=figure)
    behind = make_story(by=editor, headline="Waiting in the text")
    revisions.record(behind, content(body=figure), by=editor)
    make_story(by=editor, headline="As its lead", **leading_with(photo))
    page = as_(editor).get(f"/admin/articles/photo/{photo.pk}/change/").text
    assert [headline in page for headline in ("In the text", "Waiting in the text", "As its lead")] == [True] * 3
    assert "2 stories" in as_(editor).get("/admin/articles/photo/").text
