"""kill -9 while readers post: a short version of ``bench/kill9.py``, on a SQLite file of its own."""

from bench.kill9 import run


def test_what_was_acknowledged_is_there_once_after_a_kill(tmp_path):
    found = run(2, 20, folder=tmp_path, readers=4)
    print(f"\n{found}")
    assert found["acknowledged"] >= 20
    assert (found["lost"], found["doubled"], found["never answered"]) == (0, 0, 0)
    assert found["refused"] == {}
    assert (found["triggers missing"], found["damage"]) == ([], [])
