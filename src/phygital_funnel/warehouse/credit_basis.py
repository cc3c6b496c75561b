"""Whether a build may keep earlier credit: only what the same code made by the same rules on the same engine.

What landed since is found by the models themselves (docs/incremental.md); a change of the models is not.
"""

import hashlib
import json

import duckdb

from phygital_funnel import __version__
from phygital_funnel.settings import Settings
from phygital_funnel.warehouse.dbt import variables

CODE_FOLDERS = ("models", "macros", "seeds")
_TABLE = "create table if not exists raw.credit_basis (basis varchar)"


def basis_of(settings: Settings) -> str:
    """Stands for everything besides landed data that credit depends on."""
    project = settings.project_dir / "dbt_project"
    code = hashlib.sha256()
    for folder in CODE_FOLDERS:
        for path in sorted((project / folder).rglob("*")):
            if path.suffix in (".sql", ".csv"):
                code.update(f"{path.relative_to(project).as_posix()}\n".encode())
                code.update(path.read_bytes())
    rules = {
        "variables": variables(settings),
        "version": __version__,
        "duckdb": duckdb.__version__,
        "code": code.hexdigest(),
    }
    return json.dumps(rules, sort_keys=True, default=str)


def is_kept(con: duckdb.DuckDBPyConnection, basis: str) -> bool:
    """Whether the credit in a build database was made on this basis, and made to the end."""
    con.execute(_TABLE)
    return con.execute("from raw.credit_basis").fetchall() == [(basis,)]


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """State that the credit is being made anew; until it is done, nothing of it may be kept."""
    con.execute(_TABLE)
    con.execute("delete from raw.credit_basis")


def record(con: duckdb.DuckDBPyConnection, basis: str) -> None:
    """State what the credit was made on."""
    con.execute("begin")
    forget(con)
    con.execute("insert into raw.credit_basis values ($1)", [basis])
    con.execute("commit")
