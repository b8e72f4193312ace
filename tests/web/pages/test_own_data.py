"""Data and deletion: taking data along, asking for deletion and undoing it, leaving for good."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from callassist.accounts.erasure_journal import NAME, noted_departures
from callassist.models import Account, AccountDeletion, Person, TeamChange
from callassist.worker.metronome import Metronome
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.mailbox import mails_of
from tests.web.pages.stage import ANN, BOTH, CHIEF, GUEST_NAME, LOOKER, OTHER, OWNER, Stage
from tests.web.world import GUEST

PAGE, DELETE, LEAVE = "/account/data", "/account/data/delete", "/account/data/leave"
GOOD = "seagulls over the harbour"


def everything(browser: Browser, stage: Stage, **fields: str):
    return browser.post(f"{PAGE}/everything", account=stage.account_id, **fields)


def files_of(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name).decode("utf-8-sig") for name in packed.namelist()}


def ask(browser: Browser, stage: Stage, name: str = "Seaside Homes", **fields: str):
    return browser.post(DELETE, account=stage.account_id, name=name, **fields)


def tick(stage: Stage) -> None:
    """Housekeeping does what is due."""
    Metronome(stage.world.service).delete_accounts()


def choose_password(browser: Browser) -> None:
    assert browser.post("/password", new=GOOD, again=GOOD).status_code == 302


def test_an_owner_downloads_everything_and_it_is_written_down(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    assert "Everything of Seaside Homes" in words_of(owner.page(PAGE))
    answer = everything(owner, stage)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert "call-assist-account-2026-06-13.zip" in answer.headers["Content-Disposition"]
    files = files_of(answer.get_data())
    assert json.loads(files["stays.json"])[0]["guest_name"] == GUEST_NAME
    assert "All data of Seaside Homes" in files["README.txt"]
    text = "".join(files.values())
    assert GUEST not in text
    assert "Foreign" not in text
    clear = files_of(everything(owner, stage, in_clear="yes").get_data())
    assert GUEST in clear["stays.csv"]
    page = words_of(owner.page(f"/team/changes?account={stage.account_id}"))
    assert page.count("Maria downloaded all data of the account.") == 2


def test_the_archives_explanation_is_in_the_language_of_its_reader(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    owner.post("/language", language="fr")
    files = files_of(everything(owner, stage).get_data())
    assert "Toutes les données de Seaside Homes" in files["README.txt"]


def test_others_take_nothing_of_the_account_but_what_is_stored_about_themselves(
    stage: Stage,
) -> None:
    assert everything(stage.sign_in(LOOKER), stage).status_code == 403
    for stranger in (OTHER, ANN, CHIEF):
        assert everything(stage.sign_in(stranger), stage).status_code == 404
    looker = stage.sign_in(LOOKER)
    page = words_of(looker.page(PAGE))
    assert "Only owners download everything" in page
    assert "Maria" in page
    assert "Delete the account" not in page
    for person in (LOOKER, ANN, CHIEF):
        answer = stage.sign_in(person).post(f"{PAGE}/mine")
        data = json.loads(answer.get_data())
        assert data["person"]["email"] == person
        assert OWNER not in answer.text


def test_the_page_says_what_is_kept_how_long_as_the_settings_say(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    page = words_of(ann.page(PAGE))
    for kept in ("30 days after check-out", "90 days", "2 years", "it holds no name and no number"):
        assert kept in page
    ann.post("/language", language="fr")
    french = words_of(ann.page(PAGE))
    assert "30 jours après le départ" in french
    assert "2 ans" in french


def test_a_deletion_waits_shows_on_the_first_page_and_is_undone_there(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    assert "For 7 days nothing changes" in words_of(
        owner.page(f"{DELETE}?account={stage.account_id}")
    )
    assert ask(owner, stage).status_code == 302
    said = "Homes, guests, people and reports go for good on 20 Jun 2026, 22:00."
    tonight = words_of(owner.page("/"))
    assert "Seaside Homes will be deleted" in tonight
    assert said in tonight
    assert said in words_of(owner.page(PAGE))
    assert stage.call_about_home(owner)  # nothing else has changed
    assert owner.post(f"{PAGE}/{stage.account_id}/undo").status_code == 302
    assert "stays. Nothing was deleted." in words_of(owner.page("/"))
    assert "will be deleted" not in words_of(owner.page("/"))
    stage.world.clock.advance(days=8)
    tick(stage)
    assert "Seaside Homes" in owner.page(PAGE)


def test_every_owner_hears_of_it_by_mail_in_their_language(stage: Stage) -> None:
    stage.sign_in(BOTH).post("/language", language="fr")
    owner, mails = stage.sign_in(OWNER), mails_of(stage)
    ask(owner, stage, "not its name")
    ask(owner, stage)
    mails.last()
    told = dict(mails.taken)
    assert sorted(told) == [BOTH, OWNER]
    assert "Maria asked for the account Seaside Homes to be deleted." in told[OWNER].text
    assert "20 Jun 2026, 22:00" in told[OWNER].text
    assert told[BOTH].title == "Seaside Homes va être supprimé"
    assert told[OWNER].url == f"http://127.0.0.1:8000{PAGE}?account={stage.account_id}"


def test_the_name_has_to_be_typed_and_what_was_typed_stays(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    answer = ask(owner, stage, "Seaside <Home>")
    assert answer.status_code == 422
    assert "This is not the account’s name" in words_of(answer.text).replace("'", "’")
    assert 'value="Seaside &lt;Home&gt;"' in answer.text


def test_with_a_password_it_is_asked_for_and_guessing_is_limited(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    choose_password(owner)
    for _ in range(10):
        answer = ask(owner, stage, password="a wrong one altogether")
        assert answer.status_code == 422
        assert "This is not your present password." in words_of(answer.text)
    assert ask(owner, stage, password=GOOD).status_code == 429
    with stage.world.service.sessions.read() as session:
        assert session.scalars(select(AccountDeletion)).all() == []


def test_without_a_password_only_a_fresh_sign_in_is_proof(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = stage.sign_in(OWNER)
    monkeypatch.setattr("callassist.web.pages.people.proof.LATELY", timedelta(0))
    answer = ask(owner, stage)
    assert answer.status_code == 422
    assert "Sign out, sign in again, and come back" in words_of(answer.text)


def test_while_an_incident_is_open_it_is_refused_and_the_page_says_so(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    incident = stage.call_about_home(owner)
    assert "An incident is open." in words_of(owner.page(f"{DELETE}?account={stage.account_id}"))
    answer = ask(owner, stage)
    assert answer.status_code == 422
    assert "An incident is open and somebody may be on the phone" in words_of(answer.text)
    owner.post(f"/incidents/{incident}/cancel")
    stage.world.run()
    assert ask(owner, stage).status_code == 302


def test_who_is_no_owner_has_neither_the_form_nor_the_button(stage: Stage) -> None:
    ask(stage.sign_in(OWNER), stage)
    looker = stage.sign_in(LOOKER)
    assert looker.get(f"{DELETE}?account={stage.account_id}").status_code == 403
    assert ask(looker, stage).status_code == 403
    assert "Seaside Homes will be deleted" in words_of(looker.page("/"))
    assert "/undo" not in looker.page("/")
    looker.post(f"{PAGE}/{stage.account_id}/undo")
    other = stage.sign_in(OTHER)
    assert "will be deleted" not in words_of(other.page("/"))
    assert other.post(f"{PAGE}/{stage.account_id}/undo").status_code == 404
    assert "will be deleted" in words_of(looker.page("/"))


def test_when_the_time_is_over_nobody_is_in_it_and_the_sensors_address_is_dead(
    stage: Stage,
) -> None:
    stage.hears(50)
    stage.pair()
    owner, looker, both = (stage.sign_in(one) for one in (OWNER, LOOKER, BOTH))
    incident = stage.call_about_home(owner)
    owner.post(f"/incidents/{incident}/cancel")
    stage.world.run()
    ask(owner, stage)
    stage.world.clock.advance(days=7)
    tick(stage)
    for gone in (owner, looker):
        assert gone.get("/").location.startswith("/sign-in")
    assert stage.home_id not in both.get("/desk").text  # their other role is still theirs
    assert both.get(f"/homes/{stage.home_id}").status_code == 404
    with stage.world.service.sessions.read() as session:
        assert session.get_one(Account, stage.account.id).name == ""
        assert session.scalar(select(func.count(Person.id)).where(Person.email == OWNER)) == 0
    chief = stage.sign_in(CHIEF)
    assert "Seaside Homes" not in chief.page("/admin")
    assert "Foreign Villa" in stage.sign_in(OTHER).page("/")
    stage.world.run()  # timers and messages that were on their way do no harm


def test_somebody_leaves_for_good_and_is_signed_out_at_once(stage: Stage) -> None:
    looker = stage.sign_in(LOOKER)
    assert "may look" in words_of(looker.page(LEAVE))
    wrong = looker.post(LEAVE, email=OWNER)
    assert wrong.status_code == 422
    assert f'value="{OWNER}"' in wrong.text
    answer = looker.post(LEAVE, email=LOOKER)
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert "You are erased" in words_of(looker.page("/sign-in"))
    assert looker.get("/account").status_code == 302
    journal = stage.world.service.settings.service.data_dir / NAME
    assert [one.kind for one in noted_departures(journal)] == ["person"]
    page = words_of(stage.sign_in(OWNER).page(f"/team/changes?account={stage.account_id}"))
    assert "Somebody left for good" in page
    assert "erased.invalid" not in page


def test_the_last_owner_is_told_what_to_do_instead(stage: Stage) -> None:
    answer = stage.sign_in(OTHER).post(LEAVE, email=OTHER)
    assert answer.status_code == 422
    assert "You are the last owner of an account" in words_of(answer.text)
    with stage.world.service.sessions.read() as session:
        assert session.scalars(select(TeamChange)).all() == []


def test_an_operator_without_an_account_leaves_too(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    assert ann.post(LEAVE, email=ANN).status_code == 302
    assert ann.get("/desk").status_code == 302
