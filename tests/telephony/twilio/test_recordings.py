"""Calls are recorded where an account asked for it: announced first, asked, fetched, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from callassist.accounts.account_erasing import delete_due_accounts
from callassist.accounts.erasure_journal import ErasureJournal
from callassist.accounts.guest_data import guest_erase, guest_export
from callassist.clock import ManualClock
from callassist.escalation.recording_work import look_after_recordings
from callassist.models import AccountDeletion, Recording, RecordingPart, Stay, TeamChange
from tests.databases import SqliteDatabases
from tests.telephony.twilio.twilio_stage import PUBLIC_URL, TwilioStage, TwilioWorld
from tests.twilio_server import twilio_server
from tests.twilio_server.recordings_api import SOUND
from tests.web.pages.stage import LOOKER, OTHER

GUEST = "+12025550102"
PAGE = "/account/phone"
KEPT = timedelta(days=30)


class Recorded(TwilioStage):
    """The account of the home records its calls, or not yet."""

    def begin_recording(self) -> Recorded:
        self.begin()
        self.operator_is(presses="1")
        answer = self.owner.post(f"{PAGE}/recording", on="yes", confirmed="yes")
        assert answer.status_code == 302, answer.text
        return self

    def talk(self, presses: str = "1", **details: object) -> None:
        """A call from beginning to end, with everything that follows it."""
        self.guest_is("answers", talk=60, presses=presses, **details)
        self.accept()
        self.press_call()
        self.until_ended()
        self.world.run()

    def row(self) -> Recording:
        with self.world.service.sessions.read() as session:
            return session.scalars(select(Recording)).one()

    def rows(self) -> list[Recording]:
        with self.world.service.sessions.read() as session:
            return list(session.scalars(select(Recording)))

    def pieces(self) -> list[bytes]:
        with self.world.service.sessions.read() as session:
            return list(session.scalars(select(RecordingPart.content)))

    def heard_by(self, number: str) -> str:
        """Everything that was said on the legs to this number."""
        spoken = self.server.interpreter.spoken
        legs = {call.sid for call in self.server.calls if call.to == number}
        return " ".join(words for sid, words in spoken if sid in legs)

    def asked_to_record(self) -> int:
        asked = [one for one in self.server.requests if one.method == "POST"]
        return sum("/Recordings" in one.path for one in asked)

    def look_after(self) -> int:
        world = self.world
        return look_after_recordings(world.service.escalation, KEPT, world.clock.now())


@pytest.fixture(params=["twilio", "signalwire"])
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _night(
    layout: str, databases: SqliteDatabases, folder: Path, clock: ManualClock
) -> Iterator[Recorded]:
    with twilio_server(layout=layout, clock=clock) as server:
        world = TwilioWorld(databases.create(folder), folder, clock, server)
        try:
            yield Recorded(world, "own_phone").begin_recording()
        finally:
            world.close()


@pytest.fixture
def both(
    layout: str, sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock
) -> Iterator[Recorded]:
    yield from _night(layout, sqlite_databases, tmp_path, clock)


@pytest.fixture
def night(
    sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock
) -> Iterator[Recorded]:
    yield from _night("twilio", sqlite_databases, tmp_path, clock)


def test_who_agrees_is_recorded_and_the_sound_is_here_and_nowhere_else(both: Recorded) -> None:
    both.talk(presses="1")
    row = both.row()
    assert (row.rule, row.state) == ("key", "kept")
    assert row.there_gone_at is not None
    assert both.server.api.recordings.sounds == {}
    assert "Press 1 if you agree" in both.heard_by(GUEST)
    assert "records its calls" in both.heard_by("+12025550177")
    assert SOUND not in b"".join(both.pieces())
    answer = both.owner.post(f"/recordings/{row.public_id}/listen")
    assert answer.data == SOUND * 3000
    assert answer.mimetype == "audio/mpeg"


@pytest.mark.parametrize("presses", ["", "2", "9"])
def test_who_does_not_agree_is_connected_and_not_recorded(night: Recorded, presses: str) -> None:
    night.talk(presses=presses)
    assert night.attempt().outcome == "answered"
    assert night.row().state == "refused"
    assert night.asked_to_record() == 0


def test_nothing_is_recorded_before_the_guest_was_told_and_answered(night: Recorded) -> None:
    night.guest_is("answers", talk=60, presses="1", presses_after=6)
    night.accept()
    night.press_call()
    night.world.pass_time(seconds=10)
    assert night.row().state == "announced"
    assert night.asked_to_record() == 0
    night.world.pass_time(seconds=20)
    row = night.row()
    assert night.asked_to_record() == 1
    assert row.answered_at is not None
    (leg,) = [call for call in night.server.calls if call.to == GUEST]
    assert row.call_id == leg.sid


def test_an_account_that_did_not_ask_for_it_is_not_recorded(night: Recorded) -> None:
    night.owner.post(f"{PAGE}/recording", on="")
    night.talk()
    assert night.rows() == []
    assert night.asked_to_record() == 0
    assert "record" not in night.heard_by(GUEST)


def test_only_an_owner_switches_it_on_and_it_is_written_down(night: Recorded) -> None:
    looker = night.stage.sign_in(LOOKER)
    assert looker.post(f"{PAGE}/recording", on="").status_code == 403
    night.owner.post(f"{PAGE}/recording", on="")
    assert night.owner.post(f"{PAGE}/recording", on="yes").status_code == 422
    with night.world.service.sessions.read() as session:
        actions = list(session.scalars(select(TeamChange.action)))
    assert actions == ["recording_on", "recording_off"]
    assert "switched the recording of calls on" in night.owner.get("/team/changes").text


@pytest.mark.parametrize("fault", ["lose", "late", "double"])
def test_a_report_that_is_lost_late_or_doubled_ends_the_same(night: Recorded, fault: str) -> None:
    night.server.webhook_faults(**{fault: 1.0})
    night.talk()
    for _ in range(6):
        night.world.pass_time(minutes=1, step=timedelta(seconds=30))
        night.look_after()
    assert night.row().state == "kept"
    assert night.asked_to_record() == 1


def test_a_lost_answer_to_begin_does_not_record_twice(night: Recorded) -> None:
    night.server.rest_faults.next("reply_lost", matching="POST .*Recordings")
    night.talk()
    night.world.pass_time(minutes=3)
    night.look_after()
    assert night.asked_to_record() == 1
    assert night.row().state == "kept"


def test_a_network_that_keeps_what_it_deleted_is_asked_again(night: Recorded) -> None:
    night.server.api.recordings.keeps_deleted = True
    night.talk()
    night.look_after()
    row = night.row()
    assert (row.state, row.there_gone_at) == ("leaving", None)
    assert "still has the recording" in (row.error or "")
    night.server.api.recordings.keeps_deleted = False
    night.look_after()
    row = night.row()
    assert (row.state, row.error) == ("kept", None)


def test_after_its_time_it_is_nowhere(night: Recorded) -> None:
    night.talk()
    night.world.clock.set(night.world.clock.now() + KEPT + timedelta(hours=1))
    night.look_after()
    assert night.row().state == "gone"
    assert night.pieces() == []
    assert night.owner.post(f"/recordings/{night.row().public_id}/listen").status_code == 404


def test_a_guest_gets_their_recording_and_it_goes_with_them(night: Recorded) -> None:
    night.talk()
    service = night.world.service
    with service.sessions.write() as session:
        stay = session.scalars(select(Stay.public_id).order_by(Stay.id)).first()
        assert stay is not None
        exported = guest_export(session, service.vault, stay)
        assert exported["incidents"][0]["recordings"][0]["sound_mp3_base64"]
        guest_erase(session, stay, now=night.world.clock.now())
    assert (night.row().state, night.pieces()) == ("gone", [])


def test_who_may_listen_and_that_each_time_is_written_down(night: Recorded) -> None:
    night.talk()
    address = f"/recordings/{night.row().public_id}/listen"
    assert night.stage.sign_in(LOOKER).post(address).status_code == 403
    assert night.stage.sign_in(OTHER).post(address).status_code == 404
    assert night.ann.post(address).status_code in (403, 404)
    assert night.owner.post(address).status_code == 200
    with night.world.service.sessions.read() as session:
        heard = session.scalars(
            select(TeamChange).where(TeamChange.action == "recording_heard")
        ).all()
    assert len(heard) == 1
    assert "listened to the recording" in night.owner.get("/team/changes").text


def test_a_forged_report_changes_nothing(night: Recorded) -> None:
    night.guest_is("answers", talk=60, presses="1")
    night.accept()
    night.press_call()
    night.world.pass_time(seconds=40)
    address = f"/hooks/telephony/twilio/{night.attempt().dial_token}/recording"
    form = {"RecordingSid": "RE" + "0" * 32, "RecordingStatus": "absent"}
    form["CallSid"] = night.row().call_id or ""
    client = night.world.app.test_client()
    assert client.post(address, data=form).status_code == 403
    other = form | {"CallSid": "CA" + "0" * 32}
    signed = night.server.sign(PUBLIC_URL + address, other)
    assert client.post(address, data=other, headers=signed).status_code == 204
    assert night.row().state == "asked"


def test_the_desk_the_incident_and_the_guest_are_told(night: Recorded) -> None:
    night.guest_is("answers", talk=120, presses="1")
    night.accept()
    night.press_call()
    night.world.pass_time(seconds=40)
    desk = night.ann.get(f"/desk/tasks/{night.stage.task_of('Ann').public_id}").text
    assert "This call is recorded" in desk
    night.until_ended()
    night.world.run()
    incident = night.owner.get(f"/incidents/{night.stage.incident().public_id}").text
    assert "Listen" in incident
    assert "agreed" in incident


def test_an_account_is_not_done_away_with_while_the_network_has_its_sound(
    night: Recorded, tmp_path: Path
) -> None:
    network = night.server.api.recordings
    network.keeps_deleted = True
    night.talk()
    night.save("guest_agreed")
    night.owner.post(f"/incidents/{night.stage.incident().public_id}/take-over")
    night.world.run()
    service, now = night.world.service, night.world.clock.now()
    with service.sessions.write() as session:
        session.add(AccountDeletion(account_id=night.row().account_id, asked_at=now, due_at=now))
    journal = ErasureJournal(tmp_path / "erasures")

    def delete() -> int:
        return delete_due_accounts(service.sessions, service.vault, now, journal)

    assert delete() == 0
    assert night.pieces() == []
    night.look_after()
    assert delete() == 0
    network.keeps_deleted = False
    night.look_after()
    assert night.row().state == "gone"
    assert delete() == 1


def test_who_hangs_up_during_the_announcement_was_not_recorded(night: Recorded) -> None:
    night.guest_is("answers", talk=3)
    night.accept()
    night.press_call()
    assert night.until_ended().outcome == "hung_up"
    night.look_after()
    assert night.row().state == "refused"
    assert night.asked_to_record() == 0
