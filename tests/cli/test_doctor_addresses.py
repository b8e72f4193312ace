"""The addresses that doctor prints are those of the docs, and each is one that we answer at."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from callassist.bootstrap import Service
from callassist.cli.doctor import _asked_at as asked_at
from callassist.clock import SystemClock
from callassist.settings import load_settings
from callassist.telephony.twilio.network import TwilioNetwork

DOCS = Path(__file__).parents[2] / "docs" / "telephony.md"
_ADDRESS = re.compile(r"https://calls\.example\.com/hooks/telephony/twilio/\w+")
_LINE = re.compile(r"^ +CALLASSIST_(\w+)=(\S+)$", re.MULTILINE)


def printed(environ: dict[str, str], **more: str) -> set[str]:
    own = load_settings({**environ, **more}, dotenv=None)
    url = own.service.public_url
    network = TwilioNetwork(own.twilio, SystemClock(), public_url=url, environ={})
    service: Any = SimpleNamespace(settings=own, telephony=network)
    said = [what for _, what in asked_at(cast(Service, service))]
    return {found for what in said for found in _ADDRESS.findall(what)}


@pytest.fixture
def written(tmp_path: Path) -> dict[str, str]:
    """The lines of the ten steps, with secrets in files as they say."""
    steps = DOCS.read_text().split("## Nobody at a screen")[0]
    lines = {f"CALLASSIST_{name}": value for name, value in _LINE.findall(steps)}
    for name in [one for one in lines if one.endswith("_FILE")]:
        secret = tmp_path / name
        secret.write_text("5ec2e7" * 6 + "\n")
        lines[name] = str(secret)
    for name, prefix in (("ACCOUNT", "AC"), ("API_KEY", "SK"), ("APPLICATION", "AP")):
        assert lines[f"CALLASSIST_TWILIO_{name}_SID"] == f"{prefix}..."
        lines[f"CALLASSIST_TWILIO_{name}_SID"] = prefix + "0" * 32
    return lines


def test_the_docs_and_doctor_name_the_same_three_addresses_at_each_step(written) -> None:
    in_docs = set(_ADDRESS.findall(DOCS.read_text()))
    before_the_browser = {
        name: value for name, value in written.items() if "API" not in name and "APP" not in name
    }
    assert len(in_docs) == 3
    assert printed(written) == in_docs
    assert printed(before_the_browser) == in_docs


def test_a_network_without_lines_for_browsers_is_not_given_their_address(written) -> None:
    plain = {name: value for name, value in written.items() if not re.search("API|APP", name)}
    like_it = printed(
        plain,
        CALLASSIST_TWILIO_BASE_URL="https://example.signalwire.com",
        CALLASSIST_TWILIO_PATH_PREFIX="/api/laml",
        CALLASSIST_TWILIO_SIGNATURE_HEADER="X-SignalWire-Signature",
        CALLASSIST_TWILIO_SIGNING_KEY="a-key",
    )
    assert {one.rpartition("/")[2] for one in like_it} == {"text", "incoming"}
