"""How many tries go to one endpoint at once."""

from __future__ import annotations

from callassist.notifications.webhooks.lanes import Lanes


def test_an_endpoint_gets_two_at_once_and_one_that_failed_gets_one() -> None:
    lanes = Lanes(workers=4)
    assert [lanes.enter(1, item) for item in (1, 2)] == [None, None]
    first, second = lanes.enter(1, 3), lanes.enter(1, 4)
    assert first is not None
    assert second is not None
    assert first < second
    for _ in range(2):
        lanes.leave(1, is_suspect=True)
    assert lanes.enter(1, 3) is None
    assert lanes.enter(1, 4) is not None


def test_endpoints_that_fail_share_half_of_the_workers_and_the_others_go_on() -> None:
    lanes = Lanes(workers=4)
    for dead in (1, 2, 3):
        assert lanes.enter(dead, dead) is None
        lanes.leave(dead, is_suspect=True)
    assert [lanes.enter(dead, dead) is None for dead in (1, 2, 3)] == [True, True, False]
    assert lanes.enter(4, 4) is None
