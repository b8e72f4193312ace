"""Ten minutes and nobody there: a voice phones the guest where all allows it, or the host hears."""

from __future__ import annotations

import pytest

from callassist.domain.results import AttemptOutcome, Disposition
from callassist.errors import Conflict
from callassist.escalation import ending
from callassist.models import Stay, StopEntry
from callassist.ports.telephony import RefusedCall
from callassist.stays.guest_words import LANGUAGES
from callassist.storage.facts import mark_restored
from tests.escalation.automatically import NEVER, PRESSES_ONE, TURNED_OFF, decided, untaken
from tests.escalation.night import BUSY, HANGS_UP, INVALID, NO_ANSWER, VOICEMAIL
from tests.escalation.scene import ANSWERS

TOLD = "needs_you:nobody_takes_it"


def test_a_guest_who_presses_one_has_agreed_and_nobody_else_phones(night):
    home = untaken(night, keys=("1",))
    assert home.attempts() == []
    home.pass_time(minutes=2)
    (attempt,) = home.attempts()
    assert (attempt.mode, attempt.outcome, attempt.disposition) == (
        "automatic",
        "answered",
        "guest_agreed",
    )
    assert (attempt.attempt_number, attempt.counted, attempt.operator_id) == (1, True, None)
    assert home.incident.state == "following_up"
    assert TOLD not in home.told()
    assert "guest_reached" in home.told()
    assert decided(home) == [(True, "allowed")]


def test_a_guest_who_presses_nothing_is_phoned_again_by_whoever_comes(night):
    home = untaken(night, keys=())
    home.pass_time(minutes=2)
    (attempt,) = home.attempts()
    assert (attempt.outcome, attempt.disposition, attempt.counted) == ("answered", None, True)
    first, second = home.tasks()
    assert (first.result, second.attempt_number, second.continuation) == ("no_answer", 2, False)
    assert attempt.ended_at is not None
    assert second.available_at - attempt.ended_at == home.policy.cadence.attempt_gap


def test_a_guest_who_presses_two_is_phoned_by_a_person_at_once(night):
    home = untaken(night, keys=("2",))
    home.pass_time(minutes=1)
    first, second = home.tasks()
    assert first.result == "asked_for_a_person"
    assert (second.attempt_number, second.continuation, second.guest_asked) == (1, True, True)
    assert "supervisor_page:guest_wants_a_person" in home.told()
    home.available()
    home.run()
    home.network.keys[ANSWERS] = ()
    assert home.work("guest_agreed").attempt_number == 1
    assert home.incident.resolution is None
    assert home.incident.first_contact == "guest"


def test_who_asked_for_a_person_is_not_phoned_by_a_voice_again(night):
    home = untaken(night, keys=("2",))
    home.pass_time(minutes=12)
    assert len(home.attempts()) == 1
    assert decided(home)[-1] == (False, "asked_for_a_person")
    assert TOLD in home.told()


def test_nine_stops_everything_automatic_and_a_person_may_still_phone(night):
    home = untaken(night, keys=("9",))
    home.pass_time(minutes=18)
    assert home.attempts()[0].disposition == "no_conversation"
    with home.sessions.read() as session:
        assert session.query(StopEntry).one().source == "key"
    assert decided(home) == [(True, "allowed"), (False, "stopped")]
    assert home.tasks()[-1].attempt_number == 2


def test_another_key_has_the_menu_said_again(night):
    home = untaken(night, keys=("5", "1"))
    home.pass_time(minutes=2)
    assert home.attempts()[0].disposition == "guest_agreed"
    words = home.ctx.guest_words["en"]
    assert home.network.heard(ANSWERS).count(words["voice_key_1"]) == 2


@pytest.mark.parametrize(
    ("number", "outcome"),
    [(NO_ANSWER, "no_answer"), (BUSY, "busy"), (HANGS_UP, "hung_up"), (VOICEMAIL, "voicemail")],
)
def test_what_the_network_tells_is_the_result_without_a_key(night, number, outcome):
    home = untaken(night, number=number)
    home.pass_time(minutes=3)
    (attempt,) = home.attempts()
    assert (attempt.outcome, attempt.counted) == (outcome, True)
    assert home.tasks()[0].result == outcome


def test_a_number_that_does_not_exist_is_flagged_and_the_host_is_phoned(night):
    home = untaken(night, number=INVALID)
    home.pass_time(minutes=1)
    assert home.attempts()[0].outcome == "invalid_number"
    assert home.tasks()[-1].party == "host"


