"""`docs/api-night.md` does what it says: its blocks are run against a real server."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "api-night.md"
SECONDS = 240


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory in which the page was played."""
    for needed in ("bash", "curl", "python3"):
        if shutil.which(needed) is None:
            pytest.fail(f"{needed} is needed: apt-get install {needed}", pytrace=False)
    directory = tmp_path_factory.mktemp("night")
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    script = directory / "night.sh"
    script.write_text("set -euo pipefail\n" + "\n".join(blocks), encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if "CALLASSIST" not in name}
    played = subprocess.run(
        ["bash", str(script)],
        cwd=directory,
        env={
            **environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}",
            "CALLASSIST_DATA_DIR": str(directory / "data"),
            "CALLASSIST_BIND": f"127.0.0.1:{_free_port()}",
        },
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert played.returncode == 0, played.stdout[-2000:] + played.stderr[-4000:]
    return directory


def test_the_night_ends_in_a_report_in_three_forms(night: Path) -> None:
    report = _json(night / "report.json")
    assert [one["reason"] for one in report["versions"]] == ["calling_ended", "closed"]
    assert report["names"]["guest"] == "Robin Example"
    assert report["names"]["home"] == "Canal flat"
    assert "Canal flat" in (night / "report.html").read_text(encoding="utf-8")
    assert (night / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_the_morning_after_hands_out_what_proves_it(night: Path) -> None:
    shared = (night / "shared.html").read_text(encoding="utf-8")
    assert "Canal flat" in shared
    assert "Robin" not in shared
    with zipfile.ZipFile(night / "evidence.zip") as archive:
        assert "report.pdf" in archive.namelist()
    assert "Canal flat," in (night / "figures.csv").read_text(encoding="utf-8")


def test_the_log_tells_the_night_in_order(night: Path) -> None:
    actions = [one["action"] for one in _json(night / "log.json")["items"]]
    story = ("incident_opened", "call_requested", "task_taken", "dial_started", "result_saved")
    places = [actions.index(action) for action in (*story, "incident_closed")]
    assert places == sorted(places)


def test_the_host_was_told_by_mail(night: Path) -> None:
    told = _json(night / "notifications.json")["items"]
    assert {"call_requested", "guest_reached"} <= {one["kind"] for one in told}
    assert {one["to"] for one in told if one["status"] == "sent"} == {"m•••@example.com"}
    assert list((night / "data" / "mail").iterdir())


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
