"""Forged and replayed callbacks against the whole service: refused, and nothing is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from callassist.clock import ManualClock
from tests.databases import SqliteDatabases
from tests.dealing import examples
from tests.telephony.twilio.conftest import Begin
from tests.telephony.twilio.forging import (
    Forger,
    Sent,
    database_hash,
    with_two_attempts,
)
from tests.telephony.twilio.twilio_stage import PUBLIC_URL
from tests.web.world import World

FORGERIES = examples(500, dealt=150)  # `scripts/prove forged-callbacks` sends 10,000


def answer_to(world: World, sent: Sent) -> int:
    """The status of the answer; the request is told to have come to our own address."""
    client = world.app.test_client()
    return client.post(
        sent.path, base_url=PUBLIC_URL, data=sent.form, headers=sent.headers
    ).status_code


@pytest.mark.parametrize("layout", ["twilio", "signalwire"])
def test_forged_callbacks_are_all_refused_and_change_nothing(begin: Begin, layout: str) -> None:
    night = with_two_attempts(begin("own_phone", layout))
    forger = Forger(night.server, seed=4)
    before = database_hash(night.world.service.sessions)
    answers = {answer_to(night.world, forger.forge(number)) for number in range(FORGERIES)}
    assert answers == {403}
    assert database_hash(night.world.service.sessions) == before


def test_a_genuine_report_that_comes_again_changes_nothing(begin: Begin) -> None:
    night = with_two_attempts(begin())
    reports = [one for one in night.server.webhooks if one.kind == "status"]
    assert len(reports) > 5
    before = database_hash(night.world.service.sessions)
    for report in reports:
        assert night.server.resend(report).status == 204
    assert database_hash(night.world.service.sessions) == before


def test_without_an_account_no_callback_is_believed(
    begin: Begin, sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock
) -> None:
    night = with_two_attempts(begin())
    folder = tmp_path / "without"
    folder.mkdir()
    world = World(sqlite_databases.create(folder), folder, clock)
    try:
        before = database_hash(world.service.sessions)
        answers = {answer_to(world, sent) for sent in Forger(night.server, seed=4).genuine}
        assert answers == {404}
        assert database_hash(world.service.sessions) == before
    finally:
        world.close()
