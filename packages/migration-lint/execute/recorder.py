"""Runs upgrade() of Alembic migrations by Alembic itself and writes down every statement they send.

Reads one JSON request from stdin, answers in JSON lines on the descriptor that stdout was. Runs in isolation only, and
says first what of the outside it could reach.
"""

import ast
import asyncio
import contextlib
import datetime
import decimal
import importlib
import importlib.util
import json
import os
import pathlib
import re
import socket
import sys
import types

answer = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
# What migrations print is nobody's answer.
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
os.dup2(1, 2)

LONGEST_STATEMENT = 1_000_000
MOST_STATEMENTS = 20_000
DIALECT = re.compile("dialect|sqlite|mysql|mssql|oracle|postgres", re.I)
# Callers whose statements are no migration's, or that events tell of.
OWN = re.compile(r"/(?:sqlalchemy|asyncpg)/")
READS = "it reads the database"
SENDS = re.compile(
    r"(?:^|[._])(?:op|exec\w*|(?:drop|alter|create|rename|add|bulk)_\w+|insert|update|delete|truncate|commit|run_sync)$|\bop\."
)


def say(**message):
    answer.write(json.dumps(message) + "\n")
    answer.flush()


class NeedsDatabase(BaseException):
    """A result is read where no server answers. Not an Exception: migrations catch those."""


class TooMuch(BaseException):
    """More statements, or longer ones, than any migration needs."""


def reachable(canary):
    """What of the outside is in reach. Every answer has to be false."""

    def opens():
        try:
            with open(canary["file"], encoding="utf-8") as file:
                return file.read() != ""
        except OSError:
            return False

    def connects():
        try:
            socket.create_connection(("127.0.0.1", canary["port"]), timeout=2).close()
            return True
        except OSError:
            return False

    def inherits():
        value = canary["value"].encode()
        seen = [" ".join(os.environ.values()).encode()]
        for environ in pathlib.Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                seen.append(environ.read_bytes())
        return any(value in each for each in seen)

    def writes():
        try:
            pathlib.Path(canary["folder"], "written").touch()
            return True
        except OSError:
            return False

    return {"environment": inherits(), "file": opens(), "port": connects(), "folder": writes()}


# --- statements ---------------------------------------------------------------------------------------------------


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, decimal.Decimal)):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "'\\x" + bytes(value).hex() + "'"
    if isinstance(value, (list, tuple)) and not hasattr(value, "obj"):
        return "ARRAY[" + ", ".join(literal(each) for each in value) + "]"
    for wrapped in ("obj", "adapted"):
        value = getattr(value, wrapped, value)
    if isinstance(value, (dict, list)):
        value = json.dumps(value, default=str)
    if isinstance(value, (datetime.date, datetime.time)):
        value = value.isoformat()
    return "'" + str(value).replace("'", "''") + "'"


def rendered(statement, parameters, compiled):
    """The statement as the server gets it; what can't be put in stays a placeholder."""
    if isinstance(parameters, dict):
        return re.sub(
            r"%%|%\((\w+)\)s",
            lambda found: "%" if found[0] == "%%" else literal(parameters[found[1]]) if found[1] in parameters else found[0],
            statement,
        ) if compiled or parameters else statement
    if isinstance(parameters, (list, tuple)) and parameters and "%s" in statement:
        values = iter(parameters)
        return re.sub(r"%%|%s", lambda found: "%" if found[0] == "%%" else literal(next(values, None)), statement)
    if isinstance(parameters, (list, tuple)) and parameters and "$1" in statement:
        return re.sub(
            r"\$(\d+)",
            lambda found: literal(parameters[int(found[1]) - 1]) if int(found[1]) <= len(parameters) else found[0],
            statement,
        )
    return statement.replace("%%", "%") if compiled else statement


