"""The host's pages: what is missing, what runs, and forms that keep what was typed."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from callassist.models import Incident, Property, Stay
from callassist.reports.words import Words
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ANN, GUEST_NAME, LOOKER, OWNER, Stage, local


def owner_of(stage: Stage) -> Browser:
    return stage.sign_in(OWNER)


def test_the_first_page_says_what_is_missing_and_what_to_do(stage: Stage) -> None:
    page = words_of(owner_of(stage).page("/"))
    assert "Your home is not ready, and nobody is really phoned" in page
    home = words_of(owner_of(stage).page(f"/homes/{stage.home_id}"))
    assert "No sensor is paired with this home. Connect your sensors and pair one." in home


def test_with_a_simulated_network_nothing_is_ever_called_covered(stage: Stage) -> None:
    stage.hears(50)
    stage.pair()
    owner = owner_of(stage)
    for path in ("/", f"/homes/{stage.home_id}"):
        page = owner.page(path)
        assert "Ready, but simulated" in page
        assert "Covered" not in page
        assert "Simulated telephone network: nobody is really phoned" in page


def test_a_sensor_that_was_heard_is_paired_by_a_button(stage: Stage) -> None:
    stage.hears(50, "attic")
    owner = owner_of(stage)
    page = owner.page(f"/homes/{stage.home_id}/sensors")
    sensor = page.partition('name="sensor" value="')[2].partition('"')[0]
    assert sensor
    owner.post(f"/homes/{stage.home_id}/sensors", sensor=sensor)
    after = owner.page(f"/homes/{stage.home_id}/sensors")
    assert "heard at" in words_of(after)
    assert 'name="sensor" value="' not in after


def test_a_connections_address_and_secret_are_shown_once(stage: Stage) -> None:
    owner = owner_of(stage)
    answer = owner.post(
        "/connections/new", account=stage.account_id, adapter="generic", signed="yes", name="Hall"
    )
    assert "http://127.0.0.1:8000/hooks/sensors/generic/" in answer.text
    assert "whsec_" in answer.text
    assert "whsec_" not in owner.page("/connections/new")


def test_a_home_is_added_and_changed(stage: Stage) -> None:
    owner = owner_of(stage)
    wrong = owner.post("/homes/new", name=" ", timezone="Paris", country="France")
    assert wrong.status_code == 422
    assert 'value="Paris"' in wrong.text
    assert "Must not be empty." in wrong.text
    right = {"name": "Mill <i>Cottage</i>", "timezone": "Europe/Paris", "country": "fr"}
    home = owner.post("/homes/new", **right).location
    page = owner.page(home)
    assert "Mill &lt;i&gt;Cottage&lt;/i&gt;" in page
    changed = {**right, "name": "Mill", "host_only": "yes", "policy": ""}
    assert owner.post(f"{home}/edit", **changed).status_code == 302
    assert "only you" in owner.page(home)


def test_a_stay_with_a_bad_number_is_refused_beside_the_field(stage: Stage) -> None:
    owner, now = owner_of(stage), stage.world.clock.now()
    typed = {
        "check_in_at": local(now + timedelta(days=10)),
        "check_out_at": local(now + timedelta(days=12)),
        "guest_name": "Kim",
        "numbers": "+1 202 555 0107\n12345",
    }
    path = f"/homes/{stage.home_id}/stays/new"
    answer = owner.post(path, **typed)
    assert answer.status_code == 422
    assert 'href="#f-numbers"' in answer.text
    assert 'id="e-numbers"' in answer.text
    assert 'value="+1 202 555 0107"' in answer.text
    assert 'value="12345"' in answer.text
    assert owner.post(path, **{**typed, "numbers": "+1 202 555 0107"}).status_code == 302
    page = owner.page(f"/homes/{stage.home_id}")
    assert "Kim" in page
    assert "+1•••••07" in page
    assert "0107" not in page


def test_bad_dates_are_refused_by_name(stage: Stage) -> None:
    owner, now = owner_of(stage), stage.world.clock.now()
    path = f"/homes/{stage.home_id}/stays/new"
    for check_in, check_out, message in (
        ("", "", "Give a date and a time."),
        ("yesterday", local(now), "Give a date and a time."),
        (local(now + timedelta(days=9)), local(now + timedelta(days=8)), "Check-out must be after"),
        (local(now - timedelta(days=9)), local(now - timedelta(days=8)), "over already"),
        (local(now), local(now + timedelta(days=1)), "Another stay entered here runs from"),
    ):
        answer = owner.post(path, check_in_at=check_in, check_out_at=check_out, numbers="")
        assert answer.status_code == 422
        assert message in words_of(answer.text)
    with stage.world.service.sessions.read() as session:
        other = session.scalars(select(Stay).where(Stay.public_id == stage.stay_id())).one()
    begins = Words("en", ZoneInfo(stage.home.timezone)).moment(other.check_in_at)
    assert f"runs from {begins} to " in words_of(answer.text)


def test_a_stay_is_corrected_and_cancelled(stage: Stage) -> None:
    owner, stay = owner_of(stage), f"/homes/{stage.home_id}/stays/{stage.stay_id()}"
    page = owner.page(stay)
    assert 'value="Robin &lt;b&gt;Example&lt;/b&gt;"' in page
    assert 'value="+12025550102"' in page
    now = stage.world.clock.now()
    typed = {"check_in_at": local(now), "check_out_at": local(now + timedelta(days=2))}
    owner.post(stay, **typed, guest_name="Robin Changed", numbers="+1 202 555 0104", language="fr")
    page = owner.page(f"/homes/{stage.home_id}")
    assert "Robin Changed" in page
    assert "French" in page
    owner.post(f"{stay}/cancel")
    assert "Robin" not in owner.page(f"/homes/{stage.home_id}")
    with stage.world.service.sessions.read() as session:
        kept = session.query(Stay).filter_by(public_id=stage.stay_id()).one()
    assert kept.cancelled_at is not None


def test_contacts_are_added_ordered_and_removed(stage: Stage) -> None:
    owner, home = owner_of(stage), f"/homes/{stage.home_id}"
    wrong = owner.post(f"{home}/contacts/new", name="Ben", phone="1", languages="en", position="x")
    assert wrong.status_code == 422
    typed = {"name": "Ben", "phone": "+1 202 555 0105", "languages": "en, fr", "position": "1"}
    assert owner.post(f"{home}/contacts/new", **typed).status_code == 302
    page = words_of(owner.page(f"{home}/say"))
    assert page.index("Ben") < page.index("Anna Contact")
    contact = owner.page(f"{home}/say").partition("/contacts/")[2].partition('"')[0]
    owner.post(f"{home}/contacts/{contact}/remove")
    assert "Ben" not in words_of(owner.page(f"{home}/say"))


def test_call_now_opens_an_incident_with_the_complaint(stage: Stage) -> None:
    owner, now = owner_of(stage), stage.world.clock.now()
    path = f"/homes/{stage.home_id}/call"
    late = owner.post(path, complaint="x", complaint_at=local(now + timedelta(hours=2)))
    assert "The complaint lies in the future; check its time." in words_of(late.text)
    old = owner.post(path, complaint="x", complaint_at=local(now - timedelta(hours=25)))
    assert "The complaint is more than a day old; check its time." in words_of(old.text)
    answer = owner.post(path, complaint="A <b>neighbour</b> rang", complaint_at="")
    page = owner.page(answer.location)
    assert "A &lt;b&gt;neighbour&lt;/b&gt; rang" in page
    assert "call 1 of 3 to the guest" in page
    again = owner.post(path, complaint="once more")
    assert again.status_code == 422
    assert "Calls about this home are already running" in again.text


def test_an_incident_can_be_taken_over_once(stage: Stage) -> None:
    owner = owner_of(stage)
    incident = stage.call_about_home(owner)
    owner.post(f"/incidents/{incident}/take-over")
    stage.world.run()
    page = words_of(owner.page(f"/incidents/{incident}"))
    assert "You took it over; we stopped calling." in page
    assert "You took it over." in page
    owner.post(f"/incidents/{incident}/cancel")
    assert "This incident is over already." in words_of(owner.page(f"/incidents/{incident}"))


def test_pausing_ends_what_runs_and_says_until_when(stage: Stage) -> None:
    owner = owner_of(stage)
    stage.call_about_home(owner)
    past = local(stage.world.clock.now() - timedelta(hours=1))
    path = f"/homes/{stage.home_id}/pause"
    assert "must end in the future" in owner.post(path, until=past).text
    owner.post(path, until=local(stage.world.clock.now() + timedelta(hours=20)))
    page = words_of(owner.page(f"/homes/{stage.home_id}"))
    assert "Until 14 Jun 2026, 18:00 nobody is called about this home." in page
    assert "You paused this home into the night." in page
    assert stage.incident().resolution == "cancelled"
    owner.post(f"/homes/{stage.home_id}/resume")
    assert "nobody is called about" not in words_of(owner.page(f"/homes/{stage.home_id}"))


def test_a_report_is_there_as_page_json_and_pdf(stage: Stage) -> None:
    owner, ann = owner_of(stage), stage.sign_in(ANN)
    stage.available(ann)
    incident = stage.call_about_home(owner)
    stage.answer_call(ann, "guest_agreed", note="Closing the windows")
    stage.world.pass_time(minutes=31, step=timedelta(minutes=1))
    page = owner.page(f"/incidents/{incident}")
    assert "agreed to turn it down" in page
    report = "/reports/" + page.partition('"/reports/')[2].partition('"')[0]
    assert "Closing the windows" in owner.page(report)
    body = owner.get(f"{report}.json").json
    assert body is not None
    assert body["names"]["guest"] == GUEST_NAME
    pdf = owner.get(f"{report}.pdf")
    assert pdf.data.startswith(b"%PDF-")
    assert pdf.headers["Content-Disposition"].startswith("attachment")


def test_who_may_only_look_gets_no_buttons_and_a_reason(stage: Stage) -> None:
    looker = stage.sign_in(LOOKER)
    page = looker.page(f"/homes/{stage.home_id}")
    assert "Call now" not in page
    refused = looker.get(f"/homes/{stage.home_id}/call")
    assert refused.status_code == 403
    assert "Your role here may look, not change; ask the owner of the account." in refused.text


def test_names_of_people_and_homes_are_text(stage: Stage) -> None:
    bad = "<script>alert(1)</script>"
    with stage.world.service.sessions.write() as session:
        home = session.get_one(Property, stage.home.id)
        home.name = home.call_name = home.host_spoken_name = bad
    owner, ann = owner_of(stage), stage.sign_in(ANN)
    stage.available(ann)
    incident = stage.call_about_home(owner)
    task = f"/desk/tasks/{stage.task().public_id}"
    for browser, path in (
        (owner, "/"),
        (owner, f"/homes/{stage.home_id}"),
        (owner, f"/incidents/{incident}"),
        (owner, "/incidents"),
        (ann, task),
    ):
        page = browser.page(path)
        assert "<script>" not in page
        assert "&lt;script&gt;" in page
    with stage.world.service.sessions.read() as session:
        assert session.query(Incident).count() == 1
