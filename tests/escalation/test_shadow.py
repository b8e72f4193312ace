"""Shadow mode: all rules run, nothing leaves the house, and what we would have done is listed."""

from __future__ import annotations

import pytest

from callassist.domain.viewer import Role, Viewer
from callassist.errors import Conflict, Forbidden, NotFound
from callassist.escalation import opening, shadow
from callassist.escalation.new_incident import OpenedBy
from callassist.models import Property


def host(home, role=Role.OWNER):
    return Viewer(name="Host", account_roles={home.account_id: frozenset({role})})


def place(session, home):
    return session.get_one(Property, home.property_id)


def begin(home, viewer=None):
    with home.sessions.write() as session:
        public_id = place(session, home).public_id
        shadow.begin_shadow(session, viewer or host(home), public_id, "host", now=home.clock.now())
    home.run()


def end(home):
    with home.sessions.write() as session:
        public_id = place(session, home).public_id
        shadow.end_shadow(session, host(home), public_id, now=home.clock.now())
    home.run()


def listed(home, since):
    with home.sessions.read() as session:
        return shadow.would_have_called(session, host(home), place(session, home), since)


def test_noise_in_shadow_calls_and_tells_nobody_and_is_listed(night):
    home = night()
    home.available()
    began = home.clock.now()
    begin(home)
    home.noise_for_30_minutes()
    requested_at = home.clock.now()
    home.pass_time(minutes=25)
    home.noise_ends()
    assert (home.tasks(), home.told(), home.reports()) == ([], [], [])
    assert (home.incident.state, home.incident.resolution) == ("closed", "went_quiet")
    count, calls = listed(home, began)
    assert (count, calls[0].at, calls[0].ended_at) == (1, requested_at, home.clock.now())


def test_noise_that_ends_early_would_have_been_no_call(night):
    home = night()
    began = home.clock.now()
    begin(home)
    home.noise_begins()
    home.pass_time(minutes=20)
    home.noise_ends()
    assert listed(home, began) == (0, [])
    assert home.incident.shadow


def test_a_sensor_lost_in_shadow_tells_nobody(night):
    home = night()
    begin(home)
    home.noise_for_30_minutes()
    home.noise_ends(reason="sensor_lost")
    assert (home.told(), home.incident.state) == ([], "closed")


def test_call_now_is_refused_with_the_reason(night):
    home = night()
    begin(home)
    with pytest.raises(Conflict, match="shadow mode"), home.sessions.write() as session:
        opening.open_by_hand(
            session, home.ctx, place(session, home), OpenedBy.HOST, now=home.clock.now()
        )
    assert home.incidents() == []


def test_a_call_that_runs_is_cancelled_when_shadow_mode_begins(night):
    home = night()
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    begin(home)
    assert home.incident.resolution == "cancelled"
    assert home.presence() == "available"


def test_noise_that_has_persisted_is_called_about_when_shadow_mode_ends(night):
    home = night()
    home.available()
    begin(home)
    home.noise_for_30_minutes()
    end(home)
    in_shadow, real = home.incidents()
    assert (in_shadow.resolution, in_shadow.shadow) == ("cancelled", True)
    assert (real.state, real.shadow, real.opened_by) == ("calling_guest", False, "noise")
    assert home.presence() == "offered"
    assert "call_requested" in home.told()


def test_noise_that_began_in_shadow_goes_on_to_its_call_in_its_own_time(night):
    home = night()
    begin(home)
    home.noise_begins()
    home.pass_time(minutes=15)
    end(home)
    assert (home.incident.state, home.incident.shadow) == ("watching", False)
    home.pass_time(minutes=15)
    home.noise_persists()
    assert home.incident.state == "calling_guest"


def test_calls_in_shadow_use_up_nothing_of_the_night(night):
    home = night()
    home.available()
    begin(home)
    for _ in range(3):
        home.noise_for_30_minutes()
        home.noise_ends()
        home.pass_time(minutes=10)
    end(home)
    home.noise_for_30_minutes()
    assert home.incident.state == "calling_guest"
    assert home.incident.repeat_of_id is None


def test_the_auditor_finds_nothing_wrong_in_shadow(night):
    home = night()
    begin(home)
    home.noise_for_30_minutes()
    home.pass_time(minutes=30)
    assert home.findings() == []


def test_another_account_and_a_looker_cannot_switch_it(night):
    home = night()
    with pytest.raises(NotFound):
        begin(
            home, Viewer(name="Other", account_roles={home.account_id + 1: frozenset({Role.OWNER})})
        )
    with pytest.raises(Forbidden):
        begin(home, host(home, Role.VIEWER))
