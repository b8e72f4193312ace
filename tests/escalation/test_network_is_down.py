"""A call that is up while its network neither reports nor answers: nobody waits for it for ever."""

from __future__ import annotations

from tests.escalation.faulty_nights import faulty, taken

TALKS = "+12025550109"


def test_a_network_that_is_down_for_minutes_is_asked_again_when_it_is_back(night):
    home = taken(night)
    faulty(home, lose_callback=1.0)
    home.dial()
    faulty(home, down=True)
    home.pass_time(minutes=5)
    assert home.attempts()[0].state != "ended"
    faulty(home)
    home.pass_time(minutes=2)
    assert home.attempts()[0].outcome == "answered"


def test_a_call_that_cannot_be_asked_about_for_long_is_the_operators_to_tell(night):
    home = taken(night)
    faulty(home, lose_callback=1.0)
    home.dial()
    faulty(home, down=True)
    home.pass_time(minutes=8)
    assert (home.attempts()[0].state, home.attempts()[0].outcome) == ("ended", None)
    assert "supervisor_page:dial_in_doubt" in home.told()
    home.save("guest_agreed")
    assert home.incident.state == "following_up"


def test_without_a_word_of_anybody_about_it_the_next_attempt_comes(night):
    home = taken(night)
    faulty(home, lose_callback=1.0)
    home.dial()
    faulty(home, down=True)
    home.pass_time(minutes=15)
    assert home.attempts()[0].counted
    assert home.tasks()[-1].attempt_number == 2
    assert home.findings() == []


def test_a_talk_is_not_over_because_the_network_cannot_be_asked(night):
    home = taken(night, guest_numbers=(TALKS,))
    home.dial()
    home.pass_time(seconds=45)
    assert home.attempts()[0].state == "talking"
    faulty(home, down=True)
    home.network.pump = lambda: 0
    home.pass_time(minutes=25)
    assert home.attempts()[0].state == "talking"
    home.pass_time(minutes=10)
    assert home.attempts()[0].outcome == "answered"