def place(frame, code):
    """Lines are 1-based, columns count bytes of UTF-8; without columns before Python 3.11."""
    positions = getattr(code, "co_positions", None)
    if positions is not None:
        instruction = frame.f_lasti // 2
        for index, (line, end_line, column, end_column) in enumerate(positions()):
            if index == instruction and line is not None and end_line is not None:
                return [line, column, end_line, end_column]
    return [frame.f_lineno, None, frame.f_lineno, None]


class Recording:
    """What one migration sends."""

    def __init__(self, file, helpers):
        self.file = file
        self.helpers = tuple(helpers)
        self.complete = True
        self.helped = {}
        self.callers = {}
        self.count = 0
        self.executed = set()
        self.functions = set()
        # Where an operation stands that a batch sends at its end.
        self.batched = []

    def frames(self):
        found, reflects = list(self.batched), False
        frame = sys._getframe(2)
        while frame is not None:
            name = frame.f_code.co_filename
            if name == self.file:
                found.append(place(frame, frame.f_code))
            # Looking up what is there, for inspect() and checkfirst.
            reflects = reflects or not found and (
                name.endswith("sqlalchemy/engine/reflection.py")
                or name.endswith("sqlalchemy/dialects/postgresql/base.py")
                and frame.f_code.co_name.startswith(("has_", "get_"))
            )
            frame = frame.f_back
        return found, reflects

    def add(self, kind, sql=""):
        frames, reflects = self.frames()
        if reflects and kind == "sql":
            return
        self.count += 1
        if self.count > MOST_STATEMENTS or len(sql) > LONGEST_STATEMENT:
            raise TooMuch()
        say(statement=kind, sql=sql, frames=frames)

    # Which lines ran: a branch that was not taken has not been judged by running.
    def trace(self, frame, event, _argument):
        name = frame.f_code.co_filename
        if name != self.file:
            return self.helper(frame, name) if event == "call" else None
        if event == "call":
            self.functions.add(frame.f_code.co_firstlineno)
        else:
            self.executed.add(frame.f_lineno)
        return self.trace

    def helper(self, frame, name):
        """Code of the same project, which no prediction reaches."""
        code = frame.f_code
        if code.co_name.startswith("<") or not name.startswith(self.helpers):
            return None
        known = self.helped.setdefault((name, code.co_firstlineno), set())
        if (name, code.co_firstlineno) not in self.callers:
            self.callers[name, code.co_firstlineno] = self.frames()[0]

        def lines(_frame, event, _argument):
            if event != "call":
                known.add(_frame.f_lineno)
            return lines

        return lines

    def unseen(self):
        """Statements of entered helpers that did not run and look as if they send something."""
        found = []
        for (name, first), ran in self.helped.items():
            with open(name, "rb") as file:
                tree = ast.parse(file.read())
            for function in ast.walk(tree):
                if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    continue
                if first not in [function.lineno, *(each.lineno for each in function.decorator_list)]:
                    continue
                for statement in of_postgres(function):
                    if not isinstance(statement, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)):
                        continue
                    last = statement.end_lineno or statement.lineno
                    if not any(line in ran for line in range(statement.lineno, last + 1)) and any(
                        isinstance(each, ast.Call) and SENDS.search(ast.unparse(each.func)) for each in ast.walk(statement)
                    ):
                        text = f"{os.path.basename(name)}:{statement.lineno}: {ast.unparse(statement)}"
                        found.append({"frames": self.callers[name, first], "text": text[:200]})
                        break
        return found

    def skipped(self, tree):
        """Line ranges of statements that did not run, and of those of which maybe only a part did."""
        ranges, partial = [], []
        conditional = (ast.IfExp, ast.BoolOp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

        def leave(entered, first, last):
            ranges.append([first, last])
            self.complete = self.complete and not entered

        def visit(body, entered):
            for statement in body:
                if isinstance(statement, (ast.Global, ast.Nonlocal, ast.Pass)) or (
                    isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
                ):
                    continue
                if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    lines = [statement.lineno, *(each.lineno for each in statement.decorator_list)]
                    visit(statement.body, any(line in self.functions for line in lines))
                    continue
                if isinstance(statement, ast.ClassDef):
                    visit(statement.body, entered)
                    continue
                blocks = [
                    block
                    for name in ("body", "orelse", "finalbody")
                    if isinstance(block := getattr(statement, name, None), list) and block
                ]
                blocks += [each.body for each in [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]]
                last = statement.end_lineno or statement.lineno
                if blocks:
                    first = min(block[0].lineno for block in blocks)
                    # What stands on the header's own line can't be told from it.
                    head = max(first - 1, statement.lineno)
                    shared = first <= head and any(block[0].lineno <= head for block in blocks)
                    runs = isinstance(statement, (ast.Try, getattr(ast, "TryStar", ast.Try)))
                    if not runs and (shared or not self.ran(statement.lineno, head)):
                        leave(entered, statement.lineno, last if shared else head)
                    for block in blocks:
                        visit(block, entered)
                elif not entered or not self.ran(statement.lineno, last):
                    leave(entered, statement.lineno, last)
                elif any(isinstance(each, conditional) for each in ast.walk(statement)):
                    partial.append([statement.lineno, last])

        visit([each for each in tree.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))], True)
        return ranges, partial

    def ran(self, first, last):
        return any(line in self.executed for line in range(first, last + 1))


