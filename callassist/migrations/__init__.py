"""The database's schema over time, with Alembic; migrations stand alone and import no models.

After a change of the models write the next step:

    python -m callassist.migrations draft add_nickname     a new file in versions/, to be read
    python -m callassist.migrations first                  makes the first files again

The second is for the time before the first release only: once databases exist that ran the
first migrations, those never change again. `tests/migrations` fails when models and migrations
differ.
"""

from __future__ import annotations

from callassist.migrations.revisions import UnknownSchema, current, head
from callassist.migrations.upgrade import downgrade, upgrade

__all__ = ["UnknownSchema", "current", "downgrade", "head", "upgrade"]
