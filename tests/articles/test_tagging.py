"""Renaming and merging tags: stories, addresses, waiting versions, search and pages follow, and nothing else does."""

import threading

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.urls import reverse

from articles import access, publishing, revisions, tagging
from articles.models import Article, FormerTag, Tag
from articles.pagekeys import tag_key
from newsroom import pages
from newsroom.roles import Role
from tests.factories import content, make_draft, make_section, make_story, make_user

pytestmark = pytest.mark.django_db

TAGS = "/admin/articles/tag/"


def tag_called(name: str, language: str = "en") -> Tag:
    return Tag.objects.get(name=name, language=language)


def tags_of(article: Article) -> list[str]:
    return [tag.name for tag in Article.objects.get(pk=article.pk).tags.all()]


def found(reader, words: str) -> list[int]:
    return [article.pk for article, *_ in reader.get("/en/search/", {"q": words}).context["results"]]


# One tag for every spelling -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "spellings"),
    [
        ("tr", ["Diyarbakır", "DİYARBAKIR", "diyarbakir", "DIYARBAKIR", "Dİyarbakır"]),
        ("tr", ["Işık", "IŞIK", "ışık", "isik", "İŞİK"]),
        ("ckb", ["کوردستان", "كوردستان", "کــوردستان", "كوردستان\u200c"]),
        ("ckb", ["هەولێر", "هه‌ولێر", "هەولير", "هةولير"]),
        ("ckb", ["یاری", "ياري", "يارى"]),
        ("ar", ["الحكومة", "الحُكُومَة", "الحکومه"]),
        ("ar", ["أربيل", "اربيل", "إربيل", "ٱربیل"]),
        ("ku", ["Şengal", "s\u0327engal", "ŞENGAL", "Sengal"]),
        ("en", ["Café", "Cafe\u0301", "CAFÉ", "ｃａｆé"]),
        ("en", ["ISIS 34", "isis ٣٤", "isis  ۳۴"]),
    ],
)
def test_case_unicode_form_and_keyboard_make_no_second_tag(language, spellings, as_, editor):
    for number, spelling in enumerate(spellings):
        make_draft(by=editor, language=language, slug=str(number), tags=[spelling])
    assert [(tag.name, tag.language) for tag in Tag.objects.all()] == [(spellings[0], language)]


# Renaming -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "old", "new", "old_slug", "new_slug"),
    [
        ("en", "Syrian army", "Syrian Arab Army", "syrian-army", "syrian-arab-army"),
        ("ar", "كرة القدم", "كرة السلة", "كرة-القدم", "كرة-السلة"),
        ("ckb", "هەولێر", "سلێمانی", "هەولێر", "سلێمانی"),
        ("tr", "Diyarbakır", "Amed", "diyarbakır", "amed"),
    ],
)
def test_a_renamed_tags_old_address_leads_to_the_new_one_in_pages_and_feeds(
    language, old, new, old_slug, new_slug, reader, editor
):
    make_story(by=editor, language=language, tags=[old])
    tagging.rename(tag_called(old, language), new)
    renamed = tag_called(new, language)
    assert renamed.slug == new_slug
    answer = reader.get(f"/{language}/tags/{old_slug}/")
    assert (answer.status_code, answer["Location"]) == (301, renamed.get_absolute_url())
    assert reader.get(answer["Location"]).status_code == 200
    for syntax in ("rss", "atom", "json"):
        answer = reader.get(f"/{language}/tags/{old_slug}/feed.{syntax}")
        assert (answer.status_code, answer["Location"]) == (301, f"{renamed.get_absolute_url()}feed.{syntax}")
        assert reader.get(answer["Location"]).status_code == 200


def test_a_former_address_answers_like_absent_while_no_public_story_carries_the_tag(reader, editor):
    make_draft(by=editor, tags=["Secret plan"])
    tagging.rename(tag_called("Secret plan"), "Known plan")
    for tail in ("", "feed.rss", "feed.atom", "feed.json"):
        assert reader.get(f"/en/tags/secret-plan/{tail}").status_code == 404


def test_renaming_back_and_forth_makes_no_circle(reader, editor):
    make_story(by=editor, tags=["war"])
    tag = tag_called("war")
    for name in ("conflict", "war", "conflict", "war"):
        tagging.rename(tag, name)
    assert reader.get("/en/tags/war/").status_code == 200
    assert reader.get("/en/tags/conflict/")["Location"] == "/en/tags/war/"
    assert FormerTag.objects.count() == 1


def test_a_new_spelling_keeps_the_tag_and_its_key(reader, editor):
    story = make_story(by=editor, tags=["syrian army"])
    tagging.rename(tag_called("syrian army"), "Syrian Army")
    assert tags_of(story) == ["Syrian Army"]
    assert reader.get("/en/tags/syrian-army/").status_code == 200
    assert FormerTag.objects.count() == 0