def of_postgres(function):
    """Its statements, without those of other databases: which one it is doesn't depend on data."""
    open_blocks = [function.body]
    while open_blocks:
        for statement in open_blocks.pop():
            yield statement
            blocks = [
                block
                for name in ("body", "orelse", "finalbody")
                if isinstance(block := getattr(statement, name, None), list) and block
            ]
            blocks += [each.body for each in [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]]
            asks = isinstance(statement, ast.If) and DIALECT.search(ast.unparse(statement.test))
            if not asks:
                open_blocks += blocks
            elif any(isinstance(each, ast.Return) for each in ast.walk(statement)):
                break


recording = None


def record(_connection, _cursor, statement, parameters, context, executemany):
    if recording is None:
        return
    if any(each.search(statement) for each in unchanged):
        return
    if executemany and isinstance(parameters, (list, tuple)) and parameters:
        parameters = parameters[0]
    recording.add("sql", rendered(statement, parameters, getattr(context, "compiled", None) is not None))


def record_raw(statement, parameters=None):
    """Sent by way of the driver's own connection, past SQLAlchemy's events."""
    if recording is None or OWN.search(sys._getframe(2).f_code.co_filename):
        return
    if hasattr(statement, "as_string"):
        with contextlib.suppress(Exception):
            statement = statement.as_string(None)
    if isinstance(statement, (bytes, bytearray)):
        statement = bytes(statement).decode("utf-8", "backslashreplace")
    recording.add("sql", rendered(str(statement), parameters, False))


def first_values(values):
    """Of one row, or the first of several; where they come one by one, they stay placeholders."""
    if isinstance(values, (list, tuple)) and values and isinstance(values[0], (dict, list, tuple)):
        return values[0]
    return values if isinstance(values, (dict, list, tuple)) else None


def watched(cls, *names):
    """Its methods take a statement first."""
    for name in names:
        original = cls.__dict__.get(name)
        if original is None:
            continue

        def method(self, statement, *arguments, _original=original, **named):
            record_raw(statement, first_values(arguments[0] if arguments else named.get("params")))
            return _original(self, statement, *arguments, **named)

        setattr(cls, name, method)


