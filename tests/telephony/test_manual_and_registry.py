"""Manual mode, and choosing a network by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from callassist.clock import ManualClock
from callassist.domain.dial import DialMode
from callassist.errors import InvalidInput, PermanentError, SettingsError
from callassist.ports.telephony import PlaceCall, Telephony, WebhookRequest
from callassist.telephony.manual import ManualTelephony, tel_link
from callassist.telephony.registry import NETWORKS, NetworkParts, build
from tests.telephony.world import PUBLIC_URL, SECRET, START


@pytest.fixture
def parts(tmp_path: Path) -> NetworkParts:
    return NetworkParts(
        clock=ManualClock(START),
        data_dir=tmp_path / "data",
        public_url=PUBLIC_URL,
        local_url="http://127.0.0.1:8000",
        secret=SECRET,
    )


# what can only be tried against its own server is told in tests/telephony/twilio
@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "twilio"])
def test_a_network_is_built_by_its_name_and_is_usable(name: str, parts: NetworkParts) -> None:
    network = build(name, parts)
    assert network.name == name
    network.check()
    network.capabilities()
    close = getattr(network, "close", None)
    if close is not None:
        close()


def test_an_unknown_network_stops_the_start_and_lists_the_known_ones(parts: NetworkParts) -> None:
    with pytest.raises(SettingsError, match=r"carrier-pigeon.*simulated, manual, twilio"):
        build("carrier-pigeon", parts)


def test_in_manual_mode_the_operator_dials() -> None:
    network: Telephony = ManualTelephony()
    can = network.capabilities()
    assert (can.modes, can.simulated) == ((DialMode.OPERATOR,), False)
    assert not can.callbacks
    assert not can.find_calls


def test_in_manual_mode_the_server_never_dials_and_never_pretends_to_know() -> None:
    network = ManualTelephony()
    request = PlaceCall(attempt_id="1", to="+12025550101", caller_id=None, callback_url="")
    for use in (
        lambda: network.place_call(request),
        lambda: network.hang_up("x"),
        lambda: network.find_calls(to="+12025550101", since=START),
    ):
        with pytest.raises(PermanentError, match="operator"):
            use()
    assert network.fetch_call("x") is None
    assert not network.verify_webhook(WebhookRequest(url="", headers={}))


def test_the_dial_button_is_a_plain_tel_link() -> None:
    assert tel_link("+12025550101") == "tel:+12025550101"
    with pytest.raises(InvalidInput, match="phone"):
        tel_link("+1202; rm")
