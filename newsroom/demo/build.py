"""The demo newsroom, built through the real verbs, so that nothing in it can lie. May be run again."""

import datetime
import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone

from articles import front, most_read, photos, publishing, revisions
from articles.models import Article, Author, BreakingBanner, Correction, FrontSlot, Place, Section
from comments import posting, stamps
from comments.models import Comment
from comments.senders import Sender, staff_sender
from moderation.decisions import decide
from moderation.models import Verdict
from newsroom.demo import accountability, pictures
from newsroom.models import User
from newsroom.roles import Role
from newsroom.settings import kept_secret

HERE = Path(__file__).parent
ACCOUNTS: dict[str, tuple[str, tuple[Role, ...]]] = {
    "reporter": ("Dana Reporter", (Role.REPORTER,)),
    "editor": ("Nergiz Editor", (Role.EDITOR,)),
    "moderator": ("Hemin Moderator", (Role.MODERATOR,)),
    "moderator2": ("Lena Moderator", (Role.MODERATOR,)),
    "lead": ("Rojda Lead", (Role.MODERATION_LEAD,)),
    "admin": ("Ali Admin", (Role.ADMIN,)),
}
# Stories older than this have their comments dated as if they were published then, so that no wait lasts years.
OLDEST_TALK = datetime.timedelta(hours=60)


class Demo:
    """Builds what is missing of the demo newsroom; ``now`` is one moment for the whole of it."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.password, self.password_is_new = demo_password()
        self.stories: dict[str, Article] = {}
        self.comments: dict[str, Comment] = {}
        self.leads: dict[str, dict[str, Any]] = {}  # the lead photo of a story's content, by the story's key

    def build(self) -> Iterator[str]:
        """Build everything, yielding what was made as one line of words each."""
        yield f"{self.accounts()} accounts"
        yield f"{self.house_tables()} sections, places and authors"
        yield f"{self.photo_library()} photos"
        told = story_files()
        for number, story in enumerate(told, 1):
            self.story(story)
            yield f"story {number} of {len(told)}: {story['headline']}"
        yield f"{self.curation()} corrections, front page slots and banners"
        yield f"{self.talk()} comments"
        yield f"{accountability.tell(self, load(accountability.FILE))} appeals, reports and what they are about"
        yield f"{len(list(photos.make_renditions()))} sizes of photos"

    def accounts(self) -> int:
        made = 0
        for username, (full_name, roles) in ACCOUNTS.items():
            first, last = full_name.split()
            user, created = User.objects.get_or_create(
                username=username,
                defaults={"first_name": first, "last_name": last, "is_staff": True, "email": ""},
            )
            if created:
                user.set_password(self.password)
                user.save()
                user.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
                made += 1
        return made

    def house_tables(self) -> int:
        house = load(HERE / "house.toml")
        rows = [
            *(_named(Section, row, position=position) for position, row in enumerate(house["section"])),
            *(_named(Place, row, stands_alone=row.get("stands_alone", False)) for row in house["place"]),
            *(_named(Author, row, kind=row["kind"]) for row in house["author"]),
        ]
        return sum(rows)

    def photo_library(self) -> int:
        """Send our drawings to the library, and note which story leads with which."""
        told, made = load(HERE / "photos.toml")["photo"], 0
        for row in told:
            photo, is_new = photos.take_in(pictures.upload(row["picture"]), by=self._user("reporter"))
            made += is_new
            if is_new and "focal_point" in row:
                photos.set_focal_point(photo, *row["focal_point"])
            for key, words in row["stories"].items():
                self.leads[key] = {
                    "lead_photo_id": photo.pk,
                    "lead_alt": words["alt"],
                    "lead_caption": words["caption"],
                }
        return made

    def story(self, told: dict[str, Any]) -> None:
        """Write, submit and publish one story as its file says, unless it is there already."""
        there = Article.objects.filter(language=told["language"], slug=told["slug"]).first()
        self.stories[told["key"]] = there or self._write(told)
        if there is None:
            self._bring_to_state(self.stories[told["key"]], told)

    def _write(self, told: dict[str, Any]) -> Article:
        original = self.stories.get(told.get("translation_of", ""))
        article = Article.objects.create(
            language=told["language"], translation_of=original, created_by=self._user("reporter"), slug=told["slug"]
        )
        plain = {name: told[name] for name in ("headline", "standfirst", "slug", "body", "tags")}
        content = {
            **plain,
            **self.leads.get(told["key"], {}),
            "byline_note": told.get("byline_note", ""),
            "section_id": self._id_of(Section, told["section"]),
            "place_id": self._id_of(Place, told["place"]),
            "bylines": [
                {"author": self._id_of(Author, line["author"]), "role": line["role"]} for line in told["bylines"]
            ],
        }
        revisions.record(article, content, by=self._user("reporter"))
        return article

    def _bring_to_state(self, article: Article, told: dict[str, Any]) -> None:
        state, editor = told.get("state", "published"), self._user("editor")
        if state == "draft":
            return
        publishing.submit(article, by=self._user("reporter"))
        if state in ("published", "withdrawn"):
            publishing.publish(article, by=editor, at=self._published_at(told))
        if state == "withdrawn":
            publishing.withdraw(article, by=editor, reason=told["withdrawal_reason"])
        ahead = self.now + datetime.timedelta(hours=told.get("hours_ahead", 0))
        if state == "scheduled":
            publishing.schedule(article, by=editor, publish_at=ahead)
        if state == "embargoed":
            publishing.set_embargo(article, by=editor, until=ahead)
            publishing.schedule(article, by=editor, publish_at=ahead)

    def _published_at(self, told: dict[str, Any]) -> datetime.datetime:
        return told.get("published_at") or self.now - datetime.timedelta(hours=told["hours_ago"])

    def curation(self) -> int:
        """Correct stories, fill the front page's slots, announce, and count readers, unless that was done."""
        if Correction.objects.exists():
            return 0
        told, editor = load(HERE / "front.toml"), self._user("editor")
        for row in told["correction"]:
            story = self.stories[row["story"]]
            at = story.first_published_at + datetime.timedelta(hours=row["hours_after"])
            publishing.correct(story, line=row["text"], kind=row["kind"], by=editor, at=min(at, self.now))
        for row in told["slot"]:
            words = {"position": row["position"], "headline": row.get("headline", "")}
            front.put_in_slot(FrontSlot(article=self.stories[row["story"]], **words, **self._span(row, by=editor)))
        for row in told["banner"]:
            words = {"language": row["language"], "text": row["text"], "article": self.stories.get(row.get("story"))}
            front.announce(BreakingBanner(**words, **self._span(row, by=editor)))
        most_read.add({self.stories[key].pk: count for key, count in told["reads"].items()})
        most_read.take_snapshot()
        return len(told["correction"]) + len(told["slot"]) + len(told["banner"])

    def _span(self, row: dict[str, Any], *, by: User) -> dict[str, Any]:
        begins_at, ends_at = (self.now + datetime.timedelta(hours=hours) for hours in row["hours"])
        return {"begins_at": begins_at, "ends_at": ends_at, "created_by": by}

    def talk(self) -> int:
        """Post and decide the comments, unless there are any."""
        if Comment.objects.exists():
            return 0
        told = load(HERE / "comments.toml")["comment"]
        for number, remark in enumerate(told):
            self.comments[remark.get("key", str(number))] = self.post_and_decide(number, remark)
        for remark in told:  # last, so that replies stand below what was removed
            if remark["state"] == "removed":
                self._remove(self.comments[remark["key"]], remark)
        return len(told)

    def post_and_decide(self, number: int, remark: dict[str, Any]) -> Comment:
        """Bring one comment of the demo to the state it has there."""
        comment = self._post(number, remark)
        self._decide(number, comment, remark)
        return comment

    def person(self, username: str) -> User:
        return self._user(username)

    def _post(self, number: int, remark: dict[str, Any]) -> Comment:
        article = self.stories[remark["story"]]
        begin = max(article.first_published_at, self.now - OLDEST_TALK)
        at = min(begin + datetime.timedelta(hours=remark["hours_after"]), self.now - datetime.timedelta(minutes=3))
        staff = self._user(remark["staff"]) if "staff" in remark else None
        posted = posting.post_comment(
            article,
            name=str(staff) if staff else remark["name"],
            body=remark["body"].strip("\n"),
            stamp=stamps.stamp(article.pk),
            sender=staff_sender(staff) if staff else Sender(f"192.0.2.{number}", cookie="", user_agent="demo"),
            staff=staff,
            parent=self.comments.get(remark.get("reply_to", "")),
            at=at,
        )
        return posted.comment

    def _decide(self, number: int, comment: Comment, remark: dict[str, Any]) -> None:
        """Approve or reject the comment, or let it wait; the two moderators take turns. A removal comes later."""
        moderator = self._user(("moderator", "moderator2")[number % 2])
        first = {"approved": Verdict.APPROVED, "removed": Verdict.APPROVED, "rejected": Verdict.REJECTED}
        if remark["state"] == "pending":
            return
        verdict = first[remark["state"]]
        reasons = _why(remark) if verdict == Verdict.REJECTED else {}
        decide(comment, verdict, moderator=moderator, seen_version=0, **reasons)

    def _remove(self, comment: Comment, remark: dict[str, Any]) -> None:
        decide(comment, Verdict.REMOVED, moderator=self._user("lead"), seen_version=1, **_why(remark))

    @cached_property
    def _house(self) -> dict[str, Any]:
        return load(HERE / "house.toml")

    def _id_of(self, model, key: str) -> int:
        table = model._meta.model_name
        name_field = "city" if model is Place else "slug"
        row = next(row for row in self._house[table] if key in (row.get("key"), row.get("slug_key")))
        return model.objects.get(names__language="en", **{f"names__{name_field}": row["names"]["en"][name_field]}).pk

    def _user(self, username: str) -> User:
        return User.objects.get(username=username)


