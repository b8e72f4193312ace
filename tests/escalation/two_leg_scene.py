"""A call that an operator took, on a network that joins two legs."""

from __future__ import annotations

from collections.abc import Callable

from callassist.domain.dial import DialMode, LegStatus
from callassist.escalation.bridging import identity_of
from callassist.escalation.tokens import Question
from callassist.models import Operator
from tests.escalation.night import Night
from tests.escalation.two_legs import TwoLegNetwork, Wire

OWN_PHONE = "+447700900123"


def taken(night: Callable[..., Night], network: TwoLegNetwork) -> Night:
    """Ann has taken the call and not pressed call yet."""
    made = night(telephony=network)
    with_operator(made, phone=made.vault.seal(OWN_PHONE))
    made.available()
    made.noise_for_30_minutes()
    made.accept()
    return made


def with_operator(home: Night, **values: object) -> None:
    """Ann is like this now."""
    with home.sessions.write() as session:
        operator = session.get_one(Operator, home.operator_ids["Ann"])
        for name, value in values.items():
            setattr(operator, name, value)


def dialled(home: Night, network: TwoLegNetwork, mode: DialMode = DialMode.OWN_PHONE) -> Wire:
    """Call was pressed; what the network says from here on."""
    with_operator(home, dial_mode=str(mode))
    home.dial()
    return Wire(home.ctx, network, home.attempts()[-1].dial_token)


def put_through(home: Night, network: TwoLegNetwork) -> Wire:
    """The operator picked up and pressed 1."""
    wire = dialled(home, network)
    wire.own_line(0, LegStatus.ANSWERED)
    wire.asks(Question.ANSWERED, "OWN1")
    wire.asks(Question.PRESSED, "OWN1", digits="1")
    return wire


def identity(home: Night, name: str = "Ann") -> str:
    """How the operator's browser is known to the network."""
    with home.sessions.read() as session:
        return identity_of(session.get_one(Operator, home.operator_ids[name]))
