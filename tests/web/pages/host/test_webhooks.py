"""Webhooks as hosts see them: added, tried, watched, changed, switched, removed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook

from callassist.models import WebhookDelivery, WebhookEndpoint
from tests.notifications.webhooks.receiver import Receiver, receiving, says
from tests.web.pages.browser import words_of
from tests.web.pages.host.webhook_stage import told
from tests.web.pages.stage import LOOKER, OTHER, OWNER, Stage
from tests.web.pages.test_query_counts import statements


@pytest.fixture
def receiver(stage: Stage) -> Iterator[Receiver]:
    """A host's own system on this machine, which this service may tell."""
    object.__setattr__(stage.world.service.webhooks, "allow_loopback", True)
    with receiving() as one:
        yield one


def endpoint_of(stage: Stage) -> WebhookEndpoint:
    with stage.world.service.sessions.read() as session:
        return session.scalars(select(WebhookEndpoint)).one()


def test_a_host_adds_one_sees_its_secret_once_and_tries_it(
    stage: Stage, receiver: Receiver
) -> None:
    owner = stage.sign_in(OWNER)
    assert "/webhooks" in owner.page("/systems")
    chosen = {"on:guest.reached": "yes", "on:sensor.silent": "yes"}
    answer = owner.post("/webhooks/new", url=receiver.url, description="House system", **chosen)
    assert answer.status_code == 200
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", answer.text)
    assert found is not None
    endpoint = endpoint_of(stage)
    assert endpoint.kinds == ["guest.reached", "sensor.silent"]
    page = f"/webhooks/{endpoint.public_id}"
    assert owner.post(f"{page}/test").status_code == 302
    [got] = receiver.got
    Webhook(found[0]).verify(got.body, got.headers)
    shown = owner.page(page)
    assert "The test event was taken: 204" in words_of(shown)
    assert "whsec_" not in shown
    assert "key=abc123" not in shown


def test_a_test_that_is_not_taken_says_what_was_answered(stage: Stage, receiver: Receiver) -> None:
    owner, webhook = stage.sign_in(OWNER), told(stage, receiver.url, messages=0)
    receiver.answers = [says(500, b"<script>boom</script>")]
    owner.post(f"/webhooks/{webhook}/test")
    shown = owner.page(f"/webhooks/{webhook}")
    assert "500" in words_of(shown)
    assert "&lt;script&gt;boom" in shown
    assert "<script>boom" not in shown


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://93.184.216.34/", "Use https"),
        ("https://127.0.0.1/", "private network"),
        ("https://169.254.169.254/latest", "private network"),
        ("hooks", "This is no address"),
    ],
)
def test_an_address_that_leads_inside_is_refused_beside_its_field(
    stage: Stage, url: str, why: str
) -> None:
    answer = stage.sign_in(OWNER).post(
        "/webhooks/new", url=url, description="Kept", **{"on:guest.reached": "yes"}
    )
    assert answer.status_code == 422
    assert why.lower() in words_of(answer.text).lower()
    assert 'value="Kept"' in answer.text


def test_without_an_event_it_is_refused(stage: Stage) -> None:
    answer = stage.sign_in(OWNER).post("/webhooks/new", url="https://93.184.216.34/")
    assert answer.status_code == 422
    assert "at least one event" in words_of(answer.text)


def test_the_log_shows_states_and_answers_as_text(stage: Stage) -> None:
    shown = stage.sign_in(OWNER).page(f"/webhooks/{told(stage)}")
    words = words_of(shown)
    for word in ("delivered", "to be tried again", "failed", "503", "Mill"):
        assert word in words
    assert "&lt;b&gt;upstream" in shown
    assert "a-key-in-the-path" not in shown


def test_send_again_switch_rotate_change_and_remove(stage: Stage, receiver: Receiver) -> None:
    owner, webhook = stage.sign_in(OWNER), told(stage, receiver.url)
    page = f"/webhooks/{webhook}"
    with stage.world.service.sessions.read() as session:
        failed = session.scalars(
            select(WebhookDelivery.public_id).where(WebhookDelivery.state == "failed")
        ).one()
    owner.post(f"{page}/deliveries/{failed}")
    stage.world.run()
    assert [one.id for one in receiver.got] == [failed]
    owner.post(f"{page}/switch")
    assert "Switched off by hand" in words_of(owner.page(page))
    owner.post(f"{page}/deliveries/{failed}")
    assert "switch it on first" in words_of(owner.page(page)).lower()
    owner.post(f"{page}/switch", on="yes")
    assert endpoint_of(stage).disabled_at is None
    assert "24 hours" in words_of(owner.post(f"{page}/secret").text)
    owner.post(page, description="Porter", **{"on:report.ready": "yes"})
    assert (endpoint_of(stage).description, endpoint_of(stage).kinds) == (
        "Porter",
        ["report.ready"],
    )
    assert owner.post(f"{page}/remove").location == "/webhooks"
    assert "Porter" not in owner.page("/webhooks")


def test_others_find_nothing_and_who_may_only_look_changes_nothing(stage: Stage) -> None:
    webhook = told(stage)
    page = f"/webhooks/{webhook}"
    other, looker = stage.sign_in(OTHER), stage.sign_in(LOOKER)
    assert "House system" not in other.page("/webhooks")
    assert other.get(page).status_code == 404
    for act in ("test", "secret", "switch", "remove"):
        assert other.post(f"{page}/{act}").status_code == 404
        assert looker.post(f"{page}/{act}").status_code == 403
    shown = looker.page(page)
    assert "Send again" not in shown
    assert looker.get("/webhooks/new").status_code == 403


def test_a_long_log_asks_no_more_than_a_short_one(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    short, long = told(stage, messages=1), told(stage, messages=60)
    pages = [f"/webhooks/{one}" for one in (short, long)]
    assert "Older" in owner.page(pages[1])
    few, many = (statements(stage, owner, page) for page in pages)
    assert many == few


def test_it_reads_in_french(stage: Stage) -> None:
    owner, webhook = stage.sign_in(OWNER), told(stage)
    owner.post("/language", language="fr")
    words = words_of(owner.page(f"/webhooks/{webhook}"))
    assert "Renvoyer" in words
    assert "il n’a pas accepté le message" in words.lower()