def _why(remark: dict[str, Any]) -> dict[str, Any]:
    return {"guidelines": remark.get("guidelines", ()), "note": remark.get("note", "")}


def story_files() -> list[dict[str, Any]]:
    """Every story's file, originals before their translations."""
    told = [load(path) for path in sorted((HERE / "stories").glob("*.toml"))]
    return sorted(told, key=lambda story: "translation_of" in story)


def load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def demo_password() -> tuple[str, bool]:
    """The accounts' password, and whether it was made just now: ``NEWSROOM_DEMO_PASSWORD`` or a random one in var/."""
    if settings.NEWSROOM_DEMO_PASSWORD:
        return settings.NEWSROOM_DEMO_PASSWORD, False
    is_new = not (settings.VAR_DIR / "demo-password").exists()
    return kept_secret("demo-password", 12), is_new


def _named(model, row: dict[str, Any], **fields: Any) -> int:
    """Make one section, place or author with its names, unless it is there; how many were made."""
    name_model = model._meta.get_field("names").related_model
    english = row["names"]["en"]
    if model.objects.filter(
        names__language="en", **{f"names__{key}": value for key, value in english.items()}
    ).exists():
        return 0
    thing = model.objects.create(**fields)
    link = model._meta.model_name
    name_model.objects.bulk_create(
        name_model(**{link: thing}, language=language, **names) for language, names in row["names"].items()
    )
    return 1
