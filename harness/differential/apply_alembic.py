"""Runs upgrade() of one migration by Alembic itself and looks at its transaction before it ends."""

import importlib.util
import json
import os
import pathlib
import sys

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations


def load(path: str):
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(pathlib.Path(path).parent))
    spec = importlib.util.spec_from_file_location("migration", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    request = json.load(sys.stdin)
    engine = sa.create_engine(os.environ["CORPUS_URL"])
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            with context.begin_transaction():
                with Operations.context(context):
                    load(request["file"]).upgrade()
                row = connection.execute(sa.text(request["look"])).mappings().one()
                answer = {"refused": None, "look": dict(row)}
    except sa.exc.SQLAlchemyError as error:
        answer = {"refused": str(getattr(error, "orig", error)).split("\n")[0]}
    print(json.dumps(answer))


main()
