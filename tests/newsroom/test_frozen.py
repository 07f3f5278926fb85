"""
Attacks on frozen tables. Every one is tried twice: with the triggers, where it must alter nothing, and without them,
where it must succeed, or it would prove nothing.
"""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.apps.registry import Apps
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, OperationalError, connection, connections, models, transaction
from django.db.models.functions import Lower

from newsroom.frozen import Probe, Registry
from tests.unfrozen import drop_triggers, unfrozen

registry = Registry(prefix="frozentest_")


class Undo(Exception):
    """Rolls a block back, foreign keys broken in it and all."""


class Apart:
    """Keeps these models out of the project's registry, and so out of its migrations."""

    app_label = "frozentest"
    apps = Apps()


@registry.table(
    may_change=("status", "version"),
    may_empty=("body", "name"),
    may_empty_when="EXISTS (SELECT 1 FROM frozentest_permit WHERE letter_id = {row}.id)",
    insert_requires="{row}.status = 'pending'",
    probe_values={"status": "pending"},
)
class Letter(models.Model):
    body = models.TextField()
    name = models.CharField(max_length=20)
    nonce = models.CharField(max_length=20, unique=True)
    series = models.IntegerField()
    position = models.IntegerField(null=True)
    slot = models.IntegerField(default=0)
    status = models.CharField(max_length=20)
    version = models.IntegerField(default=1)
    sent_at = models.DateTimeField()

    class Meta(Apart):
        unique_together = (("series", "position"),)
        constraints = (
            models.UniqueConstraint(fields=["slot"], condition=models.Q(slot__gt=0, version=1), name="frozentest_slot"),
        )


class Permit(models.Model):
    letter = models.ForeignKey(Letter, models.PROTECT)
    reason = models.CharField(max_length=20, null=True)

    class Meta(Apart):
        pass


@registry.table(
    frozen_when="{row}.published_at IS NOT NULL",
    probe_values={"published_at": "2026-01-01 00:00Z"},
    may_delete_when="{row}.title = 'Mistake'",
    update_requires="{row}.version >= {old}.version",
)
class Issue(models.Model):
    title = models.CharField(max_length=20)
    version = models.IntegerField(default=1)
    published_at = models.DateTimeField(null=True)

    class Meta(Apart):
        constraints = (models.UniqueConstraint(fields=["title"], name="frozentest_title"),)


@registry.table(
    frozen_when="EXISTS (SELECT 1 FROM frozentest_issue i WHERE i.id = {row}.issue_id AND i.published_at IS NOT NULL)",
    guard_insert=True,
)
class Rule(models.Model):
    issue = models.ForeignKey(Issue, models.PROTECT)
    text = models.TextField()

    class Meta(Apart):
        pass


@registry.table(may_change=("status",))
class Stamp(models.Model):
    """Its key is no integer, so on SQLite it has a rowid besides; and a column that may change is unique."""

    code = models.CharField(max_length=20, primary_key=True)
    letter = models.OneToOneField(Letter, models.PROTECT)
    status = models.CharField(max_length=20, unique=True)
    is_valid = models.BooleanField(default=True)
    price = models.DecimalField(max_digits=4, decimal_places=2)
    marks = models.JSONField(default=dict)

    class Meta(Apart):
        pass


registry.guard(
    "frozentest_letter",
    "approval",
    on="UPDATE",
    requires="{row}.status <> 'approved' OR {old}.status = 'approved' OR EXISTS (SELECT 1 FROM frozentest_rule)",
)
MODELS = (Letter, Permit, Issue, Rule, Stamp)
TABLES = sorted(model._meta.db_table for model in MODELS)

sqlite_only = pytest.mark.only_on("sqlite")
postgresql_only = pytest.mark.only_on("postgresql")