def watch_driver(name):
    """Returns what its connections have to be made with."""
    if name == "psycopg":
        import psycopg

        watched(psycopg.Cursor, "execute", "executemany", "copy", "stream")
        watched(psycopg.ServerCursor, "execute", "executemany")
    elif name == "psycopg2":
        import psycopg2.extensions

        class Cursor(psycopg2.extensions.cursor):
            def execute(self, query, vars=None):
                record_raw(query, vars)
                return super().execute(query, vars)

            def executemany(self, query, vars_list):
                record_raw(query, first_values(vars_list))
                return super().executemany(query, vars_list)

            def copy_expert(self, sql, *arguments, **named):
                record_raw(sql)
                return super().copy_expert(sql, *arguments, **named)

        return {"cursor_factory": Cursor}
    elif name == "asyncpg":
        import asyncpg
        from sqlalchemy.dialects.postgresql import asyncpg as adapted

        watched(asyncpg.Connection, "execute", "executemany", "fetch", "fetchrow", "fetchval", "fetchmany", "prepare", "cursor")
        watched(adapted.AsyncAdapt_asyncpg_cursor, "execute", "executemany")
        for base in adapted.AsyncAdapt_asyncpg_cursor.__mro__[1:-1]:
            watched(base, "execute", "executemany")
    return {}


def mark(kind):
    def handler(*_arguments):
        if recording is not None:
            recording.add(kind)

    return handler


# --- a driver without a server ------------------------------------------------------------------------------------


def recording_dialect(driver_name):
    from sqlalchemy.dialects.postgresql.base import PGDialect

    class Cursor:
        rowcount = -1
        lastrowid = None
        arraysize = 1

        def __init__(self):
            self.sql = ""
            self.names = ["unknown"]

        def execute(self, sql, parameters=None):
            record_raw(sql, parameters)
            self.sql = sql

        def executemany(self, sql, parameters=None):
            record_raw(sql, first_values(parameters))
            self.sql = sql

        @property
        def description(self):
            # A statement that returns rows; whoever reads them learns nothing here.
            if re.match(r"\s*(?:with|select|values|table|show|explain)\b", self.sql, re.I) or re.search(
                r"\breturning\b", self.sql, re.I
            ):
                return [(name, None, None, None, None, None, None) for name in self.names]
            return None

        def unknown(self, *_arguments):
            raise NeedsDatabase()

        fetchone = fetchmany = fetchall = __iter__ = unknown

        def close(self):
            pass

    class Connection:
        def cursor(self, *_arguments, **_named):
            return Cursor()

        def commit(self):
            pass

        rollback = close = commit

    driver = types.ModuleType("recording_driver")
    driver.paramstyle = "pyformat"
    driver.Error = type("Error", (Exception,), {})
    driver.connect = lambda *_arguments, **_named: Connection()

    class RecordingDialect(PGDialect):
        driver = driver_name
        supports_statement_cache = False
        default_paramstyle = "pyformat"
        supports_sane_rowcount = False

        @classmethod
        def import_dbapi(cls):
            return driver

        dbapi = import_dbapi

        def initialize(self, connection):
            # A recent server; nobody is asked.
            self.server_version_info = (17, 0)
            self.default_schema_name = "public"
            self._backslash_escapes = False

        def get_isolation_level_values(self, *_arguments):
            return ("AUTOCOMMIT", "READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")

        def set_isolation_level(self, *_arguments):
            pass

        def get_isolation_level(self, *_arguments):
            return "READ COMMITTED"

        get_default_isolation_level = get_isolation_level

        def reset_isolation_level(self, *_arguments):
            pass

        def do_execute(self, cursor, statement, parameters, context=None):
            compiled = getattr(context, "compiled", None)
            cursor.names = [each.keyname for each in getattr(compiled, "_result_columns", None) or []] or ["unknown"]
            cursor.sql = statement

        def on_connect(self):
            return None

        def do_ping(self, _connection):
            return True

        def create_connect_args(self, _url):
            return [], {}

    return RecordingDialect


# --- migrations ---------------------------------------------------------------------------------------------------


def load(file, number):
    name = f"meho_migration_{number}"
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def why(error):
    text = " ".join(str(getattr(error, "orig", None) or error).split())
    name = type(getattr(error, "orig", None) or error).__name__
    return f"{name}: {text}"[:300] if text else name


