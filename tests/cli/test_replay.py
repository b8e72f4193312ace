"""`callassist replay`."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from callassist.cli.replay import replay

SERIES = Path(__file__).parents[1] / "data" / "noise" / "laeq_1min_11d.csv"


def run(file: Path | str, *options: str) -> Result:
    return CliRunner().invoke(replay, [str(file), *options])


def printed(file: Path, *options: str) -> dict[str, Any]:
    result = run(file, *options, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


def series(tmp_path: Path, *rows: str, header: str = "at,level_db") -> Path:
    file = tmp_path / "series.csv"
    file.write_text("\n".join([header, *rows]) + "\n")
    return file


def loud_minutes(start: str, count: int) -> list[str]:
    first = datetime.fromisoformat(start)
    return [f"{first + timedelta(minutes=each)},80" for each in range(count)]


def test_the_recorded_series_is_quiet_at_seventy() -> None:
    assert printed(SERIES, "--threshold", "70", "--persist-for", "30m") == {
        "readings": 16470,
        "breaches": 0,
        "escalations": [],
    }


@pytest.mark.parametrize(
    ("calm_after", "breaches", "escalations"),
    [("1m", 424, 3), ("2m", 357, 3), ("3m", 311, 4), ("5m", 252, 5), ("10m", 189, 10)],
)
def test_the_dip_rule_decides_everything(calm_after: str, breaches: int, escalations: int) -> None:
    found = printed(SERIES, "--threshold", "55", "--calm-after", calm_after, "--persist-for", "30m")
    assert (found["breaches"], len(found["escalations"])) == (breaches, escalations)


def test_the_five_escalations_to_the_second() -> None:
    found = printed(SERIES, "--threshold", "55", "--calm-after", "5m", "--persist-for", "30m")
    assert [(each["began_at"], each["escalated_at"]) for each in found["escalations"]] == [
        ("2025-03-31T05:34:30Z", "2025-03-31T06:04:30Z"),
        ("2025-03-31T07:02:30Z", "2025-03-31T07:32:30Z"),
        ("2025-03-31T08:56:30Z", "2025-03-31T09:26:30Z"),
        ("2025-03-31T10:17:30Z", "2025-03-31T10:47:30Z"),
        ("2025-03-31T15:01:30Z", "2025-03-31T15:31:30Z"),
    ]
    assert found["escalations"][0]["peak_db"] == 63.0


def test_people_read_local_times(tmp_path: Path) -> None:
    file = series(tmp_path, *loud_minutes("2025-06-06T20:00:00+00:00", 31))
    assert run(file, "--tz", "Europe/Paris").output == (
        "readings: 31, breaches: 1, calls that would have been made: 1\n"
        "  loud from 2025-06-06 22:00:00, call at 2025-06-06 22:30:00, peak 80.0 dB\n"
        "  (local times, Europe/Paris)\n"
    )


def test_local_times_are_those_of_the_zone_and_the_hour_that_comes_twice_is_read_in_order(
    tmp_path: Path,
) -> None:
    rows = [
        f"2025-10-26 0{hour}:{minute:02},80" for hour in (1, 2, 2, 3) for minute in range(0, 60, 5)
    ]
    file = series(tmp_path, *rows, header="datetime_local,laeq_db")
    found = printed(file, "--tz", "Europe/Paris", "--persist-for", "3h")
    assert found["escalations"] == [
        {
            "began_at": "2025-10-25T23:00:00Z",
            "escalated_at": "2025-10-26T02:00:00Z",
            "peak_db": 80.0,
        }
    ]


def test_a_quiet_threshold_holds_at_night_in_the_zone(tmp_path: Path) -> None:
    file = series(tmp_path, "2025-06-06T19:59:00Z,72", "2025-06-06T20:10:00Z,72")
    assert printed(file)["breaches"] == 0
    assert printed(file, "--quiet-threshold", "70")["breaches"] == 0
    assert printed(file, "--quiet-threshold", "70", "--tz", "Europe/Paris")["breaches"] == 1


def test_a_gap_does_not_count(tmp_path: Path) -> None:
    rows = [
        *loud_minutes("2025-06-06T20:00:00+00:00", 20),
        *loud_minutes("2025-06-06T20:40:00+00:00", 15),
    ]
    (call,) = printed(series(tmp_path, *rows))["escalations"]
    assert (call["began_at"], call["escalated_at"]) == (
        "2025-06-06T20:00:00Z",
        "2025-06-06T20:51:00Z",
    )
    (call,) = printed(series(tmp_path, *rows), "--silent-after", "30m")["escalations"]
    assert call["escalated_at"] == "2025-06-06T20:40:00Z"


def test_a_slow_series_is_given_two_and_a_half_intervals(tmp_path: Path) -> None:
    rows = [f"2025-06-06T20:{minute:02}:00Z,80" for minute in (0, 12, 24, 36)]
    assert len(printed(series(tmp_path, *rows))["escalations"]) == 1
    assert printed(series(tmp_path, *rows), "--silent-after", "10m")["escalations"] == []


def test_rows_are_taken_in_order_of_time_and_other_columns_ignored(tmp_path: Path) -> None:
    rows = [f"x,{row}" for row in reversed(loud_minutes("2025-06-06T20:00:00+00:00", 31))]
    found = printed(series(tmp_path, *rows, header="room,at,level_db"))
    assert (found["readings"], found["breaches"], len(found["escalations"])) == (31, 1, 1)


def test_a_series_without_rows_has_no_breach(tmp_path: Path) -> None:
    assert printed(series(tmp_path)) == {"readings": 0, "breaches": 0, "escalations": []}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["2025-06-06T20:00:00Z,nan"], "line 2, column level_db: nan is not a level"),
        (["2025-06-06T20:00:00Z,40", "2025-06-06T20:01:00Z,loud"], "line 3, column level_db"),
        (["2025-06-06T20:00:00Z,201"], "line 2, column level_db: 201 is not a level"),
        (["2025-06-06T20:00:00Z"], "line 2, column level_db: there is no value"),
        (["yesterday,40"], "line 2, column at: 'yesterday' is not a time"),
        (["2025-06-06T20:00:00,40"], "line 2, column at: '2025-06-06T20:00:00' has no offset"),
    ],
)
def test_a_bad_row_is_named_by_line_and_column(
    tmp_path: Path, rows: list[str], message: str
) -> None:
    result = run(series(tmp_path, *rows))
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--calm-after", "5"], "--calm-after: '5' is not a duration"),
        (["--calm-after", "30m"], "--calm-after: must be more than 0 and less than --persist-for"),
        (["--calm-after", "0s"], "--calm-after: must be more than 0"),
        (["--persist-for", "soon"], "--persist-for: 'soon' is not a duration"),
        (["--persist-for", "0m"], "--persist-for: give more than 0"),
        (["--silent-after", "0s"], "--silent-after: must be more than 0"),
        (["--threshold", "nan"], "--threshold: give dB from -20 to 200"),
        (["--threshold", "high"], "--threshold"),
        (["--quiet-threshold", "999"], "--quiet-threshold: give dB from -20 to 200"),
        (["--tz", "Mars/Olympus"], "--tz: 'Mars/Olympus' is not a time zone"),
        (["--tz", "../etc/passwd"], "--tz: '../etc/passwd' is not a time zone"),
    ],
)
def test_a_bad_option_is_named(tmp_path: Path, options: list[str], message: str) -> None:
    result = run(series(tmp_path), *options)
    assert result.exit_code == 2
    assert message in result.output


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    missing = run(tmp_path / "none.csv")
    assert (missing.exit_code, "none.csv: No such file" in missing.output) == (2, True)
    assert run(tmp_path).exit_code == 2, "a folder"
    columns = run(series(tmp_path, header="time,db"))
    assert "line 1: the columns are time, db; name them datetime_local,laeq_db" in columns.output
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\xff\xfe\x00")
    assert (run(picture).exit_code, "is not UTF-8 text" in run(picture).output) == (2, True)
    picture.write_bytes(b"")
    assert "line 1: the columns are missing" in run(picture).output
