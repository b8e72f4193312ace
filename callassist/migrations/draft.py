"""Writes migrations from the models, in plain types, so that each file stands alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import (
    CreateIndexOp,
    CreateTableOp,
    DropTableOp,
    MigrateOperation,
    UpgradeOps,
)
from alembic.runtime.migration import MigrationContext
from sqlalchemy import JSON, BigInteger, Connection, Table
from sqlalchemy.dialects import postgresql

from callassist.models import Base
from callassist.models.types import UtcDateTime

VERSIONS = Path(__file__).parent / "versions"

# Models of the first migrations, by module; a module that is not named goes into the last file.
FIRST_FILES = (
    ("20261122_0800", "people_and_desks", ("account", "desk")),
    ("20261122_0801", "homes_and_stays", ("property", "sensor", "stay")),
    ("20261122_0802", "incidents", ("incident",)),
    ("20261122_0803", "messages_and_machinery", ()),
)
_CONSTANTS = {
    "KEY": 'KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")',
    "INSTANT": "INSTANT = sa.BigInteger()  # microseconds since 1970, UTC",
    "JSON": 'JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")',
}
_SOURCE = '''"""{title}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
{imports}

revision = "{revision}"
down_revision = {down_revision!r}
branch_labels = None
depends_on = None
{constants}

def upgrade() -> None:
    {upgrades}


def downgrade() -> None:
    {downgrades}
'''


@dataclass(frozen=True, kw_only=True)
class _Draft:
    revision: str
    slug: str
    down_revision: str | None
    upgrades: str
    downgrades: str
    triggers: bool = False


def differences(connection: Connection) -> UpgradeOps:
    """What would have to be done to `connection`'s database to make it what the models say."""
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "target_metadata": Base.metadata}
    )
    upgrades = produce_migrations(context, Base.metadata).upgrade_ops
    assert upgrades is not None
    return upgrades


def write_draft(connection: Connection, slug: str, now: datetime, down_revision: str) -> Path:
    """Write the next migration for a database at head; it has to be read and completed."""
    upgrades = differences(connection)
    draft = _Draft(
        revision=now.strftime("%Y%m%d_%H%M"),
        slug=slug,
        down_revision=down_revision,
        upgrades=_render(upgrades.ops),
        downgrades=_render(upgrades.reverse().ops),
    )
    return _write(draft)


def write_first() -> list[Path]:
    """Write the first migrations again, from the models."""
    return [_write(draft) for draft in _first_drafts()]


def _first_drafts() -> list[_Draft]:
    tables = Base.metadata.sorted_tables
    drafts: list[_Draft] = []
    for revision, slug, _ in FIRST_FILES:
        own = [table for table in tables if _first_file(table) == slug]
        draft = _Draft(
            revision=revision,
            slug=slug,
            down_revision=drafts[-1].revision if drafts else None,
            upgrades=_render([operation for table in own for operation in _creation(table)]),
            downgrades=_render([DropTableOp.from_table(table) for table in reversed(own)]),
        )
        if any(table.name == "incident_log" for table in own):
            draft = replace(
                draft,
                upgrades=f"{draft.upgrades}\n    append_only.create()",
                downgrades=f"append_only.drop()\n    {draft.downgrades}",
                triggers=True,
            )
        drafts.append(draft)
    return drafts


def _first_file(table: Table) -> str:
    modules = {mapper.local_table: mapper.class_.__module__ for mapper in Base.registry.mappers}
    module = modules[table].rpartition(".")[2]
    for _, slug, named in FIRST_FILES:
        if module in named:
            return slug
    return FIRST_FILES[-1][1]


def _creation(table: Table) -> list[MigrateOperation]:
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    return [CreateTableOp.from_table(table), *(CreateIndexOp.from_index(i) for i in indexes)]


def _render(operations: Sequence[MigrateOperation]) -> str:
    text = render_python_code(UpgradeOps(ops=operations), render_item=_plain_type)
    lines = (line for line in text.splitlines() if not line.strip().startswith("# ###"))
    return "\n".join(lines).strip() or "pass"


def _plain_type(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "INSTANT"
    if isinstance(item, BigInteger) and item._variant_mapping:
        return "KEY"
    if isinstance(item, (JSON, postgresql.JSONB)):
        return "JSON"
    return False


def _write(draft: _Draft) -> Path:
    body = draft.upgrades + draft.downgrades
    constants = [line for name, line in _CONSTANTS.items() if f", {name}," in body]
    imports = "from sqlalchemy.dialects import postgresql\n" if ", JSON," in body else ""
    if draft.triggers:
        imports += "from callassist.migrations import append_only\n"
    path = VERSIONS / f"{draft.revision}_{draft.slug}.py"
    path.write_text(
        _SOURCE.format(
            title=draft.slug.replace("_", " ").capitalize(),
            imports=imports,
            revision=draft.revision,
            down_revision=draft.down_revision,
            constants="".join(f"\n{line}" for line in constants),
            upgrades=draft.upgrades,
            downgrades=draft.downgrades,
        )
    )
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "check", "--quiet", "--select=I", "--fix", path], check=True)  # noqa: S603
    subprocess.run([*ruff, "format", "--quiet", path], check=True)  # noqa: S603
    return path
