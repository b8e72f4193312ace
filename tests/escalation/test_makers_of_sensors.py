"""Makers of sensors: asked before a call where they can be, and left to text guests themselves."""

from __future__ import annotations

from callassist.escalation.context import Escalation
from callassist.models import Sensor, SensorAccess, SensorConnection
from tests.escalation.laddering import loud, warned


class Maker:
    """Remembers which homes were asked about."""

    def __init__(self):
        self.asked = []

    def refresh(self, property_id, now):
        self.asked.append(property_id)
        return True


def with_sensor(night, *, is_asked=False, refused_at=None, own_messages=None):
    """The home gets a sensor of a brand, which we may have a permission to ask."""
    now = night.clock.now()
    with night.sessions.write() as session:
        connection = SensorConnection(
            account_id=night.account_id,
            adapter="minut",
            token_hash="x" * 64,
            options={},
            created_at=now,
        )
        session.add(connection)
        session.flush()
        session.add(
            Sensor(
                connection_id=connection.id,
                account_id=night.account_id,
                external_id="home-1",
                property_id=night.property_id,
                kind="notice",
                own_messages=own_messages,
                created_at=now,
            )
        )
        if is_asked:
            session.add(
                SensorAccess(connection_id=connection.id, refused_at=refused_at, created_at=now)
            )


def asked_of(made, **sensor):
    """Which homes the maker was asked about, once an operator has taken the call."""
    maker = Maker()
    made.ctx = Escalation(**{**vars(made.ctx), "fresh_noise": maker})
    made._start()
    with_sensor(made, **sensor)
    made.available()
    made.noise_for_30_minutes()
    made.accept()
    made.run()
    return maker.asked


def test_the_maker_is_asked_whether_it_is_still_loud_when_an_operator_takes_the_call(night):
    made = night()
    assert asked_of(made, is_asked=True) == [made.property_id]


def test_nobody_is_asked_where_sensors_post_by_themselves(night):
    assert asked_of(night()) == []


def test_a_maker_that_lets_us_in_no_more_is_not_asked(night):
    made = night()
    assert asked_of(made, is_asked=True, refused_at=made.clock.now()) == []


def test_our_texts_stay_off_while_the_maker_sends_its_own(ladder_home):
    made = ladder_home()
    with_sensor(made, own_messages=True)
    made.noise_begins()
    loud(made, 11)
    assert made.network.texting.sent() == []
    assert warned(made) == [(1, False, "maker_texts")]


def test_our_texts_go_out_while_it_is_not_known_whether_the_maker_sends_its_own(ladder_home):
    made = ladder_home()
    with_sensor(made)
    made.noise_begins()
    loud(made, 11)
    assert len(made.network.texting.sent()) == 1
