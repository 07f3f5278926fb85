"""A time that the house's clock has twice or not at all is refused with an explanation, wherever a time is typed."""

import datetime
from collections.abc import Iterator

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from django.utils import timezone

from articles import publishing
from articles.models import Article
from newsroom.local_time import LocalTimeField, SplitLocalTimeField
from tests.factories import make_draft

TWICE = "2030-10-27T02:30"
SKIPPED = "2030-03-31T02:30"


@pytest.fixture(autouse=True)
def _berlin(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    timezone.get_default_timezone.cache_clear()
    yield
    timezone.get_default_timezone.cache_clear()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "2030-10-27 02:30",
            "The clocks are set back that night, so 02:30 comes twice (Europe/Berlin). "
            "Choose a time before 02:00 or from 03:00 on.",
        ),
        (
            "2030-03-31 02:00",
            "The clocks are set forward that night and skip 02:00 (Europe/Berlin). "
            "Choose a time before 02:00 or from 03:00 on.",
        ),
    ],
)
def test_an_odd_time_is_explained(typed, said):
    for field, value in ((LocalTimeField(), typed), (SplitLocalTimeField(), typed.split())):
        with pytest.raises(ValidationError) as refused:
            field.clean(value)
        assert refused.value.messages == [said]


@pytest.mark.parametrize(
    ("typed", "hour"),
    [("2030-10-27 01:59", 23), ("2030-10-27 03:00", 2), ("2030-03-31 01:59", 0), ("2030-03-31 03:00", 1)],
)
def test_the_times_beside_it_are_taken(typed, hour):
    taken = LocalTimeField().clean(typed).astimezone(datetime.UTC)
    assert (taken.hour, SplitLocalTimeField().clean(typed.split())) == (hour, taken)


@pytest.mark.parametrize("typed", ["", "nonsense", "2030-13-01 02:00"])
def test_other_mistakes_are_said_as_ever(typed):
    with pytest.raises(ValidationError) as refused:
        LocalTimeField().clean(typed)
    assert "clocks" not in refused.value.messages[0]


@pytest.mark.parametrize("typed", ["0001-01-01 00:00", "1999-12-31 23:59", "9999-12-31 23:59"])
def test_a_time_of_another_age_is_refused(typed):
    for field, value in ((LocalTimeField(), typed), (SplitLocalTimeField(), typed.split())):
        with pytest.raises(ValidationError) as refused:
            field.clean(value)
        assert refused.value.messages == ["Choose a time of this century."]


@pytest.mark.parametrize("verb", ["schedule", "set_embargo"])
@pytest.mark.parametrize("typed", [TWICE, SKIPPED])
def test_a_step_keeps_what_was_typed_and_takes_nothing(as_, editor, verb, typed):
    story = make_draft(by=editor)
    address = f"/admin/articles/article/{story.pk}/step/{verb}/"
    answer = as_(editor).post(address, {"time": typed, "note": "Kept words"})
    assert answer.status_code == 400
    assert "The clocks are set" in answer.text and "Europe/Berlin" in answer.text
    assert (answer.context["form"]["time"].value(), answer.context["form"]["note"].value()) == (typed, "Kept words")
    assert (Article.objects.get().status, Article.objects.get().embargo_until) == ("draft", None)
    assert publishing.possible_steps(editor, story)


# Every other path -----------------------------------------------------------------------------------------------------
def all_forms(base: type = forms.BaseForm) -> Iterator[type]:
    for form in base.__subclasses__():
        yield form
        yield from all_forms(form)


def mute(fields: dict[str, forms.Field]) -> list[str]:
    """The fields for a time that refuse an odd one without saying why."""
    return [name for name, field in fields.items() if "may be ambiguous" in said_of_an_odd_time(field)]


def said_of_an_odd_time(field: forms.Field) -> str:
    typed = TWICE.replace("T", " ")
    if not isinstance(field, (forms.DateTimeField, forms.SplitDateTimeField)):
        return ""
    with pytest.raises(ValidationError) as refused:
        field.clean(typed.split() if isinstance(field, forms.SplitDateTimeField) else typed)
    return refused.value.messages[0]


def is_ours(form: type) -> bool:
    return form.__module__.split(".")[0] in ("articles", "comments", "moderation", "newsroom")


def test_every_form_of_ours_explains(db):
    assert get_resolver().url_patterns  # every view is imported, and its forms with it
    ours = [form for form in all_forms() if is_ours(form)]
    assert {form.__qualname__: mute(form.base_fields) for form in ours if mute(form.base_fields)} == {}
    assert len(ours) > 10


def test_every_form_of_the_back_office_explains(superuser, rf):
    request = rf.get("/admin/")
    request.user = superuser
    found = {}
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label in ("articles", "comments", "moderation"):
            form = model_admin.get_form(request, None, fields=None) if model_admin.has_add_permission(request) else None
            if form and mute(form.base_fields):
                found[model.__name__] = mute(form.base_fields)
    assert found == {}


def test_a_form_that_does_not_explain_is_caught():
    class Silent(forms.Form):
        at = forms.DateTimeField()
        until = LocalTimeField()

    assert mute(Silent.base_fields) == ["at"]
