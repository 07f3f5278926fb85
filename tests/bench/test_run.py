"""`make bench` runs: a smoke test without thresholds, with little data."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench import load, report
from tests.conftest import need

ROOT = Path(__file__).resolve().parents[2]
TOLD = """Running 5s test @ http://127.0.0.1:8000/
  1 threads and 16 connections
  Latency Distribution
     50%  812.00us
     99%    1.25s
  28371 requests in 5.00s, 2.29GB read
  Non-2xx or 3xx responses: 3
Requests/sec:   5672.61
"""


def test_what_wrk_prints_is_read():
    assert load.read(TOLD) == load.Load(rate=5672.61, p99=1250.0, failed=3)


def test_rounds_say_median_and_range():
    rounds = load.Rounds.of([load.Load(rate, rate / 100, 1) for rate in (300.0, 100.0, 200.0)])
    assert rounds == load.Rounds(rate=200.0, low=100.0, high=300.0, p99=2.0, failed=3)


def bench(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CACHE_URL")}
    command = [sys.executable, "-m", "bench.run", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False, timeout=300
    )


def test_it_refuses_to_measure_with_debug_on():
    done = bench("--quick", DEBUG="on", PATH=f"/usr/sbin:{os.environ['PATH']}")
    assert done.returncode == 1
    assert "DEBUG" in done.stderr or "apt install" in done.stderr


@pytest.mark.bench
def test_a_quick_run_reports_every_part():
    need(shutil.which("wrk"), "wrk")
    need(shutil.which("nginx", path="/usr/sbin:/usr/bin"), "nginx")
    done = bench("--quick")
    assert done.returncode == 0, done.stderr
    parts = re.findall(r"^## (.+)$", done.stdout, re.MULTILINE)
    assert parts == [
        "Filling (`manage.py populate`)",
        "What things cost as the newsroom grows",
        "Readers",
        "Memory",
        "Posting",
    ]
    for one, other, _reach in report.REACH:
        assert f"| {one} ÷ {other} |" in done.stdout
    posting = [
        row.split(" | ")
        for row in re.findall(r"^\| (?:embedded default|behind nginx) \|.*$", done.stdout, re.MULTILINE)
    ]
    assert len(posting) == 2
    for row in posting:
        refused, (received, stored) = int(row[4]), map(int, row[5].split(" / "))
        assert refused == 0
        assert 0 < received <= stored
