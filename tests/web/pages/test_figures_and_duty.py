"""Figures, mails with figures, the duty rota and its calendar."""

from __future__ import annotations

import io

import pytest
from icalendar import Calendar
from pypdf import PdfReader
from sqlalchemy import select

from callassist.models import Digest, OutboxEntry
from callassist.outbox import OutboxItem
from callassist.ports.messages import Message
from callassist.reports.digest_sending import ask_for_digests, digest_deliverer
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import HOME, LOOKER, OTHER, OWNER, Stage
from tests.web.pages.test_query_counts import statements


@pytest.fixture
def owner(stage: Stage) -> Browser:
    return stage.sign_in(OWNER)


class Post:
    """Takes mails."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Message]] = []

    def send(self, address: str, message: Message) -> None:
        self.sent.append((address, message))


def test_figures_count_what_happened_and_lead_to_it(stage: Stage, owner: Browser) -> None:
    incident = stage.call_about_home(owner)
    owner.post(f"/incidents/{incident}/cancel")
    stage.world.clock.advance(days=1)
    page = owner.page("/reports")
    said = words_of(page)
    assert "28 nights" in said
    assert "0 of 1 calls" in said
    assert "/incidents?" in page
    assert HOME in said
    assert "Foreign" not in said
    assert "0%" in said
    assert "no call was needed" in words_of(stage.sign_in(OTHER).page("/reports"))
    for wrong in ("?first=x&last=y", "?first=2026-07-01&last=2026-06-01", "?first=9999-12-31"):
        assert owner.get(f"/reports{wrong}").status_code == 200
    assert owner.get(f"/reports?home={stage.other_home_id}").status_code == 404
    text = owner.get("/reports.csv").get_data().decode("utf-8-sig")
    assert f"{HOME}," in text
    assert "Foreign" not in text


def test_the_figures_can_be_printed_in_the_readers_language(stage: Stage) -> None:
    owner = stage.sign_in(OWNER, "fr")
    owner.post("/language", language="fr")
    page = owner.page("/reports?first=2026-06-01&last=2026-06-12")
    link = "/reports.pdf?first=2026-06-01&amp;last=2026-06-12"
    assert f'href="{link}"' in page
    answer = owner.get(link.replace("&amp;", "&"))
    assert answer.mimetype == "application/pdf"
    name = "call-assist-figures-2026-06-01-2026-06-12.pdf"
    assert name in answer.headers["Content-Disposition"]
    text = PdfReader(io.BytesIO(answer.get_data())).pages[0].extract_text()
    assert "du 1er juin 2026 au 12 juin 2026" in text
    assert "Seaside Homes" in text
    assert "Foreign" not in text
    one_home = f"/reports.pdf?home={stage.home_id}"
    assert HOME in PdfReader(io.BytesIO(owner.get(one_home).get_data())).pages[0].extract_text()
    assert owner.get(f"/reports.pdf?home={stage.other_home_id}").status_code == 404


def test_figures_cost_as_much_for_twelve_homes_as_for_three(stage: Stage, owner: Browser) -> None:
    stage.more_homes(2)
    before = statements(stage, owner, "/reports")
    stage.more_homes(9)
    assert statements(stage, owner, "/reports") == before


def add(owner: Browser, stage: Stage, **fields: str) -> int:
    sent = {
        "account": stage.account_id,
        "address": "owner@example.org",
        "name": "<b>Olga</b>",
        "frequency": "weekly",
        "language": "fr",
    }
    return owner.post("/reports/by-mail", **(sent | fields)).status_code


def test_an_owner_without_an_account_gets_each_period_once_and_can_end_it(
    stage: Stage, owner: Browser
) -> None:
    assert add(owner, stage, address="nonsense") == 422
    assert add(owner, stage, frequency="hourly") == 422
    assert add(owner, stage, home=stage.other_home_id) == 422
    assert add(stage.sign_in(OTHER), stage) == 422
    assert add(stage.sign_in(LOOKER), stage) == 422
    assert add(owner, stage) == 302
    page = owner.page("/reports")
    assert "<b>Olga</b>" not in page
    assert "o•••@example.org" in page
    assert "owner@example.org" not in page
    incident = stage.call_about_home(owner)
    owner.post(f"/incidents/{incident}/cancel")
    world, post = stage.world, Post()
    deliver = digest_deliverer(
        world.service.sessions, stage.vault, post, world.service.settings.service.public_url
    )
    world.clock.advance(days=2)  # Monday 15 June, 22:00 in Paris
    for _ in range(3):
        with world.service.sessions.write() as session:
            ask_for_digests(session, world.clock.now())
    with world.service.sessions.read() as session:
        asked = session.scalars(select(OutboxEntry).where(OutboxEntry.topic == "digest")).all()
        items = [(one.id, one.key, one.payload) for one in asked]
        digest = session.scalars(select(Digest)).one()
        stop = stage.vault.open(digest.stop_token)
    assert len(items) == 1
    item = OutboxItem(
        id=items[0][0], topic="digest", key=items[0][1], payload=items[0][2], attempts=1
    )
    deliver(item, world.clock.now())
    address, message = post.sent[0]
    assert address == "owner@example.org"
    assert message.title.startswith("Seaside Homes")
    assert "1\u00a0incident" in message.text
    assert "8 juin 2026" in message.text
    assert stop in message.text
    assert stop in (message.html or "")
    stranger = Browser(world.app)
    path = f"/figures/stop/{stop}"
    assert "o•••@example.org" in stranger.page(path)
    assert stranger.get(f"{path}x").status_code == 404
    assert stranger.post(path).status_code == 302
    assert "ne reçoit plus" in words_of(stranger.page(path))
    deliver(item, world.clock.now())
    assert len(post.sent) == 1
    assert "unsubscribed" in words_of(owner.page("/reports"))
    refused = owner.post(f"/reports/by-mail/{digest.public_id}", frequency="daily")
    assert refused.status_code == 302
    assert "This person unsubscribed" in words_of(owner.page("/reports"))
    other = stage.sign_in(OTHER)
    assert other.post(f"/reports/by-mail/{digest.public_id}/remove").status_code == 404
    assert owner.post(f"/reports/by-mail/{digest.public_id}/remove").status_code == 302
    assert "example.org" not in owner.page("/reports")


def put_on(browser: Browser, stage: Stage, **fields: str) -> int:
    sent = {
        "account": stage.account_id,
        "person": "-",
        "name": "Nia <i>Night</i>",
        "phone": "+1 202 555 0110",
        "starts_at": "2026-10-24T22:00",
        "ends_at": "2026-10-25T08:00",
        "languages": "fr",
        "days": "2",
        "position": "1",
    }
    return browser.post("/duty", **(sent | fields)).status_code


def test_the_rota_keeps_wall_clock_hours_over_a_change_of_the_clocks(
    stage: Stage, owner: Browser
) -> None:
    assert put_on(owner, stage) == 302
    page = owner.page("/duty?week=2026-10-24")
    assert "<i>Night" not in page
    said = words_of(page)
    assert "Nia <i>Night</i>" in said
    assert "25 hours: the clocks change" in said
    assert "Sat 24 Oct 22:00" not in said  # no gap in that night, although it is an hour longer
    assert "Fri 23 Oct 22:00 to Sat 24 Oct 08:00" in said
    spans = owner.page("/duty?week=2026-10-24").count("duty-piece")
    assert spans == 3  # two nights, the first of them over midnight into Sunday
    for wrong in ({"ends_at": "2026-10-24T21:00"}, {"starts_at": ""}, {"days": "99"}):
        assert put_on(owner, stage, **wrong) == 422, wrong
    for wrong in ({"phone": "12"}, {"phone": ""}, {"days": "-1"}, {"person": "nobody"}):
        assert put_on(owner, stage, **wrong) == 422, wrong
    assert put_on(stage.sign_in(LOOKER), stage) in (403, 422)
    assert put_on(stage.sign_in(OTHER), stage) == 404
    assert "Nia" not in stage.sign_in(OTHER).page("/duty?week=2026-10-24")


def test_a_calendar_reads_the_rota_by_a_secret_address_until_it_ends(
    stage: Stage, owner: Browser
) -> None:
    put_on(owner, stage)
    made = owner.post("/duty/calendar", account=stage.account_id)
    address = made.text.partition('value="http')[2].partition('"')[0]
    path = "/" + address.partition("//")[2].partition("/")[2]
    stranger = Browser(stage.world.app)
    answer = stranger.get(path)
    assert answer.mimetype == "text/calendar"
    events = Calendar.from_ical(answer.get_data()).walk("VEVENT")
    assert [str(one["summary"]) for one in events] == ["On duty: Nia <i>Night</i>"] * 2
    assert "+1" not in answer.text
    assert stranger.get(path.replace(".ics", "x.ics")).status_code == 404
    other = stage.sign_in(OTHER)
    assert other.post("/duty/calendar/end", account=stage.account_id).status_code == 404
    assert owner.post("/duty/calendar/end", account=stage.account_id).status_code == 302
    assert stranger.get(path).status_code == 404
