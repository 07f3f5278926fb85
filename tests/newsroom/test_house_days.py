import datetime

from newsroom.house_days import day_bounds


def test_a_day_is_the_houses_own():
    begin, end = day_bounds(datetime.date(2026, 3, 2))
    assert begin == datetime.datetime(2026, 3, 1, 21, tzinfo=datetime.UTC)
    assert end - begin == datetime.timedelta(days=1)


def test_a_day_of_a_clock_change_has_its_own_length(settings):
    settings.TIME_ZONE = "Europe/London"
    begin, end = day_bounds(datetime.date(2026, 3, 29))
    assert end.astimezone(datetime.UTC) - begin.astimezone(datetime.UTC) == datetime.timedelta(hours=23)


def test_the_last_day_there_is_ends():
    begin, end = day_bounds(datetime.date.max)
    assert begin < end