def test_typing_a_former_name_finds_the_tag(editor):
    make_draft(by=editor, tags=["Syrian army"])
    tagging.rename(tag_called("Syrian army"), "Syrian Arab Army")
    later = make_draft(by=editor, slug="later", tags=["SYRIAN ARMY", "Syrian Arab Army", "war"])
    assert tags_of(later) == ["Syrian Arab Army", "war"]
    assert Tag.objects.count() == 2


def test_a_new_tag_never_takes_a_former_address(editor, reader):
    make_story(by=editor, tags=["C"])
    tagging.rename(tag_called("C"), "Sea")
    make_story(by=editor, slug="other", tags=["C++"])
    assert tag_called("C++").slug == "c-2"
    assert reader.get("/en/tags/c/")["Location"] == "/en/tags/sea/"


@pytest.mark.parametrize("name", ["war", "WAR", "a, b", "a،b", "x" * 101, "", "   "])
def test_a_name_that_is_taken_or_no_name_is_refused_with_the_words_kept(name, as_, editor):
    make_draft(by=editor, tags=["war", "peace"])
    tag = tag_called("peace")
    response = as_(editor).post(f"{TAGS}{tag.pk}/change/", {"name": name, "translation_of": ""})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["name"]
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["peace", "war"]


def test_an_editor_renames_in_the_form(as_, editor, reporter):
    make_draft(by=editor, tags=["war"])
    page = f"{TAGS}{tag_called('war').pk}/change/"
    assert as_(reporter).post(page, {"name": "mine", "translation_of": ""}).status_code == 403
    assert as_(editor).post(page, {"name": "  the   war ", "translation_of": ""}).status_code == 302
    assert tag_called("the war").former.get().name == "war"
    assert "war" in as_(editor).get(page).text


# Merging --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def two_tags(editor) -> tuple[Tag, Tag]:
    """A tag and the one it is merged into, with a story of each, one of both, and one of neither."""
    make_story(by=editor, slug="a", headline="old only", tags=["x", "Daesh", "y"])
    make_story(by=editor, slug="b", headline="both", tags=["Daesh", "ISIS"])
    make_story(by=editor, slug="c", headline="new only", tags=["ISIS"])
    make_story(by=editor, slug="d", headline="neither", tags=["x"])
    return tag_called("Daesh"), tag_called("ISIS")


def test_a_merge_moves_every_story_once_and_leaves_the_rest(two_tags, reader):
    before = {story.headline: story.modified_at for story in Article.objects.all()}
    assert tagging.merge(*two_tags) == 2
    tags = {story.headline: tags_of(story) for story in Article.objects.all()}
    assert tags == {"old only": ["x", "ISIS", "y"], "both": ["ISIS"], "new only": ["ISIS"], "neither": ["x"]}
    assert {story.headline: story.modified_at for story in Article.objects.all()} == before
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["ISIS", "x", "y"]
    assert reader.get("/en/tags/daesh/")["Location"] == "/en/tags/isis/"
    assert reader.get("/en/tags/daesh/feed.rss")["Location"] == "/en/tags/isis/feed.rss"


def test_drafts_and_waiting_versions_that_name_the_merged_tag_get_the_other(two_tags, editor):
    live = Article.objects.get(headline="neither")
    revisions.record(live, content(headline="neither", tags=["Daesh", "x"]), by=editor)
    draft = make_draft(by=editor, slug="e", tags=["DAESH"])
    tagging.merge(*two_tags)
    assert tags_of(draft) == ["ISIS"]
    publishing.release(live, revisions.waiting(live), by=editor)
    assert tags_of(live) == ["ISIS", "x"]
    assert not Tag.objects.filter(name="Daesh").exists()


def test_merging_a_merged_tag_leads_all_the_way(two_tags, reader, editor):
    tagging.merge(*two_tags)
    make_story(by=editor, slug="f", tags=["Islamic State"])
    tagging.merge(tag_called("ISIS"), tag_called("Islamic State"))
    for old in ("daesh", "isis"):
        assert reader.get(f"/en/tags/{old}/")["Location"] == "/en/tags/islamic-state/"
    assert tags_of(make_draft(by=editor, slug="g", tags=["daesh"])) == ["Islamic State"]


def test_search_and_stored_pages_follow_a_merge(two_tags, reader):
    assert len(found(reader, "daesh")) == 2
    before = pages.newest_change()
    tagging.merge(*two_tags)
    assert found(reader, "daesh") == []
    assert len(found(reader, "isis")) == 3
    keys = {change.key for change in pages.changed_since(before)}
    assert {tag_key(two_tags[0].pk), tag_key(two_tags[1].pk)} <= keys
    assert "ISIS" in reader.get(Article.objects.get(headline="old only").get_absolute_url()).text


