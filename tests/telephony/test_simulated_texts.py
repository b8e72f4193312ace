"""Texts on the simulated network: kept, reported once, and sent twice when asked for twice."""

from __future__ import annotations

import pytest

from callassist.clock import ManualClock
from callassist.errors import InvalidInput, PermanentError, TransientError
from callassist.ports.texting import RefusedText, SendText, TextInDoubt, TextNotSent, TextRefusal
from callassist.ports.webhook import WebhookRequest
from callassist.telephony.simulated import Faults, SimulatedNetwork

URL = "https://desk.example/hooks/telephony/simulated/text/t1"


class Posts:
    """Takes what the network reports, or fails as it is told."""

    def __init__(self):
        self.came, self.failures = [], []

    def __call__(self, url, headers, form):
        if self.failures:
            raise self.failures.pop(0)
        self.came.append(WebhookRequest(url=url, headers=headers, form=form))


@pytest.fixture
def posts():
    return Posts()


@pytest.fixture
def network(tmp_path, clock: ManualClock, posts):
    made = SimulatedNetwork(tmp_path / "net.sqlite", clock, 7, post=posts, secret="s")
    yield made
    made.close()


def text(to="+12025550102"):
    return SendText(to=to, sender=None, body="It is loud.", callback_url=URL)


@pytest.mark.parametrize(
    ("to", "status"), [("+12025550102", "delivered"), ("+12025550170", "undelivered")]
)
def test_the_far_end_decides_what_is_reported(network, clock, posts, to, status):
    sent = network.texting.send(text(to))
    assert network.pump() == 0
    clock.advance(seconds=3)
    assert network.pump() == 1
    (came,) = posts.came
    assert network.verify_webhook(came)
    report = network.texting.parse_report(came)
    assert (report.text_id, report.status) == (sent.text_id, status)
    assert [(one.to, one.body, one.status) for one in network.texting.sent()] == [
        (to, "It is loud.", status)
    ]
    assert network.pump() == 0


@pytest.mark.parametrize("to", ["+12025550180", "+15005550001", "12"])
def test_a_number_that_is_not_in_use_is_refused(network, to):
    with pytest.raises(RefusedText) as refused:
        network.texting.send(text(to))
    assert refused.value.reason is TextRefusal.INVALID_NUMBER
    assert network.texting.sent() == []


def test_of_a_real_number_neither_number_nor_words_are_kept(network):
    network.texting.send(text("+33612345678"))
    (kept,) = network.texting.sent()
    assert kept.body == ""
    assert "612345678" not in kept.to


@pytest.mark.parametrize(
    ("faults", "error", "kept"),
    [
        (Faults(rate_limit=1), TextNotSent, 0),
        (Faults(lose_request=1), TextInDoubt, 0),
        (Faults(lose_reply=1), TextInDoubt, 1),
        (Faults(down=True), TextInDoubt, 0),
    ],
)
def test_each_mishap_says_whether_the_text_may_have_gone_out(network, faults, error, kept):
    network.faults = faults
    with pytest.raises(error):
        network.texting.send(text())
    assert len(network.texting.sent()) == kept


def test_a_report_that_does_not_arrive_comes_again_and_a_refused_one_does_not(
    network, clock, posts
):
    network.texting.send(text())
    posts.failures = [TransientError("down")]
    clock.advance(seconds=3)
    assert network.pump() == 0
    clock.advance(seconds=3)
    assert network.pump() == 1
    network.texting.send(text())
    posts.failures = [PermanentError("unknown")]
    clock.advance(seconds=3)
    assert network.pump() == 0
    clock.advance(seconds=60)
    assert network.pump() == 0


@pytest.mark.parametrize("form", [{}, {"TextId": "TXT1"}, {"TextId": "TXT" + "0" * 32}])
def test_a_report_without_sense_names_its_field(network, form):
    with pytest.raises(InvalidInput):
        network.texting.parse_report(WebhookRequest(url=URL, headers={}, form=form))


def test_texts_survive_a_restart_and_are_reported_then(tmp_path, clock, posts):
    def network():
        return SimulatedNetwork(tmp_path / "net.sqlite", clock, 7, post=posts, secret="s")

    before = network()
    before.texting.send(text())
    before.close()
    clock.advance(minutes=2)
    after = network()
    assert after.pump() == 1
    assert len(after.texting.sent()) == 1
    after.close()
