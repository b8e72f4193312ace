"""A robot guest: who missed a call phones back, as people do."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from sqlalchemy import or_, select

from callassist.clock import Clock
from callassist.demo.cast import Home
from callassist.demo.pace import STILL
from callassist.demo.taking_over import taken_over
from callassist.domain.call_task import Party
from callassist.domain.dial import DialState
from callassist.models import CallAttempt, Incident, Operator, Property
from callassist.storage.sessions import Sessions
from callassist.telephony.simulated import SimulatedNetwork

_LOOK_SECONDS = 0.25


class RobotGuest:
    """Phones the desk once for each home whose guest does so, when our call was missed.

    At once where a visitor sits at the desk, whose browser then rings; else when the robot there
    has said how the call went, so that the night goes the same way each time.
    """

    def __init__(
        self,
        url: str,
        cast: Sequence[Home],
        sessions: Sessions,
        network: SimulatedNetwork,
        clock: Clock,
    ) -> None:
        """`network` is the one of the service, by its file; it is not started here."""
        self._url = f"{url}/hooks/telephony/{network.name}/incoming"
        self._missing = {one.name: one.phones_back_from for one in cast if one.phones_back_from}
        self._sessions, self._network, self._clock = sessions, network, clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="robot-guest", daemon=True)

    def start(self) -> None:
        """Wait for missed calls."""
        self._thread.start()

    def stop(self) -> None:
        """Phone nobody any more."""
        self._stop.set()
        self._thread.join(timeout=15)
        self._network.close()

    def _run(self) -> None:
        while self._missing and not self._stop.wait(_LOOK_SECONDS):
            if self._clock.speed > STILL:
                for home in self._missed():
                    self._network.phone_in(self._missing.pop(home), self._url)

    def _missed(self) -> list[str]:
        """The homes whose guest did not hear our call."""
        with self._sessions.read() as session:
            visited = Operator.desk_name.in_(sorted(taken_over(session)))
            return list(
                session.scalars(
                    select(Property.name)
                    .join(Incident, Incident.property_id == Property.id)
                    .join(CallAttempt, CallAttempt.incident_id == Incident.id)
                    .join(Operator, Operator.id == CallAttempt.operator_id)
                    .where(
                        Property.name.in_(list(self._missing)),
                        Incident.closed_at.is_(None),
                        CallAttempt.party == str(Party.GUEST),
                        CallAttempt.state == str(DialState.ENDED),
                        or_(CallAttempt.counted.is_not(None), visited),
                    )
                    .distinct()
                )
            )
