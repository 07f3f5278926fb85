"""The report of a run: tables with ratios, in Markdown."""

from datetime import UTC, datetime

# What is to be reached: ratio of the first to the second, at least.
REACH = (
    ("story page", "Django hello world", 1.5),
    ("story page", "nginx, the story page as a file", 0.4),
    ("story page, gzip", "nginx, the same zipped beforehand", 0.4),
    ("story page behind nginx", "nginx, the story page as a file", 0.9),
    ("story page behind nginx, gzip", "nginx, the same zipped beforehand", 0.9),
    ("front page", "Django hello world", 1.5),
    ("tag page", "Django hello world", 1.5),
    ("feed", "Django hello world", 1.5),
    ("story page, 304", "story page", 1.3),
)
GROWTH = 1.3  # the large newsroom's cost over the small one's, at most


class Report:
    """Collects what was measured, part by part."""

    def __init__(self, asked, commit: str) -> None:
        from bench import servers

        self.asked = asked
        self.lines = ["# What the newsroom costs", ""]
        self.lines += [f"Commit {commit}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. Made by `make bench`."]
        self.lines += [" · ".join(f"{name} {version}" for name, version in servers.versions().items()), ""]
        self.lines += ["Trust the ratios of one run; machines differ, and this one may have had neighbours.", ""]

    def size(self, _name: str, stories: int, comments: int, pending: int) -> None:
        self.small = f"{stories:,} stories, {comments:,} comments, {pending:,} waiting"

    def filling(self, taken: dict[str, float]) -> None:
        asked = self.asked
        self.large = f"{asked.stories:,} stories, {asked.comments:,} comments, {asked.pending:,} waiting"
        self.lines += ["## Filling (`manage.py populate`)", ""]
        self.lines += [f"- {what}: {seconds:.0f} s" for what, seconds in taken.items()]
        self.lines += [f"- together: {sum(taken.values()):.0f} s", ""]

    def growth(self, small: dict, large: dict) -> None:
        self.lines += ["## What things cost as the newsroom grows", ""]
        self.lines += [f"Small: {self.small}. Large: {self.large}. Without page cache and network; medians of"]
        self.lines += ["milliseconds on the clock and, in brackets, of the processor.", ""]
        rows = []
        for name, before in small.items():
            after = large[name]
            ratio = after.processor / before.processor
            mark = "" if ratio <= GROWTH else " **above 1.3**"
            costs = (f"{cost.wall:.1f} ({cost.processor:.1f})" for cost in (before, after))
            rows.append([name, *costs, f"{ratio:.2f}{mark}", f"{before.queries} / {after.queries}"])
        self.table(["", "small", "large", "ratio (processor)", "queries"], rows)

    def start(self, seconds: float) -> None:
        self.lines += [f"Start of the web server to its first 200 on the large newsroom: {seconds:.1f} s.", ""]

    def readers(self, loads: dict, plain: int, zipped: int) -> None:
        self.lines += ["## Readers", ""]
        self.lines += [f"16 connections, {self.asked.rounds} rounds of {self.asked.seconds:g} s. The story page has"]
        self.lines += [f"200 comments: {plain:,} bytes, {zipped:,} zipped. No answer failed unless it says so.", ""]
        rows = [
            [name, f"{load.rate:,.0f}", f"{load.low:,.0f}–{load.high:,.0f}", f"{load.p99:.1f}", str(load.failed or "")]
            for name, load in loads.items()
        ]
        self.table(["", "requests/s", "lowest–highest", "p99 ms", "failed"], rows)
        rows = [
            [f"{one} ÷ {other}", f"{loads[one].rate / loads[other].rate:.2f}", f"≥ {reach}"]
            for one, other, reach in REACH
        ]
        self.table(["", "ratio", "reach"], rows)

    def memory(self, before: int, after: int, requests: int) -> None:
        ratio = f"{after / before:.2f} times" if before else "not known"
        self.lines += ["## Memory", ""]
        self.lines += [
            f"{before / 2**20:.0f} MiB before and {after / 2**20:.0f} MiB after {requests:,} requests: {ratio}.",
            "",
        ]

    def posting(self, only_posts: float, embedded: dict[str, float], behind_nginx: dict[str, float]) -> None:
        """Posts a second of 8 clients alone, and what ``posting_and_reading`` found in both installations."""
        self.lines += ["## Posting", "", f"8 clients post, nobody reads: {only_posts:.0f} posts a second."]
        self.lines += [
            f"Below: {embedded['offered']:.0f} offered by 64, while 64 read {embedded['reads']:,.0f} pages.",
            "",
        ]
        rows = [
            [
                name,
                f"{told['rate']:.0f}",
                f"{told['p50']:.0f}",
                f"{told['p99']:.0f}",
                str(told["refused"]),
                f"{told['received']} / {told['stored']}",
                f"{told['readers alone']:.1f} → {told['readers']:.1f}",
                f"{told['readers'] / told['readers alone']:.2f}",
            ]
            for name, told in (("embedded default", embedded), ("behind nginx", behind_nginx))
        ]
        head = ["", "posts/s", "p50 ms", "p99 ms", "refused", "acknowledged / stored", "readers' p99 ms", "times"]
        self.table(head, rows)

    def table(self, head: list[str], rows: list[list[str]]) -> None:
        self.lines += [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
        self.lines += [f"| {' | '.join(row)} |" for row in rows]
        self.lines += [""]

    def text(self) -> str:
        return "\n".join(self.lines)
