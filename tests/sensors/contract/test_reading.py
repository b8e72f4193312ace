"""What a device says is stored once, for its home, with its level and its time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sensors.contract.bench import Bench
from tests.sensors.contract.entries import Way, those


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def at_of(bench: Bench, ago: float):
    """When something was heard; the arrival for those that tell no time."""
    return bench.now - minutes(ago) if bench.entry.has_own_times else bench.now


def test_what_a_device_says_is_kept_for_its_home_with_its_level_and_time(bench: Bench):
    here, there = bench.device(), bench.device()
    heard = bench.heard(here, at_of(bench, 1))
    bench.tell(heard)
    assert bench.stored(here) == [bench.expected(heard)]
    assert bench.stored(there) == []


@pytest.mark.parametrize(**those(lambda entry: entry.has_own_times))
def test_what_is_delivered_twice_is_stored_once(bench: Bench):
    device = bench.device()
    heard = bench.heard(device, bench.now - minutes(1))
    if bench.entry.is_posted:
        (document,) = bench.maker.words(heard)
        for _ in range(2):
            post = bench.maker.post(document, bench.now_real)
            assert bench.maker.is_content(*_of(bench.send(post)))
    else:
        bench.tell(heard)
        bench.look()
    assert bench.stored(device) == [bench.expected(heard)]


@pytest.mark.parametrize(**those(lambda entry: entry.is_posted))
def test_what_comes_out_of_order_is_kept_and_moves_nothing(bench: Bench):
    device = bench.device()
    late, early = (bench.heard(device, bench.now - minutes(ago), 2) for ago in (1, 3))
    bench.tell(late)
    bench.tell(early)
    assert bench.stored(device) == [
        bench.expected(early, "out_of_order"),
        bench.expected(late),
    ]


@pytest.mark.parametrize(**those(lambda entry: entry.has_own_times))
def test_what_comes_late_is_kept_as_late(bench: Bench):
    """Seam and others send again for up to a day: when it happened decides, not the arrival."""
    device = bench.device()
    heard = bench.heard(device, bench.now - minutes(20))
    bench.tell(heard)
    assert bench.stored(device) == [bench.expected(heard, "late")]


@pytest.mark.parametrize(**those(lambda entry: entry.is_posted))
def test_what_is_older_than_a_day_is_acknowledged_and_forgotten(bench: Bench):
    device = bench.device()
    bench.tell(bench.heard(device, bench.now - timedelta(hours=27)))
    assert bench.stored(device) == []


@pytest.mark.parametrize(**those(lambda entry: entry.is_posted))
def test_a_time_in_the_future_is_kept_and_moves_nothing(bench: Bench):
    device = bench.device()
    heard = bench.heard(device, bench.now + minutes(30))
    bench.tell(heard)
    assert bench.stored(device) == [bench.expected(heard, "future")]


def test_what_several_devices_say_at_once_is_stored_for_each(bench: Bench):
    here, there = bench.device(), bench.device()
    said = [
        bench.heard(device, at_of(bench, 2), number) for number, device in ((1, here), (2, there))
    ]
    answers = bench.tell(*said)
    if bench.entry.is_posted:
        assert len(answers) == (1 if bench.entry.one_post_for_all else 2)
    assert bench.stored(here) == [bench.expected(said[0])]
    assert bench.stored(there) == [bench.expected(said[1])]


def test_an_unknown_device_is_shown_as_not_yet_paired_until_it_is(bench: Bench):
    device = bench.maker.new_device()
    bench.tell(bench.heard(device, bench.now - minutes(1)))
    (shown,) = bench.unpaired()
    assert (shown["external_id"], shown["property"]) == (device, None)
    assert shown["kind"] == ("level" if bench.entry.has_levels else "notice")
    assert bench.stored(device) == []
    assert bench.count() == 1
    pair(bench, shown["id"])
    bench.stage.clock.advance(minutes=1)
    heard = bench.heard(device, bench.now, 2)
    bench.tell(heard)
    assert bench.stored(device) == [bench.expected(heard)]
    assert bench.unpaired() == []


@pytest.mark.parametrize(**those(lambda entry: entry.is_posted))
def test_what_is_not_about_noise_is_acknowledged_and_moves_nothing(bench: Bench):
    device = bench.device()
    for document in bench.maker.aside(device, bench.now):
        answer = bench.send(bench.maker.post(document, bench.now_real))
        assert bench.maker.is_content(answer.status, answer.body), (document, answer)
    assert bench.stored(device) == []
    assert bench.last_refusal() is None


@pytest.mark.parametrize(**those(lambda entry: not entry.has_levels))
def test_quiet_again_ends_what_a_notice_began(bench: Bench):
    device = bench.device()
    notice = bench.heard(device, bench.now - minutes(2))
    quiet = bench.calm(device, bench.now - minutes(1))
    bench.tell(notice, quiet)
    assert bench.stored(device) == [bench.expected(notice), bench.expected(quiet)]


@pytest.mark.parametrize(**those(lambda entry: entry.way is Way.ASKED))
def test_samples_between_two_looks_come_with_their_own_times(bench: Bench):
    device = bench.device()
    said = [bench.heard(device, bench.now - minutes(ago), ago) for ago in (12, 7, 2)]
    bench.tell(*said)
    assert [one[:3] for one in bench.stored(device)] == [bench.expected(one)[:3] for one in said]


def pair(bench: Bench, sensor: str) -> None:
    """As a host does it."""
    world, host = bench.stage.world, bench.stage.host
    body = {"name": "Canal 12", "timezone": "Europe/Paris", "country": "FR"}
    more = {"host_spoken_name": "Maria", "call_name": "Canal 12"}
    home = world.post("/properties", host, {**body, **more})["id"]
    answer = world.ask("PATCH", f"/sensors/{sensor}", host, {"property": home})
    assert answer.status_code == 200, answer.get_data(as_text=True)


def _of(answer):
    return answer.status, answer.body
