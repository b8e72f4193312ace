"""Three counted attempts at most, whatever goes wrong in between."""

from __future__ import annotations

from tests.escalation.scene import HOST_ANSWERS

RINGS_LONG = "+12025550190"


def called(night, **fields):
    home = night(**fields)
    home.available()
    home.noise_for_30_minutes()
    return home


def test_a_continuation_that_is_cancelled_before_an_answer_stays_uncounted(night):
    home = called(night, guest_numbers=(RINGS_LONG,))
    for _ in range(2):
        home.work("no_conversation")
        home.pass_time(minutes=5)
    home.work("line_dropped")  # the third counted one; it is continued at once
    home.accept()
    home.dial()
    home.hang_up()  # before an answer: the same call again later, still a continuation
    home.pass_time(minutes=5)
    home.work("no_conversation")
    counted = [attempt.counted for attempt in home.attempts()]
    assert counted == [True, True, True, False, False]
    assert home.incident.state == "calling_host"


def test_trouble_on_the_way_to_the_guest_leaves_the_host_all_repeats(night):
    home = called(night, host_numbers=(HOST_ANSWERS,))
    home.network.faults = home.network.faults.__class__(lose_request=1.0)
    for _ in range(4):
        home.accept()
        home.dial()
        home.pass_time(minutes=2)
    assert home.incident.state == "calling_host"
    home.accept()
    home.dial()
    home.pass_time(seconds=31)
    home.network.faults = home.network.faults.__class__()
    home.pass_time(minutes=2)
    home.work("host_reached")
    assert home.incident.first_contact == "host"


def test_a_refusal_while_it_gets_quiet_needs_no_call_to_the_host(night):
    home = called(night)
    home.accept()
    home.dial()
    home.pass_time(seconds=60)
    home.noise_ends()
    home.call_ends()
    home.save("guest_refused")
    assert home.incident.resolution == "guest_reached"
    assert all(attempt.party == "guest" for attempt in home.attempts())
