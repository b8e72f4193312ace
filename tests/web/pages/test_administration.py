"""Administration: from an empty installation to a night that somebody answers for."""

from __future__ import annotations

from datetime import timedelta

from callassist.models import Account, ApiToken, Desk, ServiceAgreement, Shift
from tests.web.pages.stage import ANN, CHIEF, Stage


def test_an_administrator_sets_a_firm_and_a_desk_up(stage: Stage) -> None:
    chief, now = stage.sign_in(CHIEF), stage.world.clock.now()
    wrong = chief.post("/admin/accounts", name="", timezone="Nowhere", language="fr")
    assert wrong.status_code == 422
    assert 'id="e-account-name"' in wrong.text
    chief.post("/admin/accounts", name="Alpine Lodges", timezone="Europe/Paris", language="fr")
    chief.post("/admin/desks", name="Day desk", languages="en, fr", account="")
    with stage.world.service.sessions.read() as session:
        account = session.query(Account).filter_by(name="Alpine Lodges").one()
        desk = session.query(Desk).filter_by(name="Day desk").one()
    place = {"account": account.public_id, "desk": desk.public_id}
    person = {"email": "luc@example.com", "name": "Luc", "languages": "fr"}
    assert chief.post("/admin/people", **place, **person, role="operator").status_code == 302
    assert chief.post("/admin/people", **place, **person, role="boss").status_code == 422
    assert chief.post("/admin/agreements", **place, show_call_name="yes").status_code == 302
    page = chief.page(f"/admin/desks/{desk.public_id}")
    operator = page.partition('<option value="')[2].partition('"')[0]
    hours = {
        "operator": operator,
        "starts_at": f"{now:%Y-%m-%dT%H:%M}",
        "ends_at": f"{now + timedelta(hours=8):%Y-%m-%dT%H:%M}",
    }
    path = f"/admin/desks/{desk.public_id}/shifts"
    assert chief.post(path, **hours).status_code == 302
    overlapping = chief.post(path, **hours)
    assert overlapping.status_code == 422
    assert "Overlaps the shift from" in overlapping.text
    with stage.world.service.sessions.read() as session:
        agreement = session.query(ServiceAgreement).filter_by(desk_id=desk.id).one()
        shift = session.query(Shift).order_by(Shift.id.desc()).first()
    assert shift is not None
    assert agreement.show_call_name_to_guest_desk
    chief.post(f"{path}/{shift.public_id}/remove")
    assert "Nobody is rostered" in chief.page(f"/admin/desks/{desk.public_id}")
    chief.post(f"/admin/agreements/{agreement.public_id}/end")
    works = f"/admin/desks/{desk.public_id}/operators/{operator}"
    chief.post(works, languages="en", active="yes")
    assert "Day desk" in stage.sign_in("luc@example.com").page("/desk")


def test_a_token_is_shown_once_and_revoked(stage: Stage) -> None:
    chief = stage.sign_in(CHIEF)
    refused = chief.post("/admin/tokens", scope="host", account="", desk="", name="x")
    assert refused.status_code == 422
    made = chief.post("/admin/tokens", scope="host", account=stage.account_id, desk="", name="PMS")
    token = made.text.partition('class="copy-value" value="')[2].partition('"')[0]
    assert token.startswith("ca_")
    assert token not in chief.page("/admin/tokens")
    client = stage.world.client
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/incidents", headers=headers).status_code == 200
    with stage.world.service.sessions.read() as session:
        row = session.query(ApiToken).filter_by(name="PMS").one()
    chief.post(f"/admin/tokens/{row.public_id}/revoke")
    assert client.get("/api/v1/incidents", headers=headers).status_code == 401


def test_an_operator_who_works_no_longer_finds_no_desk(stage: Stage) -> None:
    chief, ann = stage.sign_in(CHIEF), stage.sign_in(ANN)
    page = chief.page(f"/admin/desks/{stage.desk_id}")
    operator = page.partition(f"/admin/desks/{stage.desk_id}/operators/")[2].partition('"')[0]
    chief.post(f"/admin/desks/{stage.desk_id}/operators/{operator}", languages="en")
    assert ann.get("/desk").status_code == 404