@pytest.fixture(scope="module")
def tables(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            for model in MODELS:
                editor.create_model(model)
        registry.install(connection)
        yield
        with connection.schema_editor() as editor:
            for model in reversed(MODELS):
                editor.delete_model(model)
        Registry(prefix=registry.prefix).install(connection)  # knows no table: removes what is left on PostgreSQL


@pytest.fixture
def rows(tables, db):
    """Letter 1, frozen from birth; issue 1 published with rule 1, issue 2 not yet with rule 2; stamp 'A'."""
    with unfrozen(connection, registry=registry):
        Letter.objects.create(pk=1, **LETTER | {"nonce": "n1", "position": 1, "slot": 1})
        Letter.objects.create(pk=2, **LETTER | {"nonce": "n2", "position": 2, "slot": 2})
        Issue.objects.create(pk=1, title="First", published_at="2026-01-01 00:00Z")
        Issue.objects.create(pk=2, title="Second")
        Rule.objects.create(pk=1, issue_id=1, text="No threats")
        Rule.objects.create(pk=2, issue_id=2, text="No spam")
        Stamp.objects.create(code="A", letter_id=1, status="used", price="1.50")
        Stamp.objects.create(code="B", letter_id=2, status="new", price="1.50")
        connection.check_constraints()  # or PostgreSQL's TRUNCATE stumbles over checks that are still to come


LETTER = {"body": "As written", "name": "Ann", "series": 1, "status": "pending", "sent_at": "2026-01-01 00:00Z"}
LETTER_COLUMNS = "id, body, name, nonce, series, position, slot, status, version, sent_at"


def contents() -> dict:
    """Every row of every table here, as the database has it."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            found[table] = cursor.fetchall()
    return found


def run(statement: str) -> int:
    """Run SQL in a savepoint; return how many rows it says it altered."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount


def letter(pk, nonce, series, position, slot=0) -> str:
    values = f"{pk}, 'Forged', 'Eve', '{nonce}', {series}, {position}, {slot}, 'pending', 1, '2026-01-01 00:00:00'"
    return f"INTO frozentest_letter ({LETTER_COLUMNS}) VALUES ({values})"


ATTACKS = {
    "body": "UPDATE frozentest_letter SET body = 'Forged' WHERE id = 1",
    "body, in case only": "UPDATE frozentest_letter SET body = 'as written' WHERE id = 1",
    "name": "UPDATE frozentest_letter SET name = 'Eve'",
    "nonce": "UPDATE frozentest_letter SET nonce = 'n9' WHERE id = 1",
    "series": "UPDATE frozentest_letter SET series = 9 WHERE id = 1",
    "position": "UPDATE frozentest_letter SET position = 9 WHERE id = 1",
    "position to NULL": "UPDATE frozentest_letter SET position = NULL WHERE id = 1",
    "slot": "UPDATE frozentest_letter SET slot = 9 WHERE id = 1",
    "sent_at": "UPDATE frozentest_letter SET sent_at = '2020-01-01 00:00:00' WHERE id = 1",
    "primary key": "UPDATE frozentest_stamp SET code = 'Z' WHERE code = 'A'",
    "several columns": "UPDATE frozentest_letter SET status = 'rejected', version = 2, series = 9 WHERE id = 1",
    "foreign key": "UPDATE frozentest_stamp SET letter_id = 9 WHERE code = 'A'",
    "boolean": "UPDATE frozentest_stamp SET is_valid = NOT is_valid",
    "decimal": "UPDATE frozentest_stamp SET price = 1.51",
    "json": "UPDATE frozentest_stamp SET marks = '[1]'",
    "delete": "DELETE FROM frozentest_stamp WHERE code = 'A'",
    "delete all": "DELETE FROM frozentest_rule",
    "empty the body alone": "UPDATE frozentest_letter SET body = '' WHERE id = 1",
    "empty without a permit": "UPDATE frozentest_letter SET body = '', name = '' WHERE id = 1",
    "unpublish": "UPDATE frozentest_issue SET published_at = NULL WHERE id = 1",
    "published rule": "UPDATE frozentest_rule SET text = 'Anything goes' WHERE id = 1",
    "rule out of a published issue": "UPDATE frozentest_rule SET issue_id = 2 WHERE id = 1",
    "rule into a published issue": "UPDATE frozentest_rule SET issue_id = 1 WHERE id = 2",
    "new rule in a published issue": "INSERT INTO frozentest_rule (id, issue_id, text) VALUES (3, 1, 'Late')",
    "born approved": "INSERT INTO frozentest_letter SELECT 3, body, name, 'n3', 3, 3, 0, 'approved', 1, sent_at"
    " FROM frozentest_letter WHERE id = 1",
    "version back": "UPDATE frozentest_issue SET version = 0 WHERE id = 2",
    "upsert": "INSERT INTO frozentest_stamp SELECT * FROM frozentest_stamp WHERE TRUE"
    " ON CONFLICT (code) DO UPDATE SET price = 9",
    "upsert by a unique column": f"INSERT {letter(9, 'n1', 9, 9)} ON CONFLICT (nonce) DO UPDATE SET body = 'Forged'",
}
SQLITE_ATTACKS = {
    "primary key that is the rowid": "UPDATE frozentest_letter SET id = 9 WHERE id = 1",
    "update or replace, rowid": "UPDATE OR REPLACE frozentest_stamp SET rowid = 3 - rowid WHERE code = 'A'",
    "text to blob": "UPDATE frozentest_letter SET body = CAST(body AS BLOB)",
    "update or ignore": "UPDATE OR IGNORE frozentest_letter SET series = 9",
    "update or replace": "UPDATE OR REPLACE frozentest_letter SET id = 2 WHERE id = 1",
    "update or replace, unique": "UPDATE OR REPLACE frozentest_letter SET nonce = 'n2' WHERE id = 1",
    "update or replace, may change": "UPDATE OR REPLACE frozentest_stamp SET status = 'used' WHERE code = 'B'",
    "update or replace from one not frozen": "UPDATE OR REPLACE frozentest_issue SET id = 1 WHERE id = 2",
    "update or replace from one not frozen, title": "UPDATE OR REPLACE frozentest_issue SET title = 'First'",
    "replace by primary key": f"REPLACE {letter(1, 'n9', 9, 9)}",
    "replace by nonce": f"INSERT OR REPLACE {letter(9, 'n1', 9, 9)}",
    "replace by series and position": f"REPLACE {letter(9, 'n9', 1, 1)}",
    "replace by slot": f"REPLACE {letter(9, 'n9', 9, 9, slot=1)}",
    "replace without a primary key": f"REPLACE {letter('NULL', 'n1', 9, 9)}",
    "replace by text key": "REPLACE INTO frozentest_stamp VALUES ('A', 9, 'other', 1, 9, '{}')",
    "replace by one-to-one": "REPLACE INTO frozentest_stamp VALUES ('Z', 1, 'other', 1, 9, '{}')",
    "replace by rowid": "REPLACE INTO frozentest_stamp (rowid, code, letter_id, status, is_valid, price, marks)"
    " SELECT rowid, 'Z', 9, 'other', 1, 9, '{}' FROM frozentest_stamp WHERE code = 'A'",
}
POSTGRESQL_ATTACKS = {
    "primary key": "UPDATE frozentest_letter SET id = 9 WHERE id = 1",
    "truncate": "TRUNCATE frozentest_stamp",
    "truncate cascade": "TRUNCATE frozentest_letter CASCADE",
    "truncate by cascade": "TRUNCATE frozentest_permit, frozentest_issue CASCADE",
}


EVERY_ATTACK = [
    *(pytest.param(sql, id=name) for name, sql in ATTACKS.items()),
    *(pytest.param(sql, id=f"sqlite: {name}", marks=sqlite_only) for name, sql in SQLITE_ATTACKS.items()),
    *(pytest.param(sql, id=f"postgresql: {name}", marks=postgresql_only) for name, sql in POSTGRESQL_ATTACKS.items()),
]


@pytest.mark.parametrize("attack", EVERY_ATTACK)
def test_attack_is_refused_and_alters_nothing(rows, attack):
    before = contents()
    with pytest.raises(IntegrityError, match="^frozen: frozentest_"):
        run(attack)
    assert contents() == before


@pytest.mark.parametrize("attack", EVERY_ATTACK)
def test_attack_succeeds_without_the_triggers(rows, attack):
    before = contents()
    drop_triggers(connection, registry=registry)
    with contextlib.suppress(Undo), transaction.atomic():
        run(attack)
        assert contents() != before
        raise Undo
    assert contents() == before


def test_what_may_change_changes(rows):
    assert run("UPDATE frozentest_letter SET status = 'rejected', version = version + 1 WHERE id = 1") == 1
    kept = Letter.objects.get(pk=1)
    assert (kept.status, kept.version, kept.body, kept.name) == ("rejected", 2, "As written", "Ann")


def test_new_rows_come_in_beside_those_whose_keys_do_not_count(rows):
    for pk, slot, version in ((3, 0, 1), (4, 0, 1), (5, 1, 2)):  # NULL, and outside the partial constraint
        Letter.objects.create(**LETTER, pk=pk, nonce=f"n{pk}", position=None, slot=slot, version=version)
    assert Letter.objects.count() == 5


def test_saving_what_is_unchanged_is_no_attack(rows):
    for kept in (*Letter.objects.all(), *Stamp.objects.all(), *Issue.objects.all(), *Rule.objects.all()):
        kept.save(force_update=True)


def test_text_and_name_are_emptied_together_with_a_permit_only(rows):
    Permit.objects.create(letter_id=1)
    for refused in (
        "SET body = ''",
        "SET body = '', name = 'Eve'",
        "SET body = ' ', name = ' '",
        "SET body = '', name = '', series = 9",
    ):
        with pytest.raises(IntegrityError, match="^frozen: frozentest_letter refuses this UPDATE"):
            run(f"UPDATE frozentest_letter {refused} WHERE id = 1")
    with pytest.raises(IntegrityError, match="^frozen: "):
        run("UPDATE frozentest_letter SET body = '', name = ''")  # letter 2 has no permit
    assert run("UPDATE frozentest_letter SET body = '', name = '', status = 'withdrawn' WHERE id = 1") == 1
    assert list(Letter.objects.order_by("pk").values_list("body", "name", "status")) == [
        ("", "", "withdrawn"),
        ("As written", "Ann", "pending"),
    ]
    with pytest.raises(IntegrityError, match="^frozen: "):
        run("UPDATE frozentest_letter SET body = 'Forged', name = 'Eve' WHERE id = 1")


@postgresql_only
def test_a_temporary_table_forges_no_permit(rows):
    run("CREATE TEMPORARY TABLE frozentest_permit (letter_id integer)")
    run("INSERT INTO pg_temp.frozentest_permit VALUES (1)")
    with pytest.raises(IntegrityError, match="^frozen: "):
        run("UPDATE frozentest_letter SET body = '', name = '' WHERE id = 1")


def test_row_not_frozen_yet_is_free(rows):
    assert run("UPDATE frozentest_rule SET text = 'No advertising' WHERE id = 2") == 1
    assert run("INSERT INTO frozentest_rule (id, issue_id, text) VALUES (3, 2, 'No insults')") == 1
    assert run("DELETE FROM frozentest_rule WHERE id = 3") == 1
    assert run("UPDATE frozentest_issue SET published_at = '2026-02-01 00:00:00', title = 'Fair' WHERE id = 2") == 1
    with pytest.raises(IntegrityError, match="^frozen: frozentest_rule refuses this UPDATE"):
        run("UPDATE frozentest_rule SET text = 'No spam' WHERE id = 2")


def test_frozen_row_is_deleted_when_it_may_be(rows):
    Issue.objects.create(pk=3, title="Mistake", published_at="2026-01-01 00:00Z")
    assert run("DELETE FROM frozentest_issue WHERE id = 3") == 1
    with pytest.raises(IntegrityError, match="^frozen: frozentest_issue refuses this DELETE"):
        run("DELETE FROM frozentest_issue WHERE id = 1")


def test_guard_of_another_app_refuses_by_name(rows):
    approve = "UPDATE frozentest_letter SET status = 'approved' WHERE id = 1"
    with unfrozen(connection, registry=registry):
        Rule.objects.all().delete()
    with pytest.raises(IntegrityError, match="^frozen: frozentest_letter refuses this UPDATE: approval"):
        run(approve)
    Rule.objects.create(issue_id=2, text="No spam")
    assert run(approve) == 1
    Rule.objects.all().delete()
    assert run("UPDATE frozentest_letter SET version = 3 WHERE id = 1") == 1


def test_guards_on_insert_and_delete(rows):
    extra = Registry(prefix="frozenextra_")
    extra.guard("frozentest_permit", "few", on="INSERT", requires="(SELECT count(*) FROM frozentest_permit) < 1")
    extra.guard("frozentest_permit", "kept", on="DELETE", requires="{row}.letter_id = 2")
    assert extra.install(connection) == ["frozenextra_frozentest_permit_few", "frozenextra_frozentest_permit_kept"]
    kept = Permit.objects.create(letter_id=1)
    with pytest.raises(IntegrityError, match="^frozen: frozentest_permit refuses this INSERT: few"):
        run("INSERT INTO frozentest_permit (id, letter_id) VALUES (9, 2)")
    with pytest.raises(IntegrityError, match="^frozen: frozentest_permit refuses this DELETE: kept"):
        run("DELETE FROM frozentest_permit")
    run("UPDATE frozentest_permit SET letter_id = 2")
    assert Permit.objects.filter(pk=kept.pk).delete()[0] == 1


def test_installed_triggers_are_those_expected(rows):
    names = registry.expected_names(connection)
    sqlite_names = {
        f"frozentest_frozentest_{table}_{event}"
        for table in ("letter", "issue", "rule", "stamp")
        for event in ("update", "delete", "insert")
    } | {"frozentest_frozentest_letter_approval"}
    if connection.vendor == "sqlite":
        assert names == sqlite_names
    else:
        truncates = {f"frozentest_frozentest_{table}_truncate" for table in ("letter", "issue", "rule", "stamp")}
        without = {"frozentest_frozentest_issue_insert", "frozentest_frozentest_stamp_insert"}  # nothing to guard there
        assert names == sqlite_names - without | truncates
    assert set(registry.install(connection)) == registry.present_names(connection) == names
    assert registry.missing(connection) == set()


def test_missing_names_the_dropped_trigger_and_install_brings_it_back(rows):
    name = "frozentest_frozentest_stamp_delete"
    run(f"DROP TRIGGER {name}" + (" ON frozentest_stamp" if connection.vendor == "postgresql" else ""))
    assert registry.missing(connection) == {name}
    assert registry.probe(connection) == Probe(broken=["frozentest_stamp"], not_probed=[])
    registry.install(connection)
    assert registry.missing(connection) == set()
    assert registry.probe(connection) == Probe(broken=[], not_probed=[])


@postgresql_only
def test_disabled_trigger_is_missing(rows):
    run("ALTER TABLE frozentest_stamp DISABLE TRIGGER frozentest_frozentest_stamp_update")
    assert registry.missing(connection) == {"frozentest_frozentest_stamp_update"}


def test_stale_trigger_goes(rows):
    old = Registry(prefix=registry.prefix)
    old.guard("frozentest_permit", "retired", on="DELETE", requires="FALSE")
    old.install(connection)
    assert registry.present_names(connection) == {"frozentest_frozentest_permit_retired"}
    registry.install(connection)
    assert registry.present_names(connection) == registry.expected_names(connection)


def test_table_that_does_not_exist_yet_is_left_out(tables, db):
    early = Registry(prefix="frozenearly_")
    early.guard("frozentest_nowhere", "early", on="DELETE", requires="FALSE")
    assert early.install(connection) == []
    assert early.missing(connection) == set()


def test_unfrozen_installs_again_after_a_failure(rows):
    with pytest.raises(Undo), unfrozen(connection, registry=registry):
        assert registry.present_names(connection) == set()
        raise Undo
    assert registry.missing(connection) == set()


@pytest.mark.parametrize("filled", [True, False], ids=["with rows", "empty tables"])
def test_probe_finds_what_is_broken_and_leaves_no_trace(tables, db, request, filled):
    if filled:
        request.getfixturevalue("rows")
    before = contents()
    not_probed = [] if filled else ["frozentest_rule"]  # frozen by its issue only, so none can be made up
    assert registry.probe(connection) == Probe(broken=[], not_probed=not_probed)
    drop_triggers(connection, registry=registry)
    broken = ["frozentest_letter", "frozentest_issue", "frozentest_rule", "frozentest_stamp"]
    assert registry.probe(connection) == Probe([t for t in broken if t not in not_probed], not_probed)
    assert contents() == before


@pytest.mark.parametrize("column", ["body", "nonce", "series", "position", "sent_at"])
def test_probe_finds_a_trigger_that_forgets_one_column(rows, column):
    with only(Letter, may_change=("status", "version", column)):
        assert registry.probe(connection).broken[0] == "frozentest_letter"
    assert registry.probe(connection).broken == []


@pytest.mark.parametrize("is_valid", [True, False])
def test_probe_changes_a_column_whatever_it_holds(rows, is_valid):
    with unfrozen(connection, registry=registry):
        Stamp.objects.update(is_valid=is_valid)
    with only(Stamp, may_change=("status",)):
        assert "frozentest_stamp" not in registry.probe(connection).broken
    with only(Stamp, may_change=("status", "is_valid")):
        assert "frozentest_stamp" in registry.probe(connection).broken


@sqlite_only
def test_probe_finds_that_replace_is_unguarded(rows):
    run("DROP TRIGGER frozentest_frozentest_stamp_insert")
    run("CREATE TRIGGER frozentest_frozentest_stamp_insert BEFORE INSERT ON frozentest_stamp BEGIN SELECT 1; END")
    assert registry.missing(connection) == set()
    assert registry.probe(connection).broken == ["frozentest_stamp"]


@contextlib.contextmanager
def only(model: type[models.Model], **rules):
    """One table alone is frozen, by these rules, while the block runs; yields its registry."""
    alone = Registry(prefix=registry.prefix)
    alone.table(**rules)(model)
    alone.install(connection)
    try:
        yield alone
    finally:
        registry.install(connection)


def rebuild(model: type[models.Model], field_name: str) -> None:
    """Do what a migration's AlterField does: on SQLite a new table takes the place of the old one."""
    old = model._meta.get_field(field_name)
    new = old.clone()
    new.null = not old.null
    new.set_attributes_from_name(field_name)
    new.model = model
    with connection.schema_editor() as editor:
        editor.alter_field(model, old, new)
        editor.alter_field(model, new, old)


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_rebuilt_table_loses_its_triggers_until_they_are_installed_again(tables):
    with only(Letter, may_change=("status", "version")) as alone:
        rebuild(Letter, "name")
        assert alone.missing(connection) == alone.expected_names(connection) != set()
        assert alone.probe(connection) == Probe(broken=["frozentest_letter"], not_probed=[])
        alone.install(connection)
        assert alone.missing(connection) == set()
        assert alone.probe(connection) == Probe(broken=[], not_probed=[])


@postgresql_only
@pytest.mark.django_db(transaction=True)
def test_installing_at_the_same_time_is_harmless(tables):
    Registry(prefix=registry.prefix).install(connection)  # knows no table, so none of the functions is left either
    together = Barrier(4)

    def install(_turn) -> int:
        try:
            connection.ensure_connection()
            together.wait(timeout=10)
            return len(registry.install(connection))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(install, range(4))) == {len(registry.expected_names(connection))}
    assert registry.missing(connection) == set()