def parents(module):
    found = []
    for name in ("down_revision", "depends_on"):
        value = getattr(module, name, None)
        found += [value] if isinstance(value, str) else list(value or [])
    return found


def in_order(modules):
    """Each revision behind what it builds on; the order of the names otherwise."""
    by_revision = {}
    for path, module in modules.items():
        if isinstance(module, types.ModuleType) and isinstance(getattr(module, "revision", None), str):
            by_revision[module.revision] = path
    done, order = set(), []

    def parent_path(name):
        return by_revision.get(name) or next((by_revision[each] for each in by_revision if each.startswith(name)), None)

    for start in modules:
        stack = [(start, False)]
        while stack:
            path, ready = stack.pop()
            if ready:
                order.append(path)
                continue
            if path in done:
                continue
            done.add(path)
            stack.append((path, True))
            module = modules[path]
            if isinstance(module, types.ModuleType):
                above = [parent_path(each) for each in parents(module)]
                stack += [(each, False) for each in sorted(filter(None, above), reverse=True) if each not in done]
    return order


def catalogue(engine, query):
    """What is there, one text an object. Raises: the migration may have left a database that doesn't answer."""

    def look(connection):
        connection.exec_driver_sql("SET search_path = pg_catalog")
        connection.exec_driver_sql("SET lock_timeout = '10s'")
        connection.exec_driver_sql("SET statement_timeout = '60s'")
        return {row[0] for row in connection.exec_driver_sql(query)}

    return with_connection(engine, look)


def changes(before, after):
    return {"gone": sorted(before - after), "made": sorted(after - before)}


def locks_held(connection, query):
    """Of the open transaction, whose end gives them back. None if nobody answers. Raises if it can't be committed any more."""
    global recording
    kept, recording = recording, None
    try:
        # Of its own, so that a refusal leaves the migration's transaction as it is.
        with connection.begin_nested():
            return [row[0] for row in connection.exec_driver_sql(query)]
    except Exception:
        # Postgres rolls back a transaction with an error in it at its COMMIT, without a word.
        connection.exec_driver_sql("SELECT 1")
        return None
    finally:
        recording = kept


def run_one(path, module, connection, helpers, locks=None):
    """Runs one upgrade(). Returns why it ended early, or None, and what `locks` found at the ends of its transactions."""
    global recording
    from alembic.config import Config
    from alembic.operations import Operations
    from alembic.runtime.environment import EnvironmentContext

    upgrade = getattr(module, "upgrade", None)
    held = []
    if not callable(upgrade):
        return "it has no upgrade()", held
    environment = EnvironmentContext(Config(), None)
    environment.configure(connection=connection, transaction_per_migration=True)
    context = environment.get_context()
    original = context.autocommit_block

    @contextlib.contextmanager
    def autocommit_block():
        if locks is not None:
            held.append(locks_held(connection, locks))
        mark("autocommit")()
        with original():
            yield
        mark("transaction")()

    context.autocommit_block = autocommit_block
    mine = None if helpers is None else Recording(path, helpers)
    failed, stopped = None, []
    try:
        with context.begin_transaction(_per_migration=True):
            with environment, Operations.context(context):
                recording = mine
                if mine is not None:
                    sys.settrace(mine.trace)
                try:
                    upgrade()
                    if locks is not None:
                        held.append(locks_held(connection, locks))
                finally:
                    sys.settrace(None)
                    recording = None
    except NeedsDatabase as error:
        failed, stopped = READS, lines_in(error, path)
    except TooMuch:
        failed = f"it sends more than {MOST_STATEMENTS} statements, or one longer than {LONGEST_STATEMENT} characters"
    except (KeyboardInterrupt, MemoryError):
        failed = "it used up the memory that it may have"
    except BaseException as error:  # SystemExit of a migration as well.
        failed, stopped = why(error), lines_in(error, path)
    if mine is not None:
        with open(path, "rb") as file:
            skipped, partial = mine.skipped(ast.parse(file.read()))
        # Where it broke off, nobody knows what would have been sent.
        skipped += [[line, line] for line in stopped]
        say(
            end=path,
            failed=failed,
            reads=failed == READS,
            skipped=skipped,
            partial=partial,
            complete=mine.complete and failed is None,
            unseen=mine.unseen(),
        )
    return failed, held


