"""An installation on this machine, as an administrator has it: a directory, a key, a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner, Result

from callassist import incident_log
from callassist.cli.main import main
from callassist.domain.log_action import LogAction
from callassist.models import Account, Incident, Stay, StayNumber
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from tests.incident_log.incidents import open_incident

GUEST = "Robin Example"
NUMBER = "+12025550102"
NOW = datetime(2026, 6, 13, 20, tzinfo=UTC)


@dataclass
class Installation:
    """Runs commands as `callassist ...` would, and looks into the database behind their back."""

    directory: Path
    database_url: str
    key: str = field(default_factory=Vault.generate_key)

    def run(self, *words: str, answer: str | None = None, **environ: str) -> Result:
        """One command, with this installation's settings; `environ` has names in capitals."""
        settings = {
            "CALLASSIST_DATA_DIR": str(self.directory),
            "CALLASSIST_DATABASE_URL": self.database_url,
            "CALLASSIST_SECRET_KEY": self.key,
        } | {f"CALLASSIST_{name}": value for name, value in environ.items()}
        return CliRunner().invoke(main, list(words), input=answer, env=settings)

    def ok(self, *words: str, **environ: str) -> str:
        """What a command printed that must succeed."""
        done = self.run(*words, **environ)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout.strip()

    def refused(self, *words: str, **environ: str) -> str:
        """The one sentence with which a command refuses, exit code 2."""
        done = self.run(*words, **environ)
        assert done.exit_code == 2, (done.exit_code, done.output, done.exception)
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        return done.stderr.strip()

    @property
    def vault(self) -> Vault:
        return Vault.from_text(self.key)

    def sessions(self) -> Sessions:
        """The database; dispose of `.engine` when done."""
        return Sessions(make_engine(self.database_url))

    def add_night(self) -> str:
        """A stay whose guest was called about; returns the stay's public id."""
        sessions = self.sessions()
        with sessions.write() as session:
            incident = open_incident(session, NOW)
            stay = self._stay(incident)
            session.add(stay)
            session.flush()
            incident.stay_id = stay.id
            for n in range(3):
                data = {"task_id": n}
                incident_log.append(session, incident.id, LogAction.TASK_TAKEN, data, now=NOW)
            public_id = stay.public_id
        sessions.engine.dispose()
        return public_id

    def _stay(self, incident: Incident) -> Stay:
        vault = self.vault
        number = StayNumber(
            position=1,
            number=vault.seal(NUMBER),
            number_raw=vault.seal(NUMBER),
            number_index=vault.index(NUMBER),
            number_mask="+1 •••• 02",
            source="typed",
        )
        return Stay(
            account_id=incident.account_id,
            property_id=incident.property_id,
            guest_name=vault.seal(GUEST),
            language="en",
            check_in_at=NOW - timedelta(days=1),
            check_out_at=NOW + timedelta(days=2),
            source="typed",
            typed_fields={},
            created_at=NOW,
            numbers=[number],
        )

    def add_account(self, name: str) -> None:
        sessions = self.sessions()
        with sessions.write() as session:
            session.add(Account(name=name, created_at=NOW))
        sessions.engine.dispose()
