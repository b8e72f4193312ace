"""Where values come from: the example file, a file of one's own, the environment."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from dotenv import dotenv_values

from callassist.errors import SettingsError
from callassist.settings.groups import GROUPS, SHORT_NAMES

PREFIX = "CALLASSIST_"
FILE_SUFFIX = "_FILE"
CONFIG = "CALLASSIST_CONFIG"
CONFIG_DIR = "CALLASSIST_CONFIG_DIR"
EXAMPLE = "callassist.example.toml"
_NOT_SETTINGS = frozenset(
    {CONFIG, CONFIG_DIR, "CALLASSIST_PYTHON"}
)  # the last: scripts/environment
_FOR_TESTS = "CALLASSIST_TEST_"


@dataclass(frozen=True)
class Given:
    """A raw value and the name under which somebody gave it."""

    name: str
    value: object


Values = dict[tuple[str, str], Given]


def find_config_dir(environ: Mapping[str, str]) -> Path:
    """The directory of the example file; CALLASSIST_CONFIG_DIR, else next to the package."""
    named = environ.get(CONFIG_DIR)
    directory = Path(named) if named else Path(__file__).parents[2] / "config"
    if not (directory / EXAMPLE).is_file():
        raise SettingsError(
            f"{CONFIG_DIR}: {directory} has no {EXAMPLE}; name the directory config of Call Assist"
        )
    return directory.absolute()


def read_environ(dotenv: Path | None) -> dict[str, str]:
    """The process's environment over what a .env file says."""
    written = dotenv_values(dotenv) if dotenv is not None and dotenv.is_file() else {}
    return {name: value for name, value in written.items() if value is not None} | dict(os.environ)


def from_file(path: Path) -> Values:
    """Every value of a TOML file; SettingsError names an unknown one and its nearest neighbour."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{CONFIG}: {path} cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{CONFIG}: {path} is not TOML: {error}") from None
    return {
        (group, key): Given(f"{key} in [{group}] of {path}", value)
        for group, table in _flat(tables)
        for key, value in _table(path, group, table).items()
    }


def from_environ(environ: Mapping[str, str]) -> Values:
    """Every CALLASSIST_ variable; SettingsError names an unknown one and its nearest neighbour."""
    known = {variable(group, key): (group, key) for group, key in all_keys()}
    values: Values = {}
    for name, text in sorted(environ.items()):
        if not name.startswith(PREFIX) or name in _NOT_SETTINGS or name.startswith(_FOR_TESTS):
            continue
        plain = name.removesuffix(FILE_SUFFIX)
        place = known.get(name) or known.get(plain)
        if place is None:
            raise SettingsError(f"{name}: there is no such setting{_nearest_variable(name, known)}")
        if place in values:
            raise SettingsError(f"{plain}: is set twice, also as {name}; remove one of them")
        values[place] = Given(name, text if name in known else _content(name, text))
    return values


def all_keys() -> Iterable[tuple[str, str]]:
    """(group, key) of every setting."""
    return [(group, field.name) for group, kind in GROUPS.items() for field in fields(kind)]


def variable(group: str, key: str) -> str:
    """The environment variable of a setting."""
    last = group.rpartition(".")[2]
    short = SHORT_NAMES.get((group, key)) or (key if group == "service" else f"{last}_{key}")
    return PREFIX + short.upper()


def _flat(tables: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    """(group, table) of each; a group within a group has a dotted name, like telephony.twilio."""
    for group, table in tables.items():
        if not isinstance(table, dict):
            yield group, table
            continue
        inner = {key for key in table if f"{group}.{key}" in GROUPS}
        yield group, {key: value for key, value in table.items() if key not in inner}
        for key in inner:
            yield f"{group}.{key}", table[key]


def _table(path: Path, group: str, table: object) -> dict[str, object]:
    if group not in GROUPS or not isinstance(table, dict):
        raise SettingsError(f"[{group}] of {path}: no such group{_nearest(group, GROUPS)}")
    known = [field.name for field in fields(GROUPS[group])]
    for key in table:
        if key not in known:
            raise SettingsError(
                f"{key} in [{group}] of {path}: there is no such setting{_nearest(key, known)}"
            )
    return table


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}: the file {path} cannot be read ({error})") from None


def _nearest_variable(name: str, known: Iterable[str]) -> str:
    # without the prefix that all share, or everything would be near
    words = {word.removeprefix(PREFIX) for word in (*known, *_NOT_SETTINGS)}
    near = difflib.get_close_matches(name.removeprefix(PREFIX), sorted(words), n=1)
    return _hint(PREFIX + near[0] if near else None)


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return _hint(near[0] if near else None)


def _hint(near: str | None) -> str:
    return f"; did you mean {near}?" if near else f"; see config/{EXAMPLE}"
