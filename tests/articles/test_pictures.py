import io
import json
import os
import subprocess
import sys

import pytest
from PIL import Image, ImageCms

from articles import pictures
from articles.pictures import Refused
from tests.pictures import attacks, exif, jpeg_that_claims, picture, saved

ATTACKS = attacks()
# Every real file of the material that becomes a photo; the others are refused.
TAKEN = {
    "exif_gps_typeerror.jpg": ("JPEG", 800, 531),
    "gps.jpg": ("JPEG", 640, 480),
    "iptc-reference-2021.jpg": ("JPEG", 2000, 1000),
    "multiple_exif.jpg": ("JPEG", 1, 1),
    "truncated_exif_dpi.jpg": ("JPEG", 480, 640),
    "xmp_tags_orientation_exiftool.png": ("PNG", 10, 10),
}
# Opens the files named on its input in a process of its own; says what came of each, its seconds, and the peak memory.
OPEN_EACH = """
import json, sys, time
import django; django.setup()
from articles import pictures
outcomes = {}
for path in json.load(sys.stdin):
    begin = time.process_time()
    try:
        with open(path, "rb") as file:
            pictures.opened(file.read())
        outcome = "taken"
    except pictures.Refused as refused:
        outcome = str(refused)
    outcomes[path] = (outcome, time.process_time() - begin)
# Not getrusage(): its peak outlives exec() and would be that of the tests.
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:"))
json.dump([outcomes, int(peak) // 1024], sys.stdout)
"""


def open_elsewhere(paths: list) -> tuple[dict, int]:
    """What came of each file, with the processor's seconds, and the process's peak memory in MB."""
    done = subprocess.run(
        [sys.executable, "-c", OPEN_EACH],
        input=json.dumps([str(path) for path in paths]),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "newsroom.settings"},
    )
    outcomes, peak = json.loads(done.stdout)
    return outcomes, peak


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_in_words(name):
    with pytest.raises(Refused) as refused:
        pictures.opened(ATTACKS[name])
    assert str(refused.value).endswith(".")
    assert "Error" not in str(refused.value)


def test_attacks_are_refused_within_two_seconds_and_256_mb(tmp_path):
    paths = []
    for number, content in enumerate(ATTACKS.values()):
        paths.append(tmp_path / str(number))
        paths[-1].write_bytes(content)
    outcomes, peak = open_elsewhere(paths)
    assert [outcome for outcome, _seconds in outcomes.values() if outcome == "taken"] == []
    assert max(seconds for _outcome, seconds in outcomes.values()) < 2
    assert peak < 256
    print(f"\n{len(paths)} attacks: slowest {max(s for _o, s in outcomes.values()):.2f} s, peak {peak} MB")


@pytest.mark.parametrize(
    "large",
    [
        pytest.param(lambda: picture((8600, 5800)), id="JPEG of 50 megapixels"),
        pytest.param(lambda: picture((6000, 4000), progressive=True, subsampling=0), id="progressive JPEG of 24"),
        pytest.param(lambda: picture((6000, 4000), "PNG"), id="PNG of 24"),
        pytest.param(lambda: picture((4800, 3300), "PNG", mode="RGBA"), id="transparent PNG of 16"),
        pytest.param(lambda: picture((3900, 2560), "WEBP", method=0), id="WebP of 10"),
        pytest.param(lambda: picture((4200, 2850), "AVIF"), id="AVIF of 12"),
    ],
)
def test_the_largest_pictures_taken_stay_under_256_mb(large, tmp_path):
    (tmp_path / "large").write_bytes(large())
    outcomes, peak = open_elsewhere([tmp_path / "large"])
    assert [outcome for outcome, _seconds in outcomes.values()] == ["taken"]
    assert peak < 256
    print(f"\npeak {peak} MB, {next(iter(outcomes.values()))[1]:.2f} s")