def lines_in(error, path):
    found, trace = [], error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            found.append(trace.tb_lineno)
        trace = trace.tb_next
    return found


class PlacedBatch(list):
    """What batch_alter_table collects: it is sent when the block ends, and belongs to where it was asked for."""

    def __init__(self):
        super().__init__()
        self.places = []

    def append(self, item):
        self.places.append(recording.frames()[0] if recording is not None else [])
        super().append(item)

    def __iter__(self):
        for item, frames in zip(super().__iter__(), list(self.places)):
            if recording is not None:
                recording.batched = frames
            try:
                yield item
            finally:
                if recording is not None:
                    recording.batched = []


def place_batches():
    from alembic.operations.batch import BatchOperationsImpl

    original = BatchOperationsImpl.__init__

    def initialize(self, *arguments, **named):
        original(self, *arguments, **named)
        self.batch = PlacedBatch()

    BatchOperationsImpl.__init__ = initialize


# Of the column that is being altered: what Alembic sends though the column is that way already.
unchanged = []


def leave_unchanged_columns():
    """`existing_type` and the like are the migration's own word: that it holds is observed, not predicted."""
    from alembic.ddl.postgresql import PostgresqlImpl

    original = PostgresqlImpl.alter_column

    def alter_column(self, *arguments, **named):
        unchanged[:] = changes_nothing(self.dialect, named)
        try:
            return original(self, *arguments, **named)
        finally:
            unchanged.clear()

    PostgresqlImpl.alter_column = alter_column


def changes_nothing(dialect, named):
    found = []
    new, old = named.get("type_"), named.get("existing_type")
    if new is not None and old is not None and not named.get("postgresql_using") and same_type(dialect, new, old):
        found.append(re.compile(r" ALTER COLUMN \S+ TYPE ", re.I))
    if named.get("nullable") is not None and named.get("nullable") is named.get("existing_nullable"):
        found.append(re.compile(r" ALTER COLUMN \S+ (?:SET|DROP) NOT NULL\s*$", re.I))
    new, old = named.get("server_default"), named.get("existing_server_default")
    if isinstance(old, (str, type_of_text())) and type(new) is type(old) and str(new) == str(old):
        found.append(re.compile(r" ALTER COLUMN \S+ SET DEFAULT ", re.I))
    return found


def type_of_text():
    import sqlalchemy as sa

    return type(sa.text(""))


def same_type(dialect, *types):
    import sqlalchemy as sa

    try:
        one, other = (sa.types.to_instance(each) for each in types)
        return (
            one.compile(dialect=dialect) == other.compile(dialect=dialect)
            and getattr(one, "enums", None) == getattr(other, "enums", None)
        )
    except Exception:  # A type that doesn't say how it is written.
        return False


def usable(*names):
    """The first driver that is installed."""
    return next((each for each in names if importlib.util.find_spec(each) is not None), None)


def version_of(name):
    version = getattr(importlib.import_module(name), "__version__", "").split()
    return version[0] if version else "of unknown version"


def engine_for(url, driver_name, connecting=None):
    import sqlalchemy as sa
    from sqlalchemy import event

    if url is None:
        from sqlalchemy.dialects import registry

        globals()["RecordingDialect"] = recording_dialect(driver_name)
        sys.modules["meho_recorder"] = sys.modules["__main__"]
        registry.register("recording", "meho_recorder", "RecordingDialect")
        engine = sa.create_engine("recording://")
    elif driver_name == "asyncpg":
        from sqlalchemy.ext.asyncio import create_async_engine

        engine = create_async_engine(url, poolclass=sa.pool.NullPool)
    else:
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool, connect_args=connecting or {})
    event.listen(getattr(engine, "sync_engine", engine), "before_cursor_execute", record)
    return engine


