"""Checks this folder: run `python3 verify.py` here. Needs Python 3 and nothing else.

Looks whether a file was changed after it was packed, whether the report is the one that its hash
was made of, and whether an entry of the log was changed, removed, added or moved.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def files_changed() -> list[str]:
    """Files that are not as SHA256SUMS says."""
    found = []
    for line in (HERE / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        wanted, name = line.split("  ", 1)
        path = HERE / name
        if not path.exists():
            found.append(f"{name}: is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            found.append(f"{name}: was changed")
    return found


def report_changed() -> list[str]:
    """Whether the report's hash is the hash of what it says."""
    report = json.loads((HERE / "report.json").read_text(encoding="utf-8"))
    plain = json.dumps(report["report"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    same = hashlib.sha256(plain.encode()).hexdigest() == report["body_hash"]
    return [] if same else ["report.json: the report is not the one that its hash was made of"]


def log_changed() -> list[str]:
    """Entries whose hash is not made of what they say and of the entry before."""
    log = json.loads((HERE / "log.json").read_text(encoding="utf-8"))
    found, before = [], ""
    for place, entry in enumerate(log["entries"], start=1):
        parts = [
            *(log["chain"], entry["seq"], entry["at_micros"], entry["action"]),
            *(entry["data"], entry["previous_hash"]),
        ]
        plain = json.dumps(parts, sort_keys=True, separators=(",", ":"))
        if entry["seq"] != place or entry["previous_hash"] != before:
            found.append(f"log.json: entry {place} does not follow the one before it")
        if hashlib.sha256(plain.encode()).hexdigest() != entry["hash"]:
            found.append(f"log.json: entry {entry['seq']} was changed")
        before = entry["hash"]
    if log["entries"] and before != log["head"]:
        found.append("log.json: the last entry is not the newest one")
    return found


def main() -> int:
    """Say what was found; 1 when anything was."""
    found = [*files_changed(), *report_changed(), *log_changed()]
    for one in found:
        print(one)
    print("NOT AS IT WAS PACKED" if found else "OK: nothing was changed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
