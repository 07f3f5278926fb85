import pytest
from django.conf import settings
from django.core.files.storage import default_storage, storages
from django.core.management import call_command

from articles import checklist, photos, publishing, revisions
from articles.models import Photo, Rendition, Revision
from tests.factories import content, leading_with, make_draft, make_photo, make_story
from tests.pictures import exif, picture, traces, upload


def stored(storage) -> set[str]:
    """Every file in ``storage``, two levels deep."""
    folders = storage.listdir("")[0] if storage.exists("") else []
    return {f"{folder}/{name}" for folder in folders for name in storage.listdir(folder)[1]}


def public_files() -> dict[str, bytes]:
    return {name: default_storage.open(name).read() for name in stored(default_storage)}


def test_a_photo_is_kept_whole_and_private_and_one_size_is_made_at_once(reporter):
    sent = picture((2400, 1600), exif=exif(Artist="Shilan"))
    photo, is_new = photos.take_in(upload(sent, "../../etc/bridge.jpg"), by=reporter)

    assert is_new
    assert (photo.width, photo.height, photo.format, photo.credit, photo.file_name) == (
        2400, 1600, "JPEG", "Shilan", "bridge.jpg",
    )  # fmt: skip
    assert stored(storages["originals"]) == {f"{photo.sha256[:2]}/{photo.sha256}.jpg"}
    assert storages["originals"].open(photo.original).read() == sent
    assert settings.MEDIA_ROOT not in settings.NEWSROOM_ORIGINALS_ROOT.parents
    made = photo.renditions.exclude(name="")
    assert [(row.shape, row.format, row.width, row.height) for row in made] == [("whole", "jpg", 960, 640)]
    assert len(public_files()) == 1


def test_the_original_is_for_its_owner_only_and_has_no_address(reporter):
    photo = make_photo(by=reporter)
    path = settings.NEWSROOM_ORIGINALS_ROOT / photo.original
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    with pytest.raises(ValueError, match="private"):
        storages["originals"].url(photo.original)


def test_the_same_file_again_is_the_same_photo(reporter, editor):
    first, _new = photos.take_in(upload(), by=reporter)
    assert photos.take_in(upload(name="other.png"), by=editor) == (first, False)
    assert Photo.objects.count() == 1


def test_nothing_is_kept_of_a_refused_file(reporter):
    with pytest.raises(photos.Refused):
        photos.take_in(upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), by=reporter)
    assert Photo.objects.count() == 0
    assert stored(storages["originals"]) == set()


@pytest.mark.parametrize(
    ("size", "whole", "card"),
    [
        ((2400, 1600), [320, 640, 960, 1440, 1920], [320, 640, 960]),
        ((1200, 800), [320, 640, 960, 1200], [320, 640, 960]),
        ((500, 1000), [320, 500], [320, 500]),
        ((100, 40), [100], [60]),
    ],
)
def test_sizes_are_never_larger_than_the_original(reporter, size, whole, card):
    photo = make_photo(by=reporter, content=picture(size))
    list(photos.make_renditions())
    for format in ("avif", "jpg"):
        assert [row.width for row in photo.made("whole", format)] == whole
        assert [row.width for row in photo.made("card", format)] == card
    assert not photos.due().exists()


def test_making_goes_on_where_it_was_stopped(reporter):
    photo = make_photo(by=reporter)
    making = photos.make_renditions()
    first = next(making)
    making.close()
    done = set(photo.renditions.filter(is_due=False).values_list("pk", flat=True))
    assert first.pk in done
    rest = {rendition.pk for rendition in photos.make_renditions()}
    assert done & rest == set()
    assert list(photos.make_renditions()) == []


def test_the_command_makes_everything_shows_progress_and_names_what_it_cannot_read(reporter, capsys):
    lost, kept = make_photo(by=reporter), make_photo(by=reporter, content=picture((900, 600), colour="red"))
    storages["originals"].delete(lost.original)
    with pytest.raises(SystemExit):
        call_command("make_renditions")
    shown = capsys.readouterr()
    assert f"photo {lost.pk}: " in shown.err
    assert f"photo {kept.pk}: " in shown.out
    assert photos.due().count() == photos.due(lost).count() > 0


def test_a_moved_focal_point_makes_crops_due_and_keeps_the_old_ones_until_then(reporter):
    photo = make_photo(by=reporter, content=picture((1600, 500)))
    list(photos.make_renditions())
    before = [row.name for row in photo.made("card", "jpg")]
    whole = [row.name for row in photo.made("whole", "jpg")]
    photos.set_focal_point(photo, 0.0, 0.5)
    photo.refresh_from_db()
    assert [row.name for row in photo.made("card", "jpg")] == before
    assert photos.due().count() == 2 * len(before)

    list(photos.make_renditions())
    photo = Photo.objects.get()
    assert set(before).isdisjoint(row.name for row in photo.made("card", "jpg"))
    assert [row.name for row in photo.made("whole", "jpg")] == whole


