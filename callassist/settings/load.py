"""Reading and checking all settings, once, before anything else starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

from callassist.errors import SettingsError
from callassist.settings.groups import GROUPS, Settings
from callassist.settings.sources import (
    CONFIG,
    EXAMPLE,
    Given,
    Values,
    find_config_dir,
    from_environ,
    from_file,
    read_environ,
)
from callassist.settings.twilio import check_twilio
from callassist.settings.values import Reader, TelephonyNetwork

DATABASE_FILE = "callassist.db"
BACKUPS = "backups"


def load_settings(
    environ: Mapping[str, str] | None = None, *, dotenv: Path | None = Path(".env")
) -> Settings:
    """Example file, then the file named in CALLASSIST_CONFIG, then CALLASSIST_ variables.

    Without `environ` the process's own environment is read, over `dotenv`. SettingsError names the
    first setting that is wrong or unknown and says what is allowed. Nothing is written.
    """
    given = read_environ(dotenv) if environ is None else dict(environ)
    config_dir = find_config_dir(given)
    values = from_file(config_dir / EXAMPLE)
    if given.get(CONFIG):
        values |= from_file(Path(given[CONFIG]))
    values |= from_environ(given)
    groups = {name: _group(name, kind, values) for name, kind in GROUPS.items()}
    settings = Settings(config_dir=config_dir, **_completed(groups))
    if settings.telephony.network is TelephonyNetwork.TWILIO:
        check_twilio(settings.twilio, public_url=settings.service.public_url)
    return settings


def _group(name: str, kind: type, values: Values) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {
        field.name: _value(_reader(hints[field.name]), values, name, field.name)
        for field in fields(kind)
    }


def _reader(hint: object) -> Reader:
    return next(part for part in get_args(hint) if isinstance(part, Reader))


def _value(reader: Reader, values: Values, group: str, key: str) -> object:
    given = values.get((group, key))
    if given is None:
        raise SettingsError(f"{key} in [{group}]: is missing in {EXAMPLE}; restore that file")
    try:
        return reader.read(given.value)
    except ValueError as error:
        raise SettingsError(f"{given.name}: {error}{_shown(reader, given)}") from None


def _shown(reader: Reader, given: Given) -> str:
    return "" if reader.secret else f"; it is {given.value!r}"


def _completed(groups: dict[str, dict[str, Any]]) -> dict[str, Any]:
    data_dir: Path = groups["service"]["data_dir"]
    database, backup, escalation = groups["database"], groups["backup"], groups["escalation"]
    if escalation["call_back_min"] > escalation["call_back_max"]:
        raise SettingsError("call_back_min in [escalation]: must not be longer than call_back_max")
    _check_oidc(groups["oidc"])
    database["url"] = database["url"] or f"sqlite:///{data_dir / DATABASE_FILE}"
    backup["dir"] = backup["dir"] or data_dir / BACKUPS
    return {name.rpartition(".")[2]: GROUPS[name](**values) for name, values in groups.items()}


def _check_oidc(oidc: dict[str, Any]) -> None:
    """A firm's sign-in that is half set up would lock people out."""
    if oidc["issuer"] and not (oidc["client_id"] and oidc["client_secret"]):
        raise SettingsError(
            "CALLASSIST_OIDC_ISSUER: is set, so CALLASSIST_OIDC_CLIENT_ID and "
            "CALLASSIST_OIDC_CLIENT_SECRET are needed too"
        )
    if oidc["only"] and not (oidc["issuer"] and oidc["break_glass"]):
        raise SettingsError(
            "CALLASSIST_OIDC_ONLY: needs CALLASSIST_OIDC_ISSUER, and in "
            "CALLASSIST_OIDC_BREAK_GLASS the address of an administrator who can sign in with a "
            "password when the firm's sign-in is down"
        )
