"""How much tampering the two verifiers notice, with and without a checkpoint, and how fast they are.

    python -m bench.ledger tamper --times 1000          an own small newsroom, tampered with and put back each time
    python -m bench.ledger fill --decisions 1000000     bulk rows into the database of the settings (an empty one: its
                                                        guards are taken off meanwhile)
    python -m bench.ledger speed                        verify the database of the settings

``tamper`` drops the database's guards first: it shows what the ledger notices once nothing else stands in the way.
"""

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = 68  # of an exported line, before the record
KINDS = ("edit", "edit, own hash made anew", "delete", "swap", "cut the end", "cut the end and set comments back")
FULL = "recompute the whole chain"


# Tampering with an export ---------------------------------------------------------------------------------------------


def lines_tampered(lines: Sequence[bytes], kind: str, rng: random.Random) -> list[bytes]:
    """A copy of the export's ``lines`` with one piece of tampering."""
    lines = list(lines)
    at = rng.randrange(len(lines) - 1)
    if kind == "edit":
        lines[at] = edited(lines[at], rng)
    elif kind == "edit, own hash made anew":
        lines[at] = rehashed(edited_record(record_of(lines[at]), rng))
    elif kind == "delete":
        del lines[at]
    elif kind == "swap":
        other = rng.choice([number for number in range(len(lines)) if number != at])
        lines[at], lines[other] = lines[other], lines[at]
    elif kind.startswith("cut"):
        del lines[at + 1 :]
    elif kind == FULL:
        lines = chained([record_of(line) for line in lines], at, rng)
    return lines


def record_of(line: bytes) -> bytes:
    return line[HEAD:].rpartition(b"],")[0] + b"]"


def rehashed(record: bytes) -> bytes:
    return b'["%s",%s,5]\n' % (hashlib.sha256(record).hexdigest().encode(), record)


def edited(line: bytes, rng: random.Random) -> bytes:
    """One byte of the hash or the record altered to another letter or digit; the wait after them is not hashed."""
    end = line.rindex(b"],") + 1
    places = [at for at in range(2, end) if chr(line[at]).isalnum()]
    at = rng.choice(places)
    other = rng.choice([byte for byte in b"0123456789abcdef" if byte != line[at]])
    return line[:at] + bytes([other]) + line[at + 1 :]


def edited_record(record: bytes, rng: random.Random) -> bytes:
    fields = json.loads(record)
    fields[5] = "rejected" if fields[5] == "approved" else "approved"
    fields[7] = [] if fields[5] == "approved" else [rng.choice(["abuse", "threats"])]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def chained(records: list[bytes], at: int, rng: random.Random) -> list[bytes]:
    """The export with record ``at`` edited and everything after it made to fit again."""
    lines, previous = [], "0" * 64
    for number, record in enumerate(records):
        fields = json.loads(edited_record(record, rng) if number == at else record)
        fields[1] = previous
        line = rehashed(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode())
        previous = line[2:66].decode()
        lines.append(line)
    return lines


# Tampering with the database ------------------------------------------------------------------------------------------


