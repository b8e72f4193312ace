"""What goes wrong on a phone network, said alike for the simulated one and a Twilio-shaped one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

from callassist.domain.results import AttemptOutcome
from callassist.ports.telephony import RefusedCall
from callassist.telephony.simulated import SimulatedNetwork
from callassist.telephony.simulated.faults import Faults
from tests.twilio_server import TwilioServer

DESK = "+12025550100"  # the number of ours that people phone
PUBLIC_URL, SIMULATED_URL = "https://desk.example", "http://127.0.0.1:8000"
HIDDEN = "+266696687"  # what stands there when no number is shown
CREATIONS = "POST .*Calls"
OUR_FAULT = 21210  # a caller id that is not ours


class Line(Protocol):
    """The network that a night runs on."""

    def dialled(self, number: str) -> int:
        """How many calls to this number the network itself knows of."""

    def placed(self) -> int:
        """How many calls it made that it was asked for; what it dials from there is none."""

    def phones_in(self, number: str, keys: str = "") -> Callable[[], None]:
        """Somebody phones us, and presses these keys; what is given back hangs up."""

    def loses_a_reply(self) -> None:
        """The next call is placed, and nobody hears that it was."""

    def loses_a_request(self) -> None:
        """The next request to place a call never arrives."""

    def has_too_many(self) -> None:
        """The next request to place a call is refused for the rate."""

    def refuses_us(self) -> None:
        """The next call is refused for a fault of ours."""

    def goes_down(self) -> None:
        """No request works from now on."""

    def comes_back(self) -> None:
        """Every request works again."""

    def presses(self, number: str, *keys: str) -> None:
        """What is pressed at this number, menu by menu; nothing without any."""

    def heard(self, number: str) -> list[str]:
        """What was said to this number, in order."""

    def reports(self, how: str) -> None:
        """Every report on a call is now `lost`, `doubled`, `shuffled` or `late`."""


class SimulatedLine:
    """The simulated network's faults; what is for one request ends with that request."""

    def __init__(self, network: SimulatedNetwork) -> None:
        self._network = network

    def dialled(self, number: str) -> int:
        return sum(call.to == number for call in self._network.calls())

    def placed(self) -> int:
        return len(self._network.calls())

    def presses(self, number: str, *keys: str) -> None:
        self._network.keys[number] = keys

    def heard(self, number: str) -> list[str]:
        return self._network.heard(number)

    def phones_in(self, number: str, keys: str = "") -> Callable[[], None]:
        url = f"{SIMULATED_URL}/hooks/telephony/simulated/incoming"
        call_id = self._network.phone_in(number, url, keys)
        return lambda: self._network.hang_up(call_id)

    def loses_a_reply(self) -> None:
        self._for_one_call(lose_reply=1.0)

    def loses_a_request(self) -> None:
        self._for_one_call(lose_request=1.0)

    def has_too_many(self) -> None:
        self._for_one_call(rate_limit=1.0)

    def refuses_us(self) -> None:
        def refuse(_: object) -> None:
            raise RefusedCall("not our number", AttemptOutcome.PROVIDER_ERROR, "caller_id")

        self._next_call(refuse)

    def goes_down(self) -> None:
        self._change(down=True)

    def comes_back(self) -> None:
        self._change(down=False)

    def reports(self, how: str) -> None:
        faults: dict[str, dict[str, Any]] = {
            "lost": {"lose_callback": 1.0},
            "doubled": {"double_callback": 1.0},
            "shuffled": {"delay_callback": 0.7, "delay_up_to": timedelta(seconds=20)},
            "late": {"delay_callback": 1.0, "delay_up_to": timedelta(seconds=90)},
        }
        self._change(**faults[how])

    def _change(self, **faults: Any) -> None:
        self._network.faults = replace(self._network.faults, **faults)

    def _for_one_call(self, **faults: Any) -> None:
        place = type(self._network).place_call
        before = self._network.faults

        def placed(request: Any) -> Any:
            self._network.faults = Faults(**faults)
            try:
                return place(self._network, request)
            finally:
                self._network.faults = before

        self._next_call(placed)

    def _next_call(self, do: Callable[[Any], Any]) -> None:
        def once(request: Any) -> Any:
            del self._network.place_call
            return do(request)

        self._network.place_call = once  # type: ignore[method-assign]


class TwilioLine:
    """The faults of a Twilio-shaped network."""

    def __init__(self, server: TwilioServer) -> None:
        self._server = server

    def dialled(self, number: str) -> int:
        return sum(call.to == number for call in self._server.calls)

    def placed(self) -> int:
        ours = [call for call in self._server.calls if call.parent is None]
        return sum(call.direction != "inbound" or "client:" in call.from_ for call in ours)

    def presses(self, number: str, *keys: str) -> None:
        self._server.far_end(number, "answers", presses=keys, presses_after=8, talk=3600)

    def heard(self, number: str) -> list[str]:
        legs = {call.sid for call in self._server.calls if number in (call.to, call.from_)}
        return [sentence for sid, sentence in self._server.spoken if sid in legs]

    def phones_in(self, number: str, keys: str = "") -> Callable[[], None]:
        self._server.account.numbers[
            DESK
        ].voice_url = f"{PUBLIC_URL}/hooks/telephony/twilio/incoming"
        leg = self._server.phone_rings_us(number or HIDDEN, DESK, presses=keys)
        return leg.hang_up

    def loses_a_reply(self) -> None:
        self._server.rest_faults.next("reply_lost", matching=CREATIONS)

    def loses_a_request(self) -> None:
        self._server.rest_faults.next("request_lost", matching=CREATIONS)

    def has_too_many(self) -> None:
        self._server.rest_faults.next("too_many", matching=CREATIONS, retry_after=2)

    def refuses_us(self) -> None:
        self._server.refuse_next(OUR_FAULT)

    def goes_down(self) -> None:
        self._server.rest_faults.share("error", 1.0)

    def comes_back(self) -> None:
        self._server.rest_faults.clear()

    def reports(self, how: str) -> None:
        faults: dict[str, dict[str, Any]] = {
            "lost": {"lose": 1.0},
            "doubled": {"double": 1.0},
            "shuffled": {"shuffle_within": 20},
            "late": {"late": 1.0},
        }
        self._server.webhook_faults(**faults[how])
