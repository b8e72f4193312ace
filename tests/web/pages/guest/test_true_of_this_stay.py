"""What the guest page says is true of this guest, tonight."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from callassist.domain.quiet_hours import WEEKDAYS
from callassist.models import Property, Stay
from tests.web.pages.guest.visiting import call_now, look, say, token_of


def test_the_quiet_hours_are_those_of_the_weekday(world, scene):
    local_on = world.clock.now().astimezone(ZoneInfo("Europe/Paris"))
    tonight = WEEKDAYS[local_on.weekday()]
    rules = {
        "quiet_hours": {"start": "22:00", "end": "08:00", "weekdays": [*{*WEEKDAYS} - {tonight}]},
        "more_quiet_hours": [{"start": "23:00", "end": "09:00", "weekdays": [tonight]}],
    }
    policy = world.post("/policies", scene.host, {"name": "Weekends", "rules": rules})["id"]
    world.ask("PATCH", f"/properties/{scene.home}", scene.host, {"policy": policy})
    assert "23:00 to 09:00" in look(world, token_of(world, scene)).get_data(as_text=True)


@pytest.mark.parametrize("why", ["host_only", "stopped"])
def test_a_guest_whom_nobody_phones_is_promised_no_call(world, scene, why):
    token, now = token_of(world, scene), world.clock.now()
    call_now(world, scene)
    assert "somebody from our team phones you" in look(world, token).get_data(as_text=True)
    with world.service.sessions.write() as session:
        if why == "host_only":
            session.scalars(select(Property)).one().host_only = True
        else:
            session.scalars(select(Stay)).one().do_not_call_at = now
    page = look(world, token).get_data(as_text=True)
    assert "If it stays loud, we phone your host." in page
    assert "Call me" not in page
    assert "Nobody phones you about this." in say(world, token, "not_us")[1]