def test_a_large_merge_is_indexed_step_by_step_and_again_after_a_stop(two_tags, reader, monkeypatch, editor):
    monkeypatch.setattr(tagging, "AT_ONCE", 1)
    make_story(by=editor, slug="h", tags=["Daesh"])
    tagging.merge(*two_tags)
    assert len(found(reader, "daesh")) == 2
    waiting = FormerTag.objects.filter(reindexed_to__isnull=False)
    assert waiting.count() == 1
    assert tagging.finish_reindexing() > 1
    assert (waiting.count(), found(reader, "daesh"), len(found(reader, "isis"))) == (0, [], 4)
    assert tagging.finish_reindexing() == 0


def test_tags_of_two_languages_or_one_tag_with_itself_are_not_merged(editor):
    make_draft(by=editor, tags=["war"])
    make_draft(by=editor, language="tr", slug="tr", tags=["war"])
    english, turkish = tag_called("war"), tag_called("war", "tr")
    for pair in ((english, turkish), (english, english)):
        with pytest.raises(tagging.TaggingError):
            tagging.merge(*pair)
    assert Tag.objects.count() == 2


def test_a_merge_that_fails_half_way_changes_nothing(two_tags, monkeypatch, reader):
    def broken(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(tagging, "_remember", broken)
    with pytest.raises(RuntimeError):
        tagging.merge(*two_tags)
    assert tags_of(Article.objects.get(headline="old only")) == ["x", "Daesh", "y"]
    assert reader.get("/en/tags/daesh/").status_code == 200


def test_the_confirmation_says_how_many_stories_and_the_log_who_did_it(two_tags, as_, editor):
    old, new = two_tags
    page = f"{TAGS}{old.pk}/merge/"
    browser = as_(editor)
    assert "data-tag-names" in browser.get(page).text
    asked = browser.get(page, {"into": "isis"})
    assert asked.context["counts"] == {"tag": "2", "into": "2", "both": "1"}
    assert Tag.objects.filter(pk=old.pk).exists()
    done = browser.post(page, {"into": "isis"})
    assert (done.status_code, done["Location"]) == (302, f"{TAGS}{new.pk}/change/")
    entries = LogEntry.objects.filter(user=editor).order_by("pk")
    assert [(entry.object_repr, entry.action_flag) for entry in entries] == [("Daesh", 3), ("ISIS", 2)]
    assert "Merged “Daesh” into “ISIS”; stories: 2." in entries[1].get_change_message()


@pytest.mark.parametrize("typed", ["nobody", "Daesh", "", "\x00", "x" * 200, "<script>alert(1)</script>"])
def test_a_target_that_is_none_is_refused_beside_its_field(typed, two_tags, as_, editor):
    page = f"{TAGS}{two_tags[0].pk}/merge/"
    for send in (as_(editor).get, as_(editor).post):
        response = send(page, {"into": typed})
        assert response.status_code == 400
        assert response.context["form"].errors["into"]
        assert "<script>alert(1)" not in response.text
    assert Tag.objects.filter(name="Daesh").exists()


def test_reporters_and_editors_of_some_sections_merge_and_rename_nothing(two_tags, as_, reporter, editor):
    limited = make_user("limited", Role.EDITOR)
    access.limit(limited, [make_section()])
    old, _new = two_tags
    for person in (reporter, limited):
        browser = as_(person)
        assert browser.get(f"{TAGS}{old.pk}/merge/?into=isis").status_code == 403
        assert browser.post(f"{TAGS}{old.pk}/merge/", {"into": "isis"}).status_code == 403
        assert browser.post(f"{TAGS}{old.pk}/change/", {"name": "mine"}).status_code == 403
    assert Tag.objects.filter(name="Daesh").exists()


def test_translated_tags_follow_a_merge(editor):
    make_draft(by=editor, tags=["Daesh", "ISIS"])
    make_draft(by=editor, language="tr", slug="tr", tags=["DEAŞ", "IŞİD"])
    make_draft(by=editor, language="ar", slug="ar", tags=["داعش"])
    old, new = tag_called("Daesh"), tag_called("ISIS")
    Tag.objects.filter(name__in=["DEAŞ", "داعش"]).update(translation_of=old)
    Tag.objects.filter(name="IŞİD").update(translation_of=new)
    tagging.merge(old, new)
    assert {tag.name: tag.translation_of for tag in Tag.objects.exclude(language="en")} == {
        "DEAŞ": None,
        "IŞİD": new,
        "داعش": new,
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql")
def test_a_story_saved_while_its_tag_is_merged_gets_the_other_tag(editor):
    make_draft(by=editor, tags=["Daesh", "ISIS"])
    draft = make_draft(by=editor, slug="second", tags=[])
    merging, errors = threading.Event(), []

    def save() -> None:
        try:
            merging.wait(5)
            revisions.record(draft, content(tags=["Daesh"]), by=editor)
        except Exception as error:  # shown by the assertion below
            errors.append(error)
        finally:
            connection.close()

    saver = threading.Thread(target=save)
    saver.start()
    with transaction.atomic():
        tagging.merge(tag_called("Daesh"), tag_called("ISIS"))
        merging.set()
        saver.join(0.5)  # it waits for the locked tags
    saver.join(10)
    assert (errors, tags_of(draft)) == ([], ["ISIS"])


# Suggestions ----------------------------------------------------------------------------------------------------------
def suggested(browser, term: str, language: str = "en") -> list[str]:
    response = browser.get(f"{TAGS}suggest/", {"language": language, "term": term})
    assert response.status_code == 200
    return response.json()["tags"]


def test_suggestions_begin_as_typed_then_hold_a_word_that_does(as_, reporter):
    make_draft(by=reporter, tags=["Syrian army", "Army chief", "Armenia", "farmers"])
    make_draft(by=reporter, language="ckb", slug="ckb", tags=["کوردستان", "سوپای سووریا"])
    browser = as_(reporter)
    assert suggested(browser, "arm") == ["Armenia", "Army chief", "Syrian army"]
    assert suggested(browser, "ARMY C") == ["Army chief"]
    assert suggested(browser, "كورد", "ckb") == ["کوردستان"]
    assert suggested(browser, "سووری", "ckb") == ["سوپای سووریا"]
    for term, language in (("", "en"), ("\x00", "en"), ("%", "en"), ("_", "en"), ("arm", "fr"), ("x" * 5000, "en")):
        assert suggested(browser, term, language) == []


def test_suggestions_are_few_and_cost_the_same_with_many(as_, reporter, django_assert_num_queries):
    browser = as_(reporter)
    browser.get(f"{TAGS}suggest/")
    for count in (1, 40):
        Tag.objects.named([f"arm {number}" for number in range(count)], language="en")
        with django_assert_num_queries(QUERIES[count]):
            assert len(suggested(browser, "arm")) == min(count, tagging.SUGGESTIONS)


QUERIES = {1: 7, 40: 6}  # ten beginnings, and nobody looks for later words


def test_suggestions_are_for_those_who_may_see_tags(as_, moderator, admin_person, reader, reporter):
    for person in (moderator, admin_person):
        assert as_(person).get(f"{TAGS}suggest/?language=en&term=a").status_code == 403
    assert reader.get(f"{TAGS}suggest/?language=en&term=a").status_code == 302
    assert as_(reporter).post(f"{TAGS}suggest/").status_code == 405


def test_somebody_limited_is_told_no_tag_of_hidden_stories(as_, editor):
    sport = make_section("Sport", "sport")
    make_draft(by=editor, section_id=sport.pk, slug="a", tags=["secret signing"])
    make_story(by=editor, slug="b", tags=["second division"])
    limited = make_user("limited", Role.REPORTER)
    access.limit(limited, [make_section()])
    assert suggested(as_(limited), "sec") == ["second division"]
    assert suggested(as_(editor), "sec") == ["second division", "secret signing"]
    assert "secret signing" not in as_(limited).get(TAGS).text
    url = reverse("admin:autocomplete")
    field = {"app_label": "articles", "model_name": "tag", "field_name": "translation_of", "term": "secret"}
    assert "secret" not in as_(limited).get(url, field).text
    assert "secret" in as_(editor).get(url, field).text


def test_the_list_of_tags_says_how_many_stories_of_those_one_may_see(as_, editor):
    sport = make_section("Sport", "sport")
    make_story(by=editor, section_id=sport.pk, slug="a", tags=["war"])
    make_story(by=editor, slug="b", tags=["war"])
    limited = make_user("limited", Role.REPORTER)
    access.limit(limited, [sport])
    shown = [[tag.story_count for tag in as_(who).get(TAGS).context["cl"].result_list] for who in (editor, limited)]
    assert shown == [["2"], ["1"]]


def test_the_story_form_suggests_and_is_a_plain_field_without_a_script(as_, editor):
    page = as_(editor).get("/admin/articles/article/add/").text
    assert 'data-tag-names="/admin/articles/tag/suggest/"' in page
    assert '<input type="text" name="tags"' in page
    draft = make_draft(by=editor, language="ckb")
    assert 'data-language="ckb"' in as_(editor).get(f"/admin/articles/article/{draft.pk}/change/").text