def with_connection(engine, use):
    """Each migration on a connection of its own, as a failed one may leave anything behind."""
    if hasattr(engine, "sync_engine"):

        async def run():
            async with engine.connect() as connection:
                return await connection.run_sync(use)

        return asyncio.run(run())
    with engine.connect() as connection:
        return use(connection)


def main():
    request = json.load(sys.stdin)
    reached = reachable(request["canary"])
    say(reached=reached)
    if any(reached.values()):
        return
    sys.dont_write_bytecode = True
    sys.path[:0] = request["path"]
    import alembic
    import sqlalchemy

    versions = {"python": sys.version.split()[0], "alembic": alembic.__version__, "sqlalchemy": sqlalchemy.__version__}
    drivers = [usable(group["driver"], "psycopg", "psycopg2", "asyncpg") for group in request["groups"]]
    if None in drivers and any(group.get("url") for group in request["groups"]):
        say(driverless=True)
        return
    say(versions=versions | {driver: version_of(driver) for driver in drivers if driver})
    place_batches()
    leave_unchanged_columns()
    connecting = {driver: watch_driver(driver) for driver in set(filter(None, drivers))}
    for number, (group, driver) in enumerate(zip(request["groups"], drivers)):
        offline = engine_for(None, group["driver"])
        wanted = set(group["files"])
        modules = {}
        for index, path in enumerate(group["all"]):
            say(loading=path)
            try:
                modules[path] = load(path, f"{number}_{index}")
            except BaseException as error:
                modules[path] = None
                if path in wanted:
                    say(begin=path, depth="none")
                    say(end=path, failed=f"it can't be loaded ({why(error)})", skipped=None)
        online = None
        if group.get("url") and driver:
            online = engine_for(f"postgresql+{driver}://{group['url']}", driver, connecting[driver])
        behind = {}
        # The catalogue that was told of, and the one that is there as far as is known.
        told, known = None, None
        for path in in_order(modules):
            module = modules[path]
            if module is None:
                continue
            helpers = group["helpers"] if path in wanted else None
            failed, above = None, None
            if online is not None:
                above = next((behind[each] for each in parents(module) if each in behind), None)
                if helpers is not None:
                    say(begin=path, depth="online", behind=above)
                observed = request.get("observe") if helpers is not None else None
                unanswered, locks = None, None
                if observed is not None:
                    locks = observed["locks"]
                    try:
                        known = known or catalogue(online, observed["catalogue"])
                    except Exception as error:
                        unanswered = why(error)
                before = known
                try:
                    failed, held = with_connection(
                        online, lambda connection: run_one(path, module, connection, helpers, locks)
                    )
                except Exception as error:  # No connection, or none that can be closed: this migration's, not the others'.
                    failed, held = why(error), []
                    if helpers is not None:
                        say(end=path, failed=failed, skipped=None)
                known = None
                if observed is not None and failed is None and above is None:
                    try:
                        known = catalogue(online, observed["catalogue"])
                    except Exception as error:
                        unanswered = why(error)
                    if unanswered is None:
                        since, by = changes(told or set(), before), changes(before, known)
                        say(observation={"file": path, "first": told is None, "before": since, "after": by, "locks": held})
                        told = known
                    else:
                        say(observation={"file": path, "unanswered": unanswered})
                if failed is not None or above is not None:
                    behind[getattr(module, "revision", path)] = above or os.path.basename(path)
            # Behind a failed one the database isn't at N, which says nothing about this one.
            if helpers is not None and (online is None or failed is not None and above is not None):
                say(begin=path, depth="offline")
                with_connection(offline, lambda connection: run_one(path, module, connection, helpers))
    say(done=True)


main()
