import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management.sql import emit_post_migrate_signal

from newsroom.models import User
from newsroom.roles import JOURNALISTS, MODERATORS, PERMISSIONS, Role, create_groups
from tests.factories import make_user

pytestmark = pytest.mark.django_db
READ_HOUSE = {f"articles.view_{model}" for model in ("section", "place", "author", "tag", "photo")}
READ_COMMENTS = {
    "comments.answer_comment",
    "comments.view_comment",
    "comments.view_guidelineedition",
    "moderation.view_decision",
}
EXPECTED = {
    "Reporter": {
        *READ_HOUSE,
        "comments.answer_comment",
        "articles.add_author",
        "articles.add_photo",
        "articles.change_own_photo",
        "articles.view_article",
        "articles.add_article",
        "articles.change_own_article",
        "articles.submit_article",
    },
    "Editor": {
        *READ_HOUSE,
        "comments.answer_comment",
        "articles.add_section",
        "articles.change_section",
        "articles.add_place",
        "articles.change_place",
        "articles.add_author",
        "articles.change_author",
        "articles.add_photo",
        "articles.change_photo",
        "articles.change_tag",
        "articles.view_article",
        "articles.add_article",
        "articles.change_article",
        "articles.submit_article",
        "articles.publish_article",
        "articles.embargo_article",
        *(f"articles.{verb}_frontslot" for verb in ("view", "add", "change")),
        *(f"articles.{verb}_breakingbanner" for verb in ("view", "add", "change")),
        "articles.view_correction",
        "articles.add_correction",
    },
    "Moderator": {*READ_COMMENTS, "moderation.decide_comment"},
    "Moderation lead": {
        *READ_COMMENTS,
        "comments.erase_comment",
        "comments.view_commentpolicy",
        "comments.add_commentpolicy",
        "comments.change_commentpolicy",
        "comments.view_senderblock",
        "moderation.view_termlist",
        "moderation.add_termlist",
        "moderation.change_termlist",
        "moderation.view_term",
        "moderation.add_term",
        "moderation.change_term",
        "moderation.view_termchange",
        "moderation.decide_comment",
        "moderation.decide_unlawful",
    },
    "Admin": {
        "comments.view_comment",
        "comments.erase_comment",
        "newsroom.view_user",
        "newsroom.add_user",
        "newsroom.change_user",
        "auth.view_group",
    },
}


def groups() -> dict[str, set[str]]:
    return {
        group.name: {
            f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.select_related("content_type")
        }
        for group in Group.objects.all()
    }


def test_migrating_made_the_five_groups_with_exactly_their_permissions():
    assert groups() == EXPECTED


def test_migrating_again_takes_away_what_was_added_and_gives_back_what_was_taken():
    everything = Permission.objects.all()
    Group.objects.get(name="Reporter").permissions.set(everything)
    Group.objects.get(name="Moderator").permissions.clear()
    Group.objects.get(name="Admin").delete()
    assert groups() != EXPECTED

    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert groups() == EXPECTED


def test_a_group_the_house_does_not_know_is_left_alone():
    Group.objects.create(name="Interns")
    create_groups()
    assert groups() == EXPECTED | {"Interns": set()}


def test_no_role_deletes_anything():
    assert [label for labels in PERMISSIONS.values() for label in labels if ".delete_" in label] == []


def test_no_role_both_writes_stories_and_decides_comments():
    assert set(JOURNALISTS) & set(MODERATORS) == set()
    of_journalists = {label for role in JOURNALISTS for label in PERMISSIONS[role]}
    of_moderators = {label for role in MODERATORS for label in PERMISSIONS[role]}
    assert of_journalists & of_moderators == {"comments.answer_comment"}  # in public, and read by another moderator
    assert {label.split(".")[0] for label in of_moderators} == {"comments", "moderation"}
    assert {label for label in of_journalists if not label.startswith("articles.")} == {"comments.answer_comment"}


def test_a_person_may_hold_several_roles():
    both = make_user("both", Role.EDITOR, Role.MODERATOR)
    assert both.roles == {Role.EDITOR, Role.MODERATOR}
    assert both.is_(Role.MODERATOR, Role.ADMIN)
    assert not both.is_(Role.ADMIN)


def test_a_superuser_holds_only_the_roles_given():
    assert make_user("root", is_superuser=True).roles == frozenset()
    assert make_user("root-lead", Role.MODERATION_LEAD, is_superuser=True).roles == {Role.MODERATION_LEAD}


def test_somebody_deactivated_or_unsaved_holds_no_role():
    gone = make_user("gone", Role.EDITOR)
    gone.is_active = False
    gone.save()
    assert User.objects.get(pk=gone.pk).roles == frozenset()
    assert User(username="nobody").roles == frozenset()


def test_other_groups_are_no_roles():
    person = make_user("intern")
    person.groups.add(Group.objects.create(name="Interns"))
    assert person.roles == frozenset()