class Database:
    """Raw SQL against the decisions, as somebody who owns the tables would write it. Guards must be gone."""

    COLUMNS = (
        "comment_id, sequence, comment_version, verdict, edition_id, moderator_id, moderator_salt, decided_at, "
        "passage_start, passage_end, hints_shown, text_commitment, note_commitment, previous_hash, hash"
    )

    def __init__(self, connection) -> None:
        self.connection = connection

    def run(self, statement: str, *values) -> list[tuple]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def tamper(self, kind: str, rng: random.Random) -> None:
        """One piece of tampering of this ``kind`` at a random decision that is not the last."""
        pks = [pk for (pk,) in self.run("SELECT id FROM moderation_decision ORDER BY id")]
        pk = rng.choice(pks[:-1])
        if kind == "edit":
            self.edit(pk, rng)
        elif kind == "edit, own hash made anew":
            self.run("UPDATE moderation_decision SET hints_shown = 'shouting,x' WHERE id = %s", pk)
            self.rehash([pk])
        elif kind == "delete":
            self.delete([pk])
        elif kind == "swap":
            self.swap(pk, rng.choice([other for other in pks if other != pk]))
        elif kind.startswith("cut"):
            self.cut([later for later in pks if later > pk], set_back=kind.endswith("back"))
        elif kind == FULL:
            self.run("UPDATE moderation_decision SET hints_shown = 'shouting,x' WHERE id = %s", pk)
            self.rehash(pks)

    def edit(self, pk: int, rng: random.Random) -> None:
        """Alter one thing the decision says."""
        changes = (
            ("verdict = CASE WHEN verdict = 'approved' THEN 'rejected' ELSE 'approved' END", ()),
            ("comment_version = comment_version + 1", ()),
            ("sequence = sequence + 7", ()),
            ("moderator_id = (SELECT min(u.id) FROM newsroom_user u WHERE u.id <> moderator_id)", ()),
            ("moderator_salt = %s", (f"{rng.getrandbits(128):032x}",)),
            ("decided_at = '2001-01-01 00:00:00.000001'", ()),
            ("passage_start = 3, passage_end = 1000 + coalesce(passage_end, 0)", ()),
            ("hints_shown = hints_shown || 'x'", ()),
            ("text_commitment = %s", (f"{rng.getrandbits(256):064x}",)),
            ("note_commitment = %s", (f"{rng.getrandbits(256):064x}",)),
            ("hash = %s", (f"{rng.getrandbits(256):064x}",)),
            ("previous_hash = %s", (f"{rng.getrandbits(256):064x}",)),
        )
        change, values = rng.choice([*changes, ("citation", ())])
        if change == "citation":
            free = "SELECT min(id) FROM comments_guideline WHERE id NOT IN (SELECT guideline_id FROM "
            free += "moderation_citedguideline WHERE decision_id = %s)"
            (guideline,) = self.run(free, pk)[0]
            self.run("INSERT INTO moderation_citedguideline (decision_id, guideline_id) VALUES (%s, %s)", pk, guideline)
        else:
            self.run(f"UPDATE moderation_decision SET {change} WHERE id = %s", *values, pk)

    def delete(self, pks: Sequence[int]) -> None:
        for table in ("moderation_citedguideline", "moderation_decisionnote"):
            self.run(f"DELETE FROM {table} WHERE decision_id BETWEEN %s AND %s", pks[0], pks[-1])
        self.run("DELETE FROM moderation_decision WHERE id BETWEEN %s AND %s", pks[0], pks[-1])

    def cut(self, pks: Sequence[int], *, set_back: bool) -> None:
        if set_back:
            self.run(
                "UPDATE comments_comment SET status = 'pending', version = 0 WHERE id IN "
                "(SELECT comment_id FROM moderation_decision WHERE id >= %s)",
                pks[0],
            )
        self.delete(pks)

    def swap(self, one: int, other: int) -> None:
        """Let two decisions change places with all they cite; the numbers stay."""
        first, second = (
            self.run(f"SELECT {self.COLUMNS} FROM moderation_decision WHERE id = %s", pk)[0] for pk in (one, other)
        )
        away = "UPDATE moderation_decision SET sequence = 30000, previous_hash = 'away', hash = 'away' WHERE id = %s"
        self.run(away, one)
        self._write(other, first)
        self._write(one, second)
        cited = "UPDATE moderation_citedguideline SET decision_id = %s WHERE decision_id = %s"
        for to, come_from in ((-1, one), (one, other), (other, -1)):
            self.run(cited, to, come_from)

    def _write(self, pk: int, values: Sequence) -> None:
        names = [name.strip() for name in self.COLUMNS.split(",")]
        assigned = ", ".join(f"{name} = %s" for name in names)
        self.run(f"UPDATE moderation_decision SET {assigned} WHERE id = %s", *values, pk)

    def rehash(self, pks: Sequence[int]) -> None:
        """Give these decisions the hashes their contents have; several are chained to each other anew."""
        from moderation.models import Decision

        previous = None
        rows = Decision.objects.select_related("edition").prefetch_related("citations__guideline")
        for decision in rows.filter(pk__gte=pks[0], pk__lte=pks[-1]).order_by("pk"):
            from moderation import ledger

            decision.previous_hash = decision.previous_hash if previous is None else previous
            decision.hash = ledger.hash_of(decision, [each.guideline.code for each in decision.citations.all()])
            statement = "UPDATE moderation_decision SET previous_hash = %s, hash = %s WHERE id = %s"
            self.run(statement, decision.previous_hash, decision.hash, decision.pk)
            previous = decision.hash