def test_a_network_that_refuses_us_costs_no_attempt_and_the_host_is_told(night, monkeypatch):
    home = untaken(night)

    def refuse(request):
        raise RefusedCall("not our number", AttemptOutcome.PROVIDER_ERROR, "caller_id")

    monkeypatch.setattr(home.network, "place_call", refuse)
    home.pass_time(seconds=20)
    assert home.attempts()[0].counted is False
    assert TOLD in home.told()
    assert home.tasks()[-1].attempt_number == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"consent": False}, "no_consent"),
        ({"hours": NEVER}, "outside_hours"),
        ({"policy": TURNED_OFF}, "turned_off"),
        ({"manual": True}, "not_configured"),
    ],
)
def test_where_it_may_not_be_the_host_is_told_and_the_log_says_why(night, change, reason):
    home = untaken(night, **change)
    home.pass_time(seconds=20)
    assert home.attempts() == []
    assert decided(home) == [(False, reason)]
    assert TOLD in home.told()
    assert home.tasks()[0].state == "pending"


def test_a_stop_in_the_last_moment_counts(night, monkeypatch):
    home = untaken(night)
    asked: list[object] = []
    with monkeypatch.context() as later:
        later.setattr(home.outbox, "run_due", lambda: 0)  # the network is asked a moment later
        home.pass_time(seconds=20)
    (attempt,) = home.attempts()
    assert attempt.state == "waiting"
    with home.sessions.write() as session:
        session.add(
            StopEntry(number_index=attempt.number_index, stopped_at=home.clock.now(), source="sms")
        )
    home.run()
    assert asked == []
    assert home.network.calls() == []
    assert decided(home)[-1] == (False, "stopped")
    assert home.attempts()[0].counted is False


def test_a_restored_copy_phones_nobody(night):
    home = untaken(night)
    with home.sessions.write() as session:
        mark_restored(session, now=home.clock.now())
    home.pass_time(minutes=1)
    assert home.network.calls() == []
    assert decided(home) == [(False, "restored")]


def test_a_call_that_was_due_while_the_service_was_down_is_not_made_late(night):
    home = untaken(night)
    home.restart(minutes=45)
    assert home.network.calls() == []


def test_an_operator_who_comes_while_it_rings_cannot_dial_over_it(night):
    home = untaken(night, number="+12025550190")
    home.pass_time(seconds=20)
    assert home.attempts()[0].state in ("placed", "ringing")
    home.available()
    home.run()
    assert home.presence() == "available"
    with pytest.raises(Conflict, match="automatic call"):
        home.accept(task_id=home.tasks()[0].id)
    assert home.findings() == []


def test_whoever_is_being_asked_goes_first_and_the_host_hears_meanwhile(night):
    home = untaken(night, keys=("1",))
    home.available()
    home.run()
    assert home.tasks()[0].state == "offered"
    home.pass_time(seconds=15)
    assert TOLD in home.told()
    assert home.attempts() == []
    home.pass_time(minutes=2)  # Ann, who is the last, is offered it again and again
    assert home.attempts()[0].disposition == "guest_agreed"
    assert home.presence() == "available"


def test_a_host_who_takes_over_while_it_rings_ends_it(night):
    home = untaken(night, number="+12025550190")
    home.pass_time(seconds=20)
    with home.sessions.write() as session:
        ending.take_over(session, home.incident.id, "the host", now=home.clock.now())
    home.pass_time(minutes=1)
    assert home.attempts()[0].outcome == "cancelled"
    assert home.incident.resolution == "host_took_over"
    assert len(home.network.calls()) == 1


def test_noise_that_ended_needs_no_call(night):
    home = untaken(night)
    home.noise_ends()
    home.pass_time(minutes=2)
    assert home.network.calls() == []


def test_quiet_while_it_talks_needs_nobody_to_phone(night):
    home = untaken(night, keys=("2",))
    home.outbox.run_due()
    while not home.network.heard(ANSWERS):
        home.pass_time(seconds=1)
    home.noise_ends()
    home.pass_time(minutes=1)
    assert home.network.heard(ANSWERS)[-1] == home.ctx.guest_words["en"]["voice_quiet"]
    assert home.incident.resolution == "went_quiet"


@pytest.mark.parametrize("language", [*LANGUAGES, "pt"])
def test_it_speaks_the_guests_language_and_tells_no_level(night, language):
    home = untaken(night, keys=("1",), number=PRESSES_ONE)
    with home.sessions.write() as session:
        session.query(Stay).one().language = language
    home.pass_time(minutes=1)
    words = home.ctx.guest_words.get(language, home.ctx.guest_words["en"])
    heard = home.network.heard(PRESSES_ONE)
    assert heard[1] == words["voice_loud"]
    assert heard[-1] == words["voice_thanks"]
    assert not any("dB" in sentence or "decibel" in sentence.lower() for sentence in heard)
    assert max(len(sentence) for sentence in heard) < 120
    assert home.attempts()[0].disposition == Disposition.GUEST_AGREED
