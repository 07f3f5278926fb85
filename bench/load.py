"""Readers by wrk: requests a second and how long they took."""

import re
import shutil
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Load:
    """One run: requests a second, milliseconds at the 99th percentile, and answers that were no success."""

    rate: float
    p99: float
    failed: int


def wrk(url: str, *, seconds: float, connections: int = 16, headers: tuple[str, ...] = ()) -> Load:
    return read(run(url, seconds=seconds, connections=connections, headers=headers))


def run(
    url: str, *, seconds: float, connections: int, headers: tuple[str, ...] = (), script: Path | None = None, said=()
) -> str:
    """What wrk printed. ``said`` are the script's arguments."""
    command = [shutil.which("wrk"), "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency"]
    for header in headers:
        command += ["-H", header]
    command += ["-s", str(script)] if script else []
    done = subprocess.run([*command, url, "--", *said], capture_output=True, text=True, check=True)
    return done.stdout


def posts(url: str, stories: list[str], *, seconds: float, connections: int, pause: int) -> dict[str, float]:
    """Comments posted to ``stories`` (address and stamp in turn): how many were received and refused, p50 and p99 in
    milliseconds. ``pause`` is each client's between two of them, in milliseconds."""
    script = Path(__file__).with_name("posting.lua")
    printed = run(url, seconds=seconds, connections=connections, script=script, said=[str(pause), *stories])
    told = re.search(r"RECEIVED (\d+) REFUSED (\d+) P50 (\d+) P99 (\d+)", printed)
    received, refused, median, slowest = map(int, told.groups())
    return {"received": received, "refused": refused, "p50": median / 1000, "p99": slowest / 1000}


def read(printed: str) -> Load:
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", printed).groups()
    failed = sum(map(int, re.findall(r"Non-2xx or 3xx responses: (\d+)", printed)))
    failed += sum(int(n) for line in re.findall(r"Socket errors: (.*)", printed) for n in re.findall(r"\d+", line))
    return Load(float(re.search(r"Requests/sec:\s+([\d.]+)", printed).group(1)), float(number) * UNITS[unit], failed)


@dataclass(frozen=True)
class Rounds:
    """Several runs of the same: median, lowest and highest requests a second, and the median of their p99."""

    rate: float
    low: float
    high: float
    p99: float
    failed: int

    @classmethod
    def of(cls, loads: list[Load]) -> "Rounds":
        rates = [load.rate for load in loads]
        return cls(
            statistics.median(rates),
            min(rates),
            max(rates),
            statistics.median(load.p99 for load in loads),
            sum(load.failed for load in loads),
        )
