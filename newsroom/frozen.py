"""
Tables whose rows never change, enforced by triggers in the database itself (SQLite and PostgreSQL).

A model states its rules once, and whoever migrates installs them:

    @frozen.table(may_change=("status",), insert_requires="{row}.status = 'pending'")
    class Comment(models.Model): ...

    frozen.install(connection)      # on post_migrate

Rules are raw SQL conditions that both databases understand. `{row}` stands for the row in question: as it is (OLD) in
`frozen_when`, `may_empty_when`, `may_delete_when` and guards on DELETE; as it would become (NEW) everywhere else, where
`{old}` is the row as it is. A condition that comes out NULL does not hold. On SQLite NEW has no automatic id yet in an
INSERT. A refused statement raises `django.db.IntegrityError`, and its message begins `frozen: <table>`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from newsroom.frozen_probe import Probe, probe_tables

Model = TypeVar("Model", bound=type[models.Model])

LONGEST_NAME = 63  # PostgreSQL cuts longer identifiers, silently

CREATE = {
    "sqlite": [
        "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {refused_when}"
        " BEGIN SELECT RAISE(ABORT, '{message}'); END"
    ],
    # search_path: otherwise a temporary table named like the one in a condition would be read in its place.
    "postgresql": [
        "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS"
        " $frozen$ BEGIN IF {refused_when} THEN"
        " RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{message}';"
        " END IF; RETURN COALESCE(NEW, OLD); END $frozen$",
        "CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {level} EXECUTE FUNCTION {name}()",
    ],
}
DROP = {
    "sqlite": "DROP TRIGGER {name}",
    "postgresql": "DROP FUNCTION {name}() CASCADE",  # and with it the trigger that calls it
}
LIST_DROPPABLE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace"
    " WHERE n.nspname = current_schema() AND prorettype = 'trigger'::regtype",
}
LIST_WORKING = {
    "sqlite": LIST_DROPPABLE["sqlite"],
    "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND NOT tgisinternal AND tgenabled IN ('O', 'A')",
}


class Trigger(NamedTuple):
    name: str
    table: str
    event: str  # UPDATE, DELETE, INSERT or TRUNCATE
    refused_when: str
    message: str

    def create(self, connection: BaseDatabaseWrapper, schema: str) -> Iterator[str]:
        """Yield the statements that create this trigger (`schema` matters on PostgreSQL only)."""
        quote = connection.ops.quote_name
        for statement in CREATE[connection.vendor]:
            yield statement.format(
                name=quote(self.name),
                table=quote(self.table),
                event=self.event,
                level="STATEMENT" if self.event == "TRUNCATE" else "ROW",
                refused_when=self.refused_when,
                message=self.message.replace("'", "''"),
                schema=quote(schema),
            )


@dataclass(frozen=True)
class FrozenTable:
    """
    The rules of one table; its fields but the first are the keyword arguments of `frozen.table`.

    may_change: names of the fields that may be updated freely.
    may_empty: names of text fields that may be set to '' all together in one UPDATE, when `may_empty_when` holds.
    frozen_when: which rows are frozen; all of them by default. The others may be changed and deleted freely.
    guard_insert: no row may come under `frozen_when` from elsewhere, neither by INSERT nor by UPDATE.
    insert_requires, update_requires: what must hold for a row to be inserted, or updated (frozen or not).
    may_delete_when: which frozen rows may be deleted; none by default.
    probe_values: field values with which `probe` can make up a frozen row, if the plainest ones do not do.
    """

    model: type[models.Model]
    may_change: Sequence[str] = ()
    may_empty: Sequence[str] = ()
    may_empty_when: str = ""
    frozen_when: str = ""
    guard_insert: bool = False
    insert_requires: str = ""
    update_requires: str = ""
    may_delete_when: str = ""
    probe_values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if bool(self.may_empty) != bool(self.may_empty_when):
            raise ImproperlyConfigured(f"{self.name}: may_empty and may_empty_when need each other")
        if self.guard_insert and not self.frozen_when:
            raise ImproperlyConfigured(f"{self.name}: guard_insert needs frozen_when")

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def fields(self) -> list[models.Field]:
        return [f for f in self.model._meta.local_concrete_fields if not f.generated]

    def is_frozen(self, row: str) -> str:
        return holds(self.frozen_when, row) if self.frozen_when else "TRUE"

    def may_be_deleted(self, row: str) -> str:
        return holds(self.may_delete_when, row) if self.may_delete_when else "FALSE"

    def refusals(self, connection: BaseDatabaseWrapper) -> dict[str, str]:
        """Return the condition under which each kind of statement is refused, where there is one."""
        update = [f"{self.is_frozen('OLD')} AND ({self._altered(connection)})"]
        delete = [f"{self.is_frozen('OLD')} AND NOT {self.may_be_deleted('OLD')}"]
        insert, truncate = [], []
        if self.guard_insert:
            insert.append(self.is_frozen("NEW"))
            update.append(f"{self.is_frozen('NEW')} AND NOT {self.is_frozen('OLD')}")
        if self.insert_requires:
            insert.append(f"NOT {holds(self.insert_requires, 'NEW')}")
        if self.update_requires:
            update.append(f"NOT {holds(self.update_requires, 'NEW')}")
        if connection.vendor == "sqlite":
            insert += self._collisions(connection)
            update += self._collisions(connection, besides="kept.rowid <> OLD.rowid")
        else:
            truncate.append("TRUE")
        terms = {"UPDATE": update, "DELETE": delete, "INSERT": insert, "TRUNCATE": truncate}
        return {event: " OR ".join(f"({term})" for term in refused) for event, refused in terms.items() if refused}

    def _altered(self, connection: BaseDatabaseWrapper) -> str:
        """Return the condition that an UPDATE alters what it may not."""
        free, emptied = ([self.model._meta.get_field(n) for n in names] for names in (self.may_change, self.may_empty))
        altered = [differs(f, connection) for f in self.fields if f not in free and f not in emptied]
        if emptied:
            rewritten = " OR ".join(differs(f, connection) for f in emptied)
            all_empty = " AND ".join(f"NEW.{connection.ops.quote_name(f.column)} = ''" for f in emptied)
            permitted = f"COALESCE({all_empty}, FALSE) AND {holds(self.may_empty_when, 'OLD')}"
            altered.append(f"({rewritten}) AND NOT ({permitted})")
        return " OR ".join(f"({term})" for term in altered)

    def _collisions(self, connection: BaseDatabaseWrapper, besides: str = "TRUE") -> Iterator[str]:
        """
        Yield one EXISTS term for each key on which SQLite's REPLACE would push out a row that is there.

        REPLACE fires no DELETE trigger (unless the connection asks for it), so the new row is stopped instead.
        """
        quote = connection.ops.quote_name
        kept = f"SELECT 1 FROM {quote(self.name)} AS kept WHERE {besides}"
        yield f"EXISTS ({kept} AND kept.rowid = NEW.rowid)"  # every table has one beside a primary key of text
        for names, condition in self._keys(connection):
            columns = [quote(self.model._meta.get_field(name).column) for name in names]
            term = " AND ".join([kept, *(f"kept.{column} = NEW.{column}" for column in columns)])
            if condition:
                new = ", ".join(f"NEW.{quote(f.column)} AS {quote(f.column)}" for f in self.fields)
                term += f" AND ({condition}) AND EXISTS (SELECT 1 FROM (SELECT {new}) WHERE {condition})"
            yield f"EXISTS ({term})"

    def _keys(self, connection: BaseDatabaseWrapper) -> Iterator[tuple[Sequence[str], str]]:
        """Yield what must be unique: field names, and the SQL condition of a partial constraint or ''."""
        meta = self.model._meta
        yield from (([f.name], "") for f in self.fields if f.unique)
        yield from ((names, "") for names in meta.unique_together)
        for constraint in (c for c in meta.constraints if isinstance(c, models.UniqueConstraint)):
            if constraint.contains_expressions:
                raise ImproperlyConfigured(f"{self.name}: {constraint.name} has expressions; no guard covers REPLACE")
            yield constraint.fields, constraint._get_condition_sql(self.model, connection.schema_editor()) or ""


class Registry:
    """
    Frozen tables and guards, and the triggers made from them.

    Every function of this module is a method of its one instance, `frozen.registry`; tests make their own with another
    prefix. Connections are Django's, to SQLite or PostgreSQL.
    """

    def __init__(self, prefix: str = "frozen_") -> None:
        self.prefix = prefix
        self.tables: dict[str, FrozenTable] = {}
        self.guards: dict[str, Trigger] = {}

    def table(self, **rules: Any) -> Callable[[Model], Model]:
        """
        Return a class decorator that freezes the table of a model; the model itself is left as it is.

        Takes the fields of `FrozenTable` as keyword arguments. Raises ImproperlyConfigured if they do not fit
        together, if the table is frozen already, or if its name is too long for a trigger's.
        """

        def register(model: Model) -> Model:
            frozen_table = FrozenTable(model, **rules)
            self._trigger_name(frozen_table.name, "truncate")  # the longest of the four
            if frozen_table.name in self.tables:
                raise ImproperlyConfigured(f"{frozen_table.name} is frozen twice")
            self.tables[frozen_table.name] = frozen_table
            return model

        return register

    def guard(self, table_name: str, name: str, *, on: Literal["UPDATE", "INSERT", "DELETE"], requires: str) -> None:
        """
        Refuse every `on` of a row in `table_name`, frozen or not, for which `requires` does not hold.

        Raises ImproperlyConfigured if the name is taken or too long, or `on` is something else.
        """
        trigger_name = self._trigger_name(table_name, name)
        if on not in ("UPDATE", "INSERT", "DELETE"):
            raise ImproperlyConfigured(f"{trigger_name}: there are no guards on {on}")
        if trigger_name in self.guards or name in ("update", "insert", "delete", "truncate"):
            raise ImproperlyConfigured(f"{trigger_name} is taken")
        refused_when = f"NOT {holds(requires, 'OLD' if on == 'DELETE' else 'NEW')}"
        message = f"frozen: {table_name} refuses this {on}: {name}"
        self.guards[trigger_name] = Trigger(trigger_name, table_name, on, refused_when, message)

    def install(self, connection: BaseDatabaseWrapper) -> list[str]:
        """
        Drop our triggers, stale ones too, and create those of every table that exists, all in one transaction.

        Returns their names. Installers on PostgreSQL wait for each other.
        """
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            schema = ""
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('frozen.install')), current_schema()")
                schema = cursor.fetchone()[1]
            self._drop(connection)
            triggers = self._triggers(connection)
            for trigger in triggers:
                for statement in trigger.create(connection, schema):
                    cursor.execute(statement)
        return [trigger.name for trigger in triggers]

    def expected_names(self, connection: BaseDatabaseWrapper) -> set[str]:
        """Return the names of the triggers that the existing tables ought to have."""
        return {trigger.name for trigger in self._triggers(connection)}

    def present_names(self, connection: BaseDatabaseWrapper) -> set[str]:
        """Return the names of our triggers that are there, and on PostgreSQL not disabled."""
        return self._ours(connection, LIST_WORKING)

    def missing(self, connection: BaseDatabaseWrapper) -> set[str]:
        """Return the names of the triggers that ought to be there and are not."""
        return self.expected_names(connection) - self.present_names(connection)

    def probe(self, connection: BaseDatabaseWrapper) -> Probe:
        """
        Attack one row of each frozen table, or a made-up one, and undo everything.

        A made-up row is needed because an UPDATE of an empty table fires nothing. `broken` names the tables where an
        attack altered a row or failed for another reason than our refusal, `not_probed` those without a frozen row in
        which none could be made up.
        """
        existing = connection.introspection.table_names()
        return probe_tables([t for t in self.tables.values() if t.name in existing], connection)

    def keep_through_migrations(self, connection: BaseDatabaseWrapper) -> None:
        """
        Let SQLite's tables be rebuilt although triggers of other tables name them; call it on pre_migrate.

        SQLite drops the triggers of a rebuilt table in silence, and it refuses the rebuild of a table that another
        one's trigger names ("error in trigger …: no such table"). So each schema change takes our triggers away first
        and brings them back within its own transaction. PostgreSQL has neither trouble.
        """
        if connection.vendor == "sqlite" and not hasattr(connection.SchemaEditorClass, "frozen_registry"):
            bases = (RestoringSchemaEditor, connection.SchemaEditorClass)
            connection.SchemaEditorClass = type("SchemaEditor", bases, {"frozen_registry": self})

    def _trigger_name(self, table_name: str, suffix: str) -> str:
        name = f"{self.prefix}{table_name}_{suffix}"
        if len(name.encode()) > LONGEST_NAME:
            raise ImproperlyConfigured(f"{name} is longer than the {LONGEST_NAME} bytes PostgreSQL allows")
        return name

    def _triggers(self, connection: BaseDatabaseWrapper) -> list[Trigger]:
        existing = connection.introspection.table_names()
        triggers = []
        for name, frozen_table in self.tables.items():
            for event, refused_when in frozen_table.refusals(connection).items():
                trigger_name, message = self._trigger_name(name, event.lower()), f"frozen: {name} refuses this {event}"
                triggers.append(Trigger(trigger_name, name, event, refused_when, message))
        return [trigger for trigger in [*triggers, *self.guards.values()] if trigger.table in existing]

    def _ours(self, connection: BaseDatabaseWrapper, listing: Mapping[str, str]) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(listing[connection.vendor])
            return {name for (name,) in cursor.fetchall() if name.startswith(self.prefix)}

    def _drop(self, connection: BaseDatabaseWrapper) -> set[str]:
        names = self._ours(connection, LIST_DROPPABLE)
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute(DROP[connection.vendor].format(name=connection.ops.quote_name(name)))
        return names


class RestoringSchemaEditor:
    """Mixed into SQLite's schema editor by `keep_through_migrations`."""

    frozen_registry: Registry

    def __enter__(self):
        editor = super().__enter__()
        self.dropped_triggers = self.frozen_registry._drop(self.connection)
        return editor

    def __exit__(self, exc_type, exc_value, traceback):
        rolls_back = exc_type is not None and self.atomic_migration
        if self.dropped_triggers and not rolls_back:
            self.frozen_registry.install(self.connection)
        super().__exit__(exc_type, exc_value, traceback)


def holds(condition: str, row: str) -> str:
    """Return SQL that is true if the condition holds for `row`, and never NULL."""
    return f"COALESCE(({condition.replace('{row}', row).replace('{old}', 'OLD')}), FALSE)"


def differs(f: models.Field, connection: BaseDatabaseWrapper) -> str:
    """Return SQL that is true if an UPDATE gives the field another value, to the letter whatever its collation."""
    column = connection.ops.quote_name(f.column)
    if connection.vendor == "sqlite":
        return f"OLD.{column} IS NOT NEW.{column} COLLATE BINARY"
    collation = ' COLLATE "C"' if getattr(f, "db_collation", None) else ""
    return f"OLD.{column} IS DISTINCT FROM NEW.{column}{collation}"


registry = Registry()

table = registry.table
guard = registry.guard
install = registry.install
expected_names = registry.expected_names
present_names = registry.present_names
missing = registry.missing
probe = registry.probe
keep_through_migrations = registry.keep_through_migrations
