"""Who may do what: the five roles, in one table. ``docs/architecture.md`` says what each is for. A leaf.

The groups are made after every migration. A person may hold several. Being a superuser opens the admin but is not a
role: deciding comments asks for the role itself.
"""

from enum import StrEnum


class Role(StrEnum):
    """A role's value is its group's name."""

    REPORTER = "Reporter"
    EDITOR = "Editor"
    MODERATOR = "Moderator"
    MODERATION_LEAD = "Moderation lead"
    ADMIN = "Admin"


def _all(app: str, model: str, *verbs: str) -> list[str]:
    return [f"{app}.{verb}_{model}" for verb in verbs or ("view", "add", "change")]


_READ_HOUSE = [f"articles.view_{model}" for model in ("section", "place", "author", "tag", "photo")]
_READ_COMMENTS = [
    "comments.answer_comment",
    "comments.view_comment",
    "comments.view_guidelineedition",
    "moderation.view_decision",
]

# Nothing in this table deletes: what was published or decided is withdrawn, spiked or deactivated instead.
PERMISSIONS: dict[Role, list[str]] = {
    Role.REPORTER: [
        *_READ_HOUSE,
        "comments.answer_comment",
        "articles.add_author",
        "articles.add_photo",
        "articles.change_own_photo",
        "articles.view_article",
        "articles.add_article",
        "articles.change_own_article",
        "articles.submit_article",
    ],
    Role.EDITOR: [
        "comments.answer_comment",
        *_all("articles", "section"),
        *_all("articles", "place"),
        *_all("articles", "author"),
        *_all("articles", "tag", "view", "change"),
        *_all("articles", "photo"),
        *_all("articles", "article"),
        *_all("articles", "frontslot"),
        *_all("articles", "breakingbanner"),
        *_all("articles", "correction", "view", "add"),
        "articles.submit_article",
        "articles.publish_article",
        "articles.embargo_article",
    ],
    Role.MODERATOR: [*_READ_COMMENTS, "moderation.decide_comment"],
    Role.MODERATION_LEAD: [
        *_READ_COMMENTS,
        "comments.erase_comment",
        "moderation.decide_comment",
        "moderation.decide_unlawful",
        *_all("comments", "commentpolicy"),
        *_all("moderation", "termlist"),
        *_all("moderation", "term"),
        "moderation.view_termchange",
        "comments.view_senderblock",
    ],
    Role.ADMIN: [
        "comments.view_comment",
        "comments.erase_comment",
        *_all("newsroom", "user"),
        "auth.view_group",
    ],
}

# Roles whose holders work on stories, and roles whose holders decide comments: no role is in both.
JOURNALISTS = (Role.REPORTER, Role.EDITOR)
MODERATORS = (Role.MODERATOR, Role.MODERATION_LEAD)


def create_groups(**signal) -> None:
    """Make the five groups and give each exactly its permissions. A ``post_migrate`` receiver; may run again."""
    from django.apps import apps
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    using = signal.get("using", "default")
    for app in apps.get_app_configs():
        create_permissions(app, verbosity=0, using=using)
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for role, wanted in PERMISSIONS.items():
        group, _ = Group.objects.using(using).get_or_create(name=role.value)
        group.permissions.set([known[label] for label in wanted])