@pytest.fixture
def stock_schema_editor(monkeypatch):
    """Django's own, for the runner's migrations have put the product's in its place; and afterwards as it was."""
    default = connections["default"]
    monkeypatch.setattr(default, "SchemaEditorClass", type(default).SchemaEditorClass)


@pytest.mark.django_db(transaction=True)
def test_migrations_keep_the_triggers(tables, stock_schema_editor):
    if connection.vendor == "sqlite":
        with pytest.raises(OperationalError, match="error in trigger .* no such table: main.frozentest_permit"):
            rebuild(Permit, "reason")  # a trigger of letters names it
    registry.keep_through_migrations(connection)
    registry.keep_through_migrations(connection)
    rebuild(Permit, "reason")
    rebuild(Letter, "name")
    assert registry.missing(connection) == set()
    with pytest.raises(Undo), connection.schema_editor():
        raise Undo
    assert registry.missing(connection) == set()
    assert registry.probe(connection).broken == []
    drop_triggers(connection, registry=registry)
    rebuild(Permit, "reason")  # as in a new database, where there are none to bring back yet
    assert registry.present_names(connection) == set()
    registry.install(connection)


CASELESS = {
    "sqlite": ("NOCASE",),
    "postgresql": (
        "frozentest_caseless",
        "CREATE COLLATION frozentest_caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    ),
}


def test_collation_that_ignores_case_hides_no_change(tables, db):
    collation, *create = CASELESS[connection.vendor]

    class Whisper(models.Model):
        text = models.TextField(db_collation=collation)

        class Meta(Apart):
            pass

    alone = Registry(prefix="frozencase_")
    alone.table()(Whisper)
    for statement in create:
        run(statement)
    run(f"CREATE TABLE frozentest_whisper (id integer PRIMARY KEY, text text COLLATE {collation})")
    run("INSERT INTO frozentest_whisper VALUES (1, 'hush')")
    alone.install(connection)
    with pytest.raises(IntegrityError, match="^frozen: frozentest_whisper refuses this UPDATE"):
        run("UPDATE frozentest_whisper SET text = 'HUSH' WHERE text = 'Hush'")


@pytest.mark.parametrize(
    "rules",
    [
        {"may_empty": ("body",)},
        {"may_empty_when": "TRUE"},
        {"guard_insert": True},
    ],
)
def test_rules_that_do_not_fit_together_are_refused(rules):
    with pytest.raises(ImproperlyConfigured):
        Registry().table(**rules)(Letter)


def test_names_are_refused_that_are_taken_or_that_postgresql_would_cut():
    fresh = Registry()
    fresh.table()(Letter)
    fresh.guard("frozentest_letter", "approval", on="UPDATE", requires="TRUE")
    with pytest.raises(ImproperlyConfigured, match="frozen twice"):
        fresh.table()(Letter)
    for name in ("approval", "update"):
        with pytest.raises(ImproperlyConfigured, match="is taken"):
            fresh.guard("frozentest_letter", name, on="UPDATE", requires="TRUE")
    with pytest.raises(ImproperlyConfigured, match="no guards on TRUNCATE"):
        fresh.guard("frozentest_letter", "all", on="TRUNCATE", requires="TRUE")
    with pytest.raises(ImproperlyConfigured, match="longer than the 63 bytes"):
        fresh.guard("frozentest_letter", "a" * 39, on="UPDATE", requires="TRUE")
    fresh.guard("frozentest_letter", "a" * 38, on="UPDATE", requires="TRUE")


@sqlite_only
def test_unique_expression_is_refused_because_replace_would_get_past(db):
    class Label(models.Model):
        text = models.CharField(max_length=20)

        class Meta(Apart):
            constraints = (models.UniqueConstraint(Lower("text"), name="frozentest_text"),)

    alone = Registry(prefix="frozenlabel_")
    alone.table()(Label)
    with pytest.raises(ImproperlyConfigured, match="frozentest_text has expressions"):
        alone.install(connection)
