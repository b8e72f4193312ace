"""A guest who asks to be called is called, also while nobody was going to call yet."""

from __future__ import annotations

from callassist.escalation import guest_answers
from callassist.escalation.guest_answers import GuestAnswer


def say(home, word):
    with home.sessions.write() as session:
        guest_answers.answer(
            session, home.ctx, home.incident.id, word, "page", now=home.clock.now()
        )
    home.run()


def test_call_me_while_we_only_watch_requests_the_call_at_once(night):
    home = night()
    home.available()
    home.noise_begins()
    home.pass_time(minutes=15)
    assert home.incident.state == "watching"
    say(home, GuestAnswer.CALL_ME)
    assert home.incident.state == "calling_guest"
    assert home.presence() == "offered"
    assert home.told().count("call_requested") == 1
    assert home.tasks()[0].guest_asked


def test_the_noise_that_persists_later_requests_nothing_a_second_time(night):
    home = night()
    home.noise_begins()
    home.pass_time(minutes=15)
    say(home, GuestAnswer.CALL_ME)
    home.pass_time(minutes=5)
    home.noise_persists()
    assert home.told().count("call_requested") == 1
    assert len(home.tasks()) == 1