def test_each_real_file_is_taken_or_refused(material):
    paths = sorted((material / "photos").iterdir())
    outcomes, peak = open_elsewhere(paths)
    taken = {path.rsplit("/", 1)[1] for path, (outcome, _seconds) in outcomes.items() if outcome == "taken"}
    assert taken == set(TAKEN)
    assert len(outcomes) == len(paths) == 11
    assert max(seconds for _outcome, seconds in outcomes.values()) < 2
    assert peak < 256
    for name, expected in TAKEN.items():
        found = pictures.opened((material / "photos" / name).read_bytes())
        assert (found.format, found.width, found.height) == expected


def test_a_file_too_large_in_bytes_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MAX_BYTES", 1000)
    with pytest.raises(Refused, match="larger than"):
        pictures.opened(picture())


def test_the_limits_are_what_refuses(monkeypatch):
    """The same file is taken when nothing limits its pixels: so it is the limit that refused it."""
    content = jpeg_that_claims(8_500, 6_001)
    with pytest.raises(Refused, match="50 million"):
        pictures.opened(content)
    monkeypatch.setitem(pictures.MAX_PIXELS, "JPEG", 60_000_000)
    assert pictures.opened(content).width == 8_500


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_brought_upright(orientation):
    stored = picture((300, 200), quality=95, exif=exif(Orientation=orientation))
    found = pictures.opened(stored)
    turned = orientation >= 5
    assert (found.width, found.height) == found.image.size == ((200, 300) if turned else (300, 200))
    bright = {1: (20, 100), 2: (280, 100), 3: (280, 100), 4: (20, 100), 5: (100, 20), 6: (100, 20), 7: (100, 280)}
    assert min(found.image.getpixel(bright.get(orientation, (100, 280)))) > 240


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16"])
def test_every_kind_of_png_becomes_rgb(mode):
    image = Image.new("I;16", (30, 20), 65_535) if mode == "I;16" else Image.new("RGB", (30, 20), "white").convert(mode)
    assert pictures.opened(saved(image, "PNG")).image.getpixel((3, 3)) == (255, 255, 255)


def test_what_is_transparent_becomes_white():
    assert pictures.opened(saved(Image.new("RGBA", (30, 20), (9, 9, 9, 0)), "PNG")).image.getpixel((3, 3)) == (
        255,
        255,
        255,
    )


def test_colours_are_converted_from_the_files_profile():
    """A profile that cannot be read, or is not one of RGB, is passed over."""
    image = Image.new("RGB", (30, 20), (200, 30, 30))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = pictures.opened(saved(image, "PNG", icc_profile=srgb)).image.getpixel((3, 3))
    assert max(abs(one - other) for one, other in zip(same, (200, 30, 30), strict=True)) <= 2
    assert pictures.opened(saved(image, "PNG", icc_profile=b"nonsense")).image.getpixel((3, 3)) == (200, 30, 30)
    lab = saved(image, "PNG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes())
    assert pictures.opened(lab).image.mode == "RGB"


def test_cmyk_becomes_rgb():
    assert pictures.opened(picture(mode="CMYK")).image.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(("point", "left"), [((0.0, 0.5), 255), ((1.0, 0.5), 0)])
def test_a_crop_keeps_the_focal_point_in_sight(point, left):
    """The left half is white, the right half black: a square crop at either end shows that half alone."""
    image = Image.new("RGB", (400, 100), "black")
    image.paste("white", (0, 0, 200, 100))
    file = pictures.encoded(image, size=(100, 100), focal_point=point, format="jpg")
    crop = Image.open(io.BytesIO(file))
    assert crop.size == (100, 100)
    assert abs(crop.getpixel((50, 50))[0] - left) < 4


def test_a_focal_point_stands_in_the_middle_of_its_crop():
    image = Image.new("RGB", (1000, 100), "black")
    image.paste("white", (290, 0, 310, 100))
    file = pictures.encoded(image, size=(100, 100), focal_point=(0.3, 0.5), format="jpg")
    assert Image.open(io.BytesIO(file)).getpixel((50, 50))[0] > 240