def test_a_point_moved_while_a_crop_is_made_leaves_it_due(reporter):
    photo = make_photo(by=reporter, content=picture((1600, 500)))
    making = photos.make_renditions()
    next(making)
    Photo.objects.update(focal_x=0.9)
    list(making)
    assert photo.renditions.filter(shape="card", is_due=True).count() == photo.renditions.filter(shape="card").count()


@pytest.mark.parametrize("name", ["gps.jpg", "iptc-reference-2021.jpg"])
def test_no_byte_of_metadata_is_left_in_any_public_file(reporter, material, name):
    sent = (material / "photos" / name).read_bytes()
    assert traces(sent, "jpg") != []
    make_photo(by=reporter, content=sent)
    list(photos.make_renditions())
    files = public_files()
    assert len(files) >= 6
    assert {name: traces(file, name[-3:]) for name, file in files.items()} == {name: [] for name in files}


def test_the_search_for_metadata_finds_it():
    """The negative control: the same scan on files that do hold some."""
    for format, suffix in (("JPEG", "jpg"), ("AVIF", "avif")):
        assert traces(picture(format=format), suffix) == []
        assert traces(picture(format=format, exif=exif(Artist="x"), icc_profile=b"x" * 200, xmp=b"<rdf:x/>"), suffix)


def test_metadata_of_a_png_and_a_webp_is_gone_too(reporter):
    for format in ("PNG", "WEBP"):
        make_photo(by=reporter, content=picture(format=format, exif=exif(Artist="CREATOR"), xmp=b"<rdf:RDF/>"))
    list(photos.make_renditions())
    assert [name for name, file in public_files().items() if traces(file, name[-3:])] == []


# In a story's content ------------------------------------------------------------------------------------------------


def test_a_lead_photo_is_part_of_the_content(reporter):
    photo = make_photo(by=reporter)
    draft = make_draft(by=reporter, **leading_with(photo))
    assert (draft.lead_photo, draft.lead_alt, draft.lead_caption) == (photo, "A bridge", "The bridge at noon.")
    assert draft.revisions.get().content == revisions.snapshot(draft)


def test_a_revision_from_before_photos_still_applies(editor):
    story = make_story(by=editor, **leading_with(make_photo(by=editor)))
    old = {key: value for key, value in content(headline="Old").items() if not key.startswith("lead_")}
    revision = Revision.objects.create(article=story, number=9, state="waiting", content=old, created_by=editor)
    assert revisions.current_content(story)["lead_photo_id"] is None
    publishing.release(story, revision, by=editor)
    story.refresh_from_db()
    assert (story.headline, story.lead_photo, story.lead_alt) == ("Old", None, "")


@pytest.mark.parametrize(
    ("alt", "credit", "codes"),
    [
        ("A bridge", "Shilan", []),
        ("  ", "Shilan", ["lead_alt"]),
        ("A bridge", " ", ["lead_credit"]),
        ("", "", ["lead_alt", "lead_credit"]),
    ],
)
def test_no_story_goes_out_with_a_photo_that_lacks_alt_text_or_credit(editor, alt, credit, codes):
    photo = make_photo(by=editor, credit=credit)
    draft = make_draft(by=editor, **leading_with(photo, lead_alt=alt))
    assert [problem.code for problem in checklist.blockers(revisions.snapshot(draft))] == codes
    if codes:
        with pytest.raises(publishing.NotReady):
            publishing.publish(draft, by=editor)
    else:
        publishing.publish(draft, by=editor)


def test_alt_text_without_a_photo_is_no_problem_and_none_is_asked_for(db):
    assert checklist.blockers(content(lead_photo_id=None, lead_alt="")) == []


@pytest.mark.parametrize(("day", "codes"), [("2000-01-01", ["lead_rights"]), ("2999-01-01", []), (None, [])])
def test_expired_rights_warn_and_do_not_stop(editor, day, codes):
    photo = make_photo(by=editor, rights_expire_on=day)
    draft = make_draft(by=editor, **leading_with(photo))
    assert [problem.code for problem in checklist.warnings(revisions.snapshot(draft))] == codes
    assert list(Photo.objects.rights_expiring()) == [photo] * len(codes)
    publishing.publish(draft, by=editor)


def test_a_photo_is_public_exactly_while_a_public_story_leads_with_it(editor):
    photo = make_photo(by=editor)
    draft = make_draft(by=editor, **leading_with(photo))
    assert list(Photo.objects.public()) == []
    publishing.publish(draft, by=editor)
    assert list(Photo.objects.public()) == [photo]
    publishing.withdraw(draft, by=editor, reason="Wrong bridge.")
    assert list(Photo.objects.public()) == []


def test_renditions_are_counted_once(reporter):
    photo = make_photo(by=reporter)
    assert Rendition.objects.filter(photo=photo).count() == 2 * (4 + 3)
