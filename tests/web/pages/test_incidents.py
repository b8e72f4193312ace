"""Incidents for hosts: the list, one of them, and what is done with it afterwards."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from callassist.models import HostNote, Incident, ReportShare, Stay
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ANN, GUEST_NAME, HOME, LOOKER, OTHER, OWNER, Stage
from tests.web.pages.test_query_counts import statements
from tests.web.world import GUEST


@pytest.fixture
def owner(stage: Stage) -> Browser:
    return stage.sign_in(OWNER)


@pytest.fixture
def incident(stage: Stage, owner: Browser) -> str:
    """One that is over, with a report."""
    stage.hears(50)
    stage.pair()
    found = stage.call_about_home(owner)
    owner.post(f"/incidents/{found}/cancel")
    stage.world.run()
    return found


def test_an_open_incident_says_what_comes_next_and_its_fragment_the_same(
    stage: Stage, owner: Browser
) -> None:
    incident = stage.call_about_home(owner)
    page = owner.page(f"/incidents/{incident}")
    assert f'data-live="incident:{incident}"' in page
    said = words_of(page)
    for words in ("calling the guest", "Next: call 1 of 3", "Stop calls for this stay"):
        assert words in said
    fragment = owner.page(f"/incidents/{incident}/live")
    assert "Next: call 1 of 3" in fragment
    assert "<html" not in fragment
    for email in (OTHER, ANN):
        browser = stage.sign_in(email)
        for path in ("", "/live"):
            assert browser.get(f"/incidents/{incident}{path}").status_code == 404


def test_the_list_is_filtered_searched_and_taken_as_a_file(
    stage: Stage, owner: Browser, incident: str
) -> None:
    with stage.world.service.sessions.read() as session:
        reference = session.scalars(select(Incident.reference)).one()
    spoken = reference.replace("-", " ")
    for path in (
        *("/incidents", f"/incidents?q={spoken}", f"/incidents?q={reference[:4].upper()}"),
        *("/incidents?how=cancelled", "/incidents?first=2026-06-13&last=2026-06-13"),
        *(f"/incidents?home={stage.home_id}", "/incidents?first=nonsense&how=nonsense"),
    ):
        assert spoken in words_of(owner.page(path)), path
    for path in (
        *("/incidents?q=nowhere", "/incidents?q=%25", "/incidents?how=open"),
        *("/incidents?how=by_itself", "/incidents?first=2026-06-14", "/incidents?last=2026-06-12"),
    ):
        assert "Nothing fits" in words_of(owner.page(path)), path
    assert owner.get(f"/incidents?home={stage.other_home_id}").status_code == 404
    assert "No noise incidents yet" in words_of(stage.sign_in(OTHER).page("/incidents"))
    text = owner.get("/incidents.csv").get_data().decode("utf-8-sig")
    assert f"{spoken},{HOME},2026-06-13" in text
    assert spoken not in stage.sign_in(OTHER).get("/incidents.csv").text


def test_many_incidents_come_in_pages_with_as_many_queries_as_few(
    stage: Stage, owner: Browser, incident: str
) -> None:
    before = statements(stage, owner, "/incidents")
    with stage.world.service.sessions.write() as session:
        table = Incident.__table__
        row = dict(session.execute(select(table)).mappings().one())
        for name in ("id", "public_id", "breach_id"):
            row.pop(name)
        rows = [row | {"public_id": f"copy{n:04}", "reference": f"copy-{n}"} for n in range(300)]
        session.execute(insert(Incident), rows)
    assert statements(stage, owner, "/incidents") == before
    page, seen = owner.page("/incidents"), 0
    while True:
        seen += page.count('class="incident-line"')
        older = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        if 'rel="next"' not in page:
            break
        page = owner.page(older.replace("&amp;", "&"))
    assert seen == 301


def test_a_hosts_note_is_text_is_theirs_and_goes(
    stage: Stage, owner: Browser, incident: str
) -> None:
    path = f"/incidents/{incident}"
    refused = owner.post(f"{path}/notes", note="  ")
    assert refused.status_code == 422
    assert "Write something first" in words_of(refused.text)
    refused = owner.post(f"{path}/notes", note="x" * 3000)
    assert words_of(refused.text).count("At most 2000 characters") == 2  # above, and beside it
    assert "x" * 3000 in refused.text
    assert owner.post(f"{path}/notes", note="x\r\n" * 1000).status_code == 302
    owner.post(f"{path}/notes", note="<script>alert(1)</script> called back")
    page = owner.page(path)
    assert "<script>alert(1)" not in page
    assert "<script>alert(1)</script> called back" in words_of(page)
    assert stage.sign_in(LOOKER).post(f"{path}/notes", note="x").status_code == 403
    assert stage.sign_in(OTHER).post(f"{path}/notes", note="x").status_code == 404
    with stage.world.service.sessions.read() as session:
        note = session.scalars(select(HostNote.public_id).order_by(HostNote.id)).all()[-1]
    assert stage.sign_in(OTHER).post(f"{path}/notes/{note}/remove").status_code == 404
    assert owner.post(f"{path}/notes/{note}/remove").status_code == 302
    assert "called back" not in owner.page(path)


def test_a_false_alarm_is_said_corrected_and_answered_with_advice(
    stage: Stage, owner: Browser, incident: str
) -> None:
    path = f"/incidents/{incident}"
    refused = owner.post(f"{path}/false-alarm", comment="a film")
    assert refused.status_code == 422
    assert words_of(refused.text).count("Choose what was wrong") == 2
    assert 'value="a film"' in refused.text
    owner.post(f"{path}/false-alarm", kind="too_sensitive", comment="a film")
    said = words_of(owner.page(path))
    assert "a film" in said
    assert "Your sensor decides itself" in said  # nothing was measured
    owner.post(f"{path}/false-alarm", kind="not_guests")
    assert "away from walls" in words_of(owner.page(path))
    assert "false alarm" in words_of(owner.page("/incidents"))
    assert stage.sign_in(OTHER).post(f"{path}/false-alarm", kind="other").status_code == 404


def test_stopping_calls_cancels_what_runs_and_can_be_taken_back(
    stage: Stage, owner: Browser
) -> None:
    incident = stage.call_about_home(owner)
    path = f"/incidents/{incident}"
    assert stage.sign_in(OTHER).post(f"{path}/stop-calls").status_code == 404
    assert stage.sign_in(LOOKER).post(f"{path}/stop-calls").status_code == 403
    assert owner.post(f"{path}/stop-calls").status_code == 302
    stage.world.run()
    assert stage.incident().resolution == "cancelled"
    with stage.world.service.sessions.read() as session:
        query = select(Stay.do_not_call_at).where(Stay.property_id == stage.home.id)
        assert session.scalars(query).one() is not None
    page = words_of(owner.page(path))
    assert "You stopped the calls" in page
    assert "Calls for this stay were stopped" in page
    owner.post(f"{path}/allow-calls")
    assert "You stopped the calls" not in words_of(owner.page(path))


def test_a_link_shows_the_report_without_the_guest_until_it_ends(
    stage: Stage, owner: Browser, incident: str
) -> None:
    path = f"/incidents/{incident}"
    made = owner.post(f"{path}/share", days="7", label="<i>Neighbour</i>")
    assert made.status_code == 200
    link = made.text.partition('value="http')[2].partition('"')[0]
    address = "/" + link.partition("//")[2].partition("/")[2]
    with stage.world.service.sessions.read() as session:
        kept = session.scalars(select(ReportShare)).one()
        assert address.rpartition("/")[2] not in kept.token_hash
        share = kept.public_id
    stranger = Browser(stage.world.app)
    answer = stranger.get(address)
    assert answer.status_code == 200
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    said = words_of(answer.text)
    assert HOME in said
    for secret in (GUEST_NAME, GUEST, "•••", OWNER, "m•••@"):
        assert secret not in said, secret
    assert "opened once" in words_of(owner.page(path))
    assert stranger.get(f"{address}x").status_code == 404
    assert stranger.get(address[:-1]).status_code == 404
    assert stage.sign_in(OTHER).post(f"{path}/shares/{share}/revoke").status_code == 404
    stage.world.clock.advance(days=8)
    assert stranger.get(address).status_code == 404
    with stage.world.service.sessions.write() as session:
        later = stage.world.clock.now() + timedelta(days=1)
        session.execute(update(ReportShare).values(expires_at=later))
    assert stranger.get(address).status_code == 200
    assert owner.post(f"{path}/shares/{share}/revoke").status_code == 302
    assert stranger.get(address).status_code == 404
    for wrong in ({"days": "9999"}, {"days": "x"}, {"days": "7", "label": "x" * 300}):
        refused = owner.post(f"{path}/share", **({"days": "7"} | wrong))
        assert refused.status_code == 422, wrong
        assert all(value in refused.text for value in wrong.values() if len(value) > 4), wrong
    other = stage.sign_in(OTHER)
    assert other.post(f"{path}/share", days="7").status_code == 404


def test_the_evidence_proves_itself_and_shows_what_was_changed(
    stage: Stage, owner: Browser, incident: str, tmp_path: Path
) -> None:
    path = f"/incidents/{incident}/evidence"
    assert stage.sign_in(OTHER).post(path).status_code == 404
    assert stage.sign_in(LOOKER).post(path).status_code == 403
    answer = owner.post(path)
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        archive.extractall(tmp_path)
    assert names == {
        *("README.txt", "report.pdf", "report.json", "readings.csv", "log.json", "verify.py"),
        "SHA256SUMS",
    }
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert "level" in (tmp_path / "readings.csv").read_text("utf-8-sig")
    assert GUEST not in (tmp_path / "log.json").read_text()
    assert "evidence_taken" in (tmp_path / "log.json").read_text()
    assert "The evidence was downloaded" in words_of(owner.page(f"/incidents/{incident}"))
    check = [sys.executable, "verify.py"]
    fine = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (fine.returncode, fine.stdout.strip()) == (0, "OK: nothing was changed")
    log = tmp_path / "log.json"
    log.write_text(log.read_text().replace('"cancelled"', '"guest_reached"', 1))
    found = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "log.json: was changed" in found.stdout
    assert "log.json: entry" in found.stdout


def test_no_evidence_before_there_is_a_report(stage: Stage, owner: Browser) -> None:
    incident = stage.call_about_home(owner)
    assert owner.post(f"/incidents/{incident}/evidence").status_code == 302
    assert "The report is not written yet" in words_of(owner.page(f"/incidents/{incident}"))
