import pytest

from articles.models import Article, Tag
from articles.tags import split_tags, tag_slug
from tests.factories import make_draft


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("ISIS, war, Aleppo, Syrian army", ["ISIS", "war", "Aleppo", "Syrian army"]),
        ("Kurdistan Region", ["Kurdistan Region"]),
        ("هەولێر، کوردستان؛ نەوت", ["هەولێر", "کوردستان", "نەوت"]),
        ("a;b\nc", ["a", "b", "c"]),
        ("  spaced   out ,, twice, twice", ["spaced out", "twice"]),
        ('"quoted words"', ['"quoted words"']),
        ("", []),
    ],
)
def test_only_commas_semicolons_and_lines_separate_tags(typed, names):
    assert split_tags(typed) == names


@pytest.mark.django_db
@pytest.mark.parametrize("spellings", [("Şırnak", "ŞIRNAK", "şırnak"), ("كوردستان", "کوردستان"), ("Zürich", "zurich")])
def test_spellings_of_one_name_are_one_tag_as_first_typed(spellings):
    found = [Tag.objects.named([name], language="ku")[0] for name in spellings]
    assert [tag.name for tag in found] == [spellings[0]] * len(spellings)
    assert Tag.objects.count() == 1


@pytest.mark.django_db
def test_the_same_word_in_two_languages_is_two_tags(reporter):
    make_draft(by=reporter, language="en", tags=["Kurdistan"])
    make_draft(by=reporter, language="ku", tags=["Kurdistan"])
    assert sorted(Tag.objects.values_list("language", "slug")) == [("en", "kurdistan"), ("ku", "kurdistan")]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["🎉", "!!!", "هەولێر", "C++", "中文 标签", "syrian army"])
def test_a_slug_is_never_empty(name):
    assert tag_slug(name)


@pytest.mark.django_db
def test_tags_that_share_a_slug_get_one_each():
    tags = Tag.objects.named(["C", "C++", "C#"], language="en")
    assert len({tag.slug for tag in tags}) == 3


@pytest.mark.django_db
def test_tags_keep_the_order_they_were_typed_in(reporter):
    draft = make_draft(by=reporter, tags=["ISIS", "war", "Aleppo", "Syrian army"])
    assert [tag.name for tag in draft.tags.all()] == ["ISIS", "war", "Aleppo", "Syrian army"]


@pytest.mark.django_db
def test_tags_keep_their_order_when_prefetched_too(reporter):
    names = ["zeta", "alpha", "Syrian army", "beta"]
    draft = make_draft(by=reporter, tags=names)
    prefetched = Article.objects.with_everything_shown().get(pk=draft.pk)
    assert [tag.name for tag in prefetched.tags.all()] == names


@pytest.mark.django_db
def test_tags_typed_in_another_order_are_shown_in_that_order(reporter):
    draft = make_draft(by=reporter, tags=["ISIS", "war", "Aleppo"])
    draft.tags.set(["Aleppo", "new", "ISIS"])
    assert [tag.name for tag in Article.objects.get(pk=draft.pk).tags.all()] == ["Aleppo", "new", "ISIS"]