# Counting what is noticed ---------------------------------------------------------------------------------------------


def noticed_in_database(checkpoints) -> bool:
    """What ``manage.py verify_ledger`` does, without its words."""
    from moderation import ledger
    from moderation.verify_ledger import examine

    reading = ledger.Reading(opening=True)
    report = examine(reading.links, checkpoints)
    return bool(report.broken or reading.wrong or next(ledger.unexplained_comments(), None))


def noticed_in_export(lines: Sequence[bytes], checkpoints) -> bool:
    """What the standalone verifier does, without its words."""
    from moderation.verify_ledger import NotALedger, examine, links_of

    try:
        return bool(examine(lambda: links_of(lines), checkpoints).broken)
    except NotALedger:
        return True


def tampering_table(times: int, checkpoints: Sequence, connection, *, seed: int = 1) -> Iterator[dict]:
    """For each kind of tampering how often each verifier noticed, with ``checkpoints`` and without, of how many times.

    The full recompute is done once. Everything is put back each time.
    """
    from django.db import transaction

    from moderation import ledger

    rng, database = random.Random(seed), Database(connection)
    exported = list(ledger.Reading().lines())
    for kind in (*KINDS, FULL):
        row = {"kind": kind, "times": 1 if kind == FULL else times, "manage": 0, "manage+": 0, "alone": 0, "alone+": 0}
        for _ in range(row["times"]):
            with transaction.atomic():
                point = transaction.savepoint()
                database.tamper(kind, rng)
                row["manage"] += noticed_in_database([])
                row["manage+"] += noticed_in_database(checkpoints)
                transaction.savepoint_rollback(point)
            lines = lines_tampered(exported, kind, rng)
            row["alone"] += noticed_in_export(lines, [])
            row["alone+"] += noticed_in_export(lines, checkpoints)
        yield row


