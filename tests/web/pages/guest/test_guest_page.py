"""The guest page: by link only, over with the stay, answers that the engine acts on."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from callassist.accounts.guest_data import guest_erase
from callassist.domain.viewer import Role
from callassist.errors import Conflict, Forbidden, NotFound, SettingsError
from callassist.models import Property, Stay, StopEntry
from callassist.settings import load_settings
from callassist.stays import renew_guest_link
from callassist.stays.guest_words import LANGUAGES, load_texts
from tests.web.pages.guest.visiting import call_now, look, say, token_of

FOLDER = load_settings({}, dotenv=None).config_dir / "guest"
LIMIT = 15_000


def task(world, scene):
    return world.get("/call-tasks", scene.operator)["items"][0]


def timeline(world, scene, incident):
    entries = world.get(f"/incidents/{incident}/log", scene.host)["items"]
    return [entry["action"] for entry in entries]


def test_the_page_says_what_is_measured_and_who_asks_but_never_where_or_how_loud(world, scene):
    answer = look(world, token_of(world, scene))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "On behalf of Maria" in page
    assert "It records no sound and no words" in page
    assert "22:00 to 08:00" in page
    assert "Seaside" not in page
    assert "Canal 12" not in page
    assert "Robin" not in page
    assert " dB" not in page


def test_nobody_indexes_keeps_frames_or_gives_the_page_a_cookie(world, scene):
    answer = look(world, token_of(world, scene))
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.get_data(as_text=True)
    title = re.search("<title>(.*)</title>", answer.get_data(as_text=True))
    assert title is not None
    assert title.group(1) == "A message from your host"


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_style_stay_under_fifteen_kilobytes(world, scene, language):
    token = token_of(world, scene)
    call_now(world, scene)
    say(world, token, "turn_it_down")
    page = look(world, token, language).get_data()
    address = re.search(rb'href="(/static/[^"]+)"', page)
    assert address is not None
    with world.app.test_client().get(address.group(1).decode()) as style:
        assert style.status_code == 200
        assert len(page) + len(style.get_data()) < LIMIT


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_and_every_place_for_a_value(language):
    texts = load_texts(FOLDER)
    slots = re.compile(r"\{\w+\}")
    for name, text in texts["en"].items():
        translated = texts[language][name]
        assert translated.strip()
        assert sorted(slots.findall(translated)) == sorted(slots.findall(text)), name
        assert language == "en" or translated != text, name
    assert texts[language].keys() == texts["en"].keys()


def test_a_word_that_is_missing_stops_the_start(tmp_path: Path):
    for file in FOLDER.glob("*.toml"):
        text = file.read_text("utf-8")
        kept = text if file.stem != "pl" else text.replace('call_me = "', 'other = "')
        (tmp_path / file.name).write_text(kept, "utf-8")
    with pytest.raises(SettingsError, match=r"pl\.toml: there is no call_me"):
        load_texts(tmp_path)


@pytest.mark.parametrize(
    ("accepted", "language"), [("pl-PL,pl;q=0.9", "pl"), ("de-AT", "de"), ("ja", "en")]
)
def test_the_browser_chooses_the_language(world, scene, accepted, language):
    page = look(world, token_of(world, scene), accepted).get_data(as_text=True)
    assert f'<html lang="{language}">' in page


def test_the_guest_can_choose_another_language_and_it_stays(world, scene):
    token = token_of(world, scene)
    client = world.app.test_client()
    answer = client.post(f"/g/{token}/language", data={"language": "it"})
    assert "Path=/g/" in answer.headers["Set-Cookie"]
    assert '<html lang="it">' in client.get(f"/g/{token}").get_data(as_text=True)


def test_a_complaint_without_measured_noise_is_not_called_calm(world, scene):
    token = token_of(world, scene)
    call_now(world, scene)
    page = look(world, token).get_data(as_text=True)
    assert "noise was reported" in page
    assert "It is calm" not in page


def test_turning_it_down_holds_the_call_and_says_until_when(world, scene):
    token = token_of(world, scene)
    incident = call_now(world, scene)
    sent, page = say(world, token, "turn_it_down")
    assert sent.status_code == 303
    assert "Nobody phones you before" in page
    assert "dialling_held" in timeline(world, scene, incident)
    _, page = say(world, token, "turn_it_down")
    world.pass_time(minutes=11)
    assert "the call goes ahead" in look(world, token).get_data(as_text=True)


def test_not_us_tells_the_host_and_says_that_calls_go_on(world, scene):
    token = token_of(world, scene)
    call_now(world, scene)
    _, page = say(world, token, "not_us")
    world.run()
    assert "we have told your host" in page
    reasons = [each["reason"] for each in world.get("/needs-you", scene.host)["items"]]
    assert reasons == ["guest_says_not_us"]


def test_call_me_makes_the_held_call_due_now(world, scene):
    token = token_of(world, scene)
    call_now(world, scene)
    say(world, token, "turn_it_down")
    _, page = say(world, token, "call_me")
    assert "phones you in a moment" in page
    with world.service.sessions.read() as session:
        stay = session.scalars(select(Stay)).first()
    assert stay is not None
    waiting = world.get("/call-tasks", scene.operator)["items"]
    assert waiting[0]["available_at"] <= world.clock.now().isoformat().replace("+00:00", "Z")


def test_once_nobody_calls_any_more_there_is_nothing_to_press(world, scene):
    token = token_of(world, scene)
    incident = call_now(world, scene)
    world.post(f"/incidents/{incident}/take-over", scene.host)
    sent, page = say(world, token, "call_me")
    assert sent.status_code == 303
    assert "Nobody is phoning you" in page
    assert 'name="answer"' not in page


def test_a_home_in_shadow_mode_asks_nothing_of_its_guest(world, scene):
    token = token_of(world, scene)
    with world.service.sessions.write() as session:
        session.scalars(select(Property)).one().shadow_since = world.clock.now()
    assert 'name="answer"' not in look(world, token).get_data(as_text=True)


def test_automatic_messages_can_be_stopped_for_every_account_and_allowed_again(world, scene):
    token = token_of(world, scene)
    client = world.app.test_client()
    client.post(f"/g/{token}/messages", data={"wanted": "no"})
    assert "You get no automatic messages" in look(world, token).get_data(as_text=True)
    with world.service.sessions.read() as session:
        assert [each.source for each in session.scalars(select(StopEntry))] == ["link"]
    client.post(f"/g/{token}/messages", data={"wanted": "yes"})
    with world.service.sessions.read() as session:
        assert session.scalars(select(StopEntry)).all() == []


def test_the_link_is_over_at_check_out(world, scene):
    token = token_of(world, scene)
    world.clock.set(world.clock.now() + timedelta(days=1))
    answer = look(world, token, "fr")
    assert answer.status_code == 404
    assert "Ce lien n’est plus valable" in answer.get_data(as_text=True)


def test_the_link_is_over_when_the_stay_is_cancelled_or_the_guest_erased(world, scene):
    token = token_of(world, scene)
    world.post(f"/stays/{scene.stay}/cancel", scene.host)
    assert look(world, token).status_code == 404
    with world.service.sessions.write() as session:
        guest_erase(session, scene.stay, now=world.clock.now())
    assert look(world, token).status_code == 404


def test_a_new_link_ends_the_old_one_and_asking_again_gives_the_same(world, scene):
    first = token_of(world, scene)
    assert token_of(world, scene) == first
    second = token_of(world, scene, make=renew_guest_link)
    assert second != first
    assert look(world, first).status_code == 404
    assert look(world, second).status_code == 200


def test_guessing_and_an_unknown_answer_lead_nowhere(world, scene):
    token = token_of(world, scene)
    assert look(world, "A" * 32).status_code == 404
    assert look(world, token + "x").status_code == 404
    call_now(world, scene)
    sent, _ = say(world, token, "emergency")
    assert sent.status_code == 400


def test_another_site_cannot_send_the_form(world, scene):
    token = token_of(world, scene)
    incident = call_now(world, scene)
    sent, _ = say(world, token, "turn_it_down", **{"Sec-Fetch-Site": "cross-site"})
    assert sent.status_code == 403
    assert "guest_answered" not in timeline(world, scene, incident)


def test_looking_changes_nothing_as_previews_of_links_do(world, scene):
    token = token_of(world, scene)
    incident = call_now(world, scene)
    before = timeline(world, scene, incident)
    for path in ("", "/answer", "/messages"):
        world.app.test_client().get(f"/g/{token}{path}")
    assert timeline(world, scene, incident) == before


def test_answers_are_limited(world, scene):
    token = token_of(world, scene)
    codes = [say(world, token, "not_us")[0].status_code for _ in range(14)]
    assert codes[0] == 303
    assert codes[-1] == 429


def test_only_those_who_may_change_the_stay_make_its_link(world, scene):
    with pytest.raises(NotFound):
        token_of(world, scene, off=1)
    with pytest.raises(Forbidden):
        token_of(world, scene, role=Role.VIEWER)
    world.clock.set(world.clock.now() + timedelta(days=2))
    with pytest.raises(Conflict, match="over"):
        token_of(world, scene)


def test_what_the_host_typed_is_shown_as_text(world, scene):
    with world.service.sessions.write() as session:
        home = session.scalars(select(Property)).one()
        home.house_rule = home.host_spoken_name = "<b>{token}</b>"
    page = look(world, token_of(world, scene)).get_data(as_text=True)
    assert "&lt;b&gt;{token}&lt;/b&gt;" in page
    assert "<b>{token}" not in page
