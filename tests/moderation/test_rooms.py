import pytest

from moderation import rooms
from moderation.rooms import Room


def test_every_room_has_an_address():
    assert [room.url_name for room in rooms.ROOMS if not room.url] == []


def test_the_queue_leads_to_what_is_not_in_it(as_, moderator):
    html = as_(moderator).get("/desk/").text
    said = html.partition("are not in this queue.")[2].partition("</p>")[0]
    assert 'href="/desk/reports/"' in said
    assert 'href="/desk/appeals/"' in said


@pytest.mark.parametrize(("person", "leads"), [("moderator", False), ("lead", True)])
def test_the_header_shows_the_rooms_one_may_enter(as_, request, person, leads):
    client = as_(request.getfixturevalue(person))
    html = client.get("/desk/").text
    for address in ("/desk/statistics/", "/desk/blocks/"):
        assert (f'href="{address}"' in html) is leads
        assert client.get(address).status_code == (200 if leads else 403)
    assert '<a href="/desk/" aria-current="page">Queue</a>' in html


def test_a_room_that_is_not_there_is_left_out(moderator, monkeypatch):
    monkeypatch.setattr(rooms, "ROOMS", (Room("moderation:queue", "Queue"), Room("moderation:cellar", "Cellar")))
    assert [room.label for room in rooms.rooms_for(moderator)] == ["Queue"]
    assert rooms.room_named("moderation:cellar") is None


def test_every_room_that_is_there_opens_for_its_roles(as_, moderator, lead):
    for person in (moderator, lead):
        for room in rooms.rooms_for(person):
            assert as_(person).get(room.url, follow=True).status_code == 200, room