def tamper(times: int, decisions: int, database_url: str) -> None:
    """Build a newsroom of its own and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "NEWSROOM_VAR_DIR": folder,
            "DATABASE_URL": database_url or f"sqlite:///{folder}/ledger.sqlite3",
        }
        manage = [sys.executable, "manage.py"]
        for arguments in (
            ["migrate", "--verbosity", "0"],
            ["populate", "--articles", "5", "--comments", str(decisions)],
            ["checkpoint"],
        ):
            subprocess.run([*manage, *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        os.environ.update(environment)
        _set_up()
        from django.db import connection

        from moderation import checkpoints
        from newsroom import frozen

        with connection.cursor() as cursor:
            for name in frozen.present_names(connection):
                _drop(cursor, connection.vendor, name)
        print_table(tampering_table(times, checkpoints.known(), connection), connection.vendor, decisions)
        connection.close()


def _drop(cursor, vendor: str, name: str) -> None:
    if vendor == "sqlite":
        cursor.execute(f'DROP TRIGGER "{name}"')
    else:
        cursor.execute(f'DROP FUNCTION "{name}"() CASCADE')


def print_table(rows: Iterator[dict], vendor: str, decisions: int) -> None:
    say(f"{vendor}, {decisions} decisions, one checkpoint at the end; noticed by: manage.py verify_ledger without and ")
    say("with the checkpoint, the standalone verifier on the export without and with it")
    for row in rows:
        figures = " ".join(f"{row[name]:>6}" for name in ("times", "manage", "manage+", "alone", "alone+"))
        say(f"{row['kind']:<36} {figures}")


def fill(decisions: int) -> None:
    """Add synthetic comments with their keys and decisions, as fast as the database takes them."""
    _set_up()
    from django.db import connection, transaction

    from newsroom import frozen

    with connection.cursor() as cursor:
        for name in frozen.present_names(connection):
            _drop(cursor, connection.vendor, name)
    began, done = time.monotonic(), 0
    while done < decisions:
        size = min(10_000, decisions - done)
        with transaction.atomic():
            _fill(connection, size)
        done += size
    frozen.install(connection)
    say(f"{done:,} decisions added in {time.monotonic() - began:.0f} s")


def _fill(connection, size: int) -> None:
    from django.utils import timezone

    from articles.models import Article
    from comments.models import Comment, GuidelineEdition
    from moderation import ledger
    from newsroom.keys import commitment
    from newsroom.models import User

    edition = GuidelineEdition.objects.in_force()
    grounds = list(edition.guidelines.filter(position__gt=0).values_list("pk", "code"))
    article, moderator = Article.objects.values_list("pk", flat=True)[0], User.objects.values_list("pk", flat=True)[0]
    first = (Comment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    at, previous, rng = timezone.now(), ledger.newest_hash(), random.Random(first)
    stored, said = at.strftime("%Y-%m-%d %H:%M:%S.%f"), at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    comments, keys, rows, citations = [], [], [], []
    for pk in range(first, first + size):
        body = f"Synthetic comment {pk}: " + "the bridge and the river and the market. " * 7
        key, salt = rng.randbytes(32), rng.randbytes(16).hex()
        cited = [rng.choice(grounds)] if pk % 8 == 0 else []
        verdict, text = ("rejected" if cited else "approved"), commitment(key, body)
        record = ledger.encoded(
            previous, pk, 1, 1, verdict, edition.number, [code for _pk, code in cited],
            ledger.moderator_digest(moderator, salt), said, None, None, "", text, "",
        )  # fmt: skip
        its_hash = hashlib.sha256(record).hexdigest()
        unique = hashlib.sha256(body.encode()).hexdigest()
        comments.append((pk, article, "Reader", body, "en", stored, unique, unique, verdict, 1, stored))
        keys.append((pk, key.hex()))
        rows.append((pk, pk, 1, 1, verdict, edition.pk, moderator, salt, stored, "", text, "", previous, its_hash))
        citations += [(pk, guideline) for guideline, _code in cited]
        previous = its_hash
    columns = {
        "comments_comment": "id, article_id, display_name, body, language, submitted_at, nonce, receipt_hash, status, "
        "version, moved_at",
        "comments_commentkey": "comment_id, key",
        "moderation_decision": "id, comment_id, sequence, comment_version, verdict, edition_id, moderator_id, "
        "moderator_salt, decided_at, hints_shown, text_commitment, note_commitment, previous_hash, hash",
        "moderation_citedguideline": "decision_id, guideline_id",
    }
    with connection.cursor() as cursor:
        for (table, names), values in zip(columns.items(), (comments, keys, rows, citations), strict=True):
            places = ", ".join(["%s"] * len(names.split(",")))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", values)


def speed() -> None:
    """Verify the database of the settings both ways and print decisions a second and the memory used."""
    _set_up()
    from django.db import connection

    from moderation.models import Decision

    say(f"{connection.vendor}: {Decision.objects.count():,} decisions")
    with tempfile.TemporaryDirectory() as folder:
        export = f"{folder}/ledger.jsonl"
        manage = [sys.executable, "manage.py"]
        for name, command in {
            "manage.py export_ledger": [*manage, "export_ledger", export],
            "standalone verifier": [sys.executable, str(ROOT / "moderation/verify_ledger.py"), export],
            "manage.py verify_ledger --chain-only": [*manage, "verify_ledger", "--chain-only"],
            "manage.py verify_ledger": [*manage, "verify_ledger"],
        }.items():
            say(f"{name}: {measured(lambda command=command: command)}")
        say(f"export: {os.path.getsize(export) / 1e6:,.0f} MB")


def measured(command: Callable[[], list[str]]) -> str:
    import resource

    began = time.monotonic()
    done = subprocess.run(command(), cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    last = (done.stderr.strip().splitlines() or [""])[-1]
    return f"exit {done.returncode}, {seconds:.1f} s, at most {peak:.0f} MB so far; it says: {last}"


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["tamper", "fill", "speed"])
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--decisions", type=int, default=200)
    parser.add_argument("--database-url", default="", help="an empty database for tamper; a temporary SQLite file else")
    chosen = parser.parse_args()
    if chosen.what == "tamper":
        tamper(chosen.times, chosen.decisions, chosen.database_url)
    elif chosen.what == "fill":
        fill(chosen.decisions)
    else:
        speed()


if __name__ == "__main__":
    main()
