"""The team: inviting, joining, roles, the last owner, and what was changed by whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select, update

from callassist.accounts.people import add_person
from callassist.domain.viewer import Role
from callassist.models import Account, Invitation, Person, RoleBinding, TeamChange
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.mailbox import Mails, mails_of
from tests.web.pages.stage import ANN, BOTH, CHIEF, LOOKER, OTHER, OWNER, Stage

NEW, GOOD = "nia@example.com", "seagulls over the harbour"


def invite(
    stage: Stage, owner: Browser, email: str = NEW, role: str = "manager", language: str = "en"
) -> Mails:
    """The owner invites somebody; the mails that go out."""
    mails = mails_of(stage)
    fields = {"account": stage.account_id, "email": email, "role": role, "language": language}
    answer = owner.post("/team/invite", name="Nia", **fields)
    assert answer.status_code == 302, answer.text
    return mails


def join(stage: Stage, path: str, password: str = GOOD) -> Browser:
    """Somebody new opens the link and chooses a password."""
    browser = Browser(stage.world.app)
    browser.get(path)
    answer = browser.post(path, name="Nia Novak", new=password, again=password)
    assert (answer.status_code, answer.location) == (302, "/"), answer.text
    return browser


def roles_of(stage: Stage, email: str) -> list[str]:
    with stage.world.service.sessions.read() as session:
        query = select(RoleBinding.role).join(Person).where(Person.email == email)
        return sorted(session.scalars(query))


def person_id(stage: Stage, email: str) -> str:
    return stage.person(email).public_id


def test_an_invited_person_joins_with_the_role_and_lands_on_its_first_page(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    mails = invite(stage, owner)
    address, message = mails.last()
    assert address == NEW
    assert "Maria asks you to join Seaside Homes." in message.text
    assert "Your role: manager. Runs homes, guests, rules and reports" in message.text
    assert roles_of(stage, NEW) == []  # nothing is given before it is accepted
    page = Browser(stage.world.app).page(mails.path())
    assert "Maria asks you to join Seaside Homes." in words_of(page)
    assert "cannot name owners" in words_of(page)
    nia = join(stage, mails.path())
    assert roles_of(stage, NEW) == ["manager"]
    assert "Nia Novak" in nia.page("/")
    again = Browser(stage.world.app)
    assert again.post("/sign-in", email=NEW, password=GOOD).status_code == 302
    assert "Nia Novak accepted the invitation: manager." in words_of(owner.page("/team/changes"))


@pytest.mark.parametrize("told", ["yes", ""])
def test_who_joins_is_told_by_mail_if_they_leave_the_tick(stage: Stage, told: str) -> None:
    mails = invite(stage, stage.sign_in(OWNER))
    nia = Browser(stage.world.app)
    assert 'name="told" type="checkbox" value="yes" checked' in nia.page(mails.path())
    nia.post(mails.path(), name="Nia Novak", new=GOOD, again=GOOD, told=told)
    page = words_of(nia.page("/account/notifications"))
    assert ("not proved yet" in page) == bool(told)
    stage.world.run()
    page = words_of(nia.page("/account/notifications"))
    assert ("Nowhere yet" in page) != bool(told)
    assert "not proved yet" not in page, "the test was sent at once"


def test_who_may_only_look_is_not_offered_messages(stage: Stage) -> None:
    mails = invite(stage, stage.sign_in(OWNER), role="viewer")
    assert 'name="told"' not in Browser(stage.world.app).page(mails.path())


def test_the_mail_is_in_the_language_that_was_chosen_for_it(stage: Stage) -> None:
    mails = invite(stage, stage.sign_in(OWNER), language="fr")
    message = mails.last()[1]
    assert message.language == "fr"
    assert "vous invite" in message.text
    join(stage, mails.path())
    assert stage.person(NEW).language == "fr"


def test_a_pending_invitation_is_seen_sent_again_and_taken_back(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    mails = invite(stage, owner)
    first = mails.path()
    page = words_of(owner.page("/team"))
    assert NEW in page
    assert "waiting" in page
    row = _invitation(stage)
    path, account = f"/team/invitations/{row.public_id}", {"account": stage.account_id}
    owner.post(f"{path}/resend", **account)
    assert "wait a minute" in words_of(owner.page("/team")).lower()
    with stage.world.service.sessions.write() as session:
        earlier = datetime.now(UTC) - timedelta(minutes=5)
        session.execute(update(Invitation).values(mailed_at=earlier))
    owner.post(f"{path}/resend", **account)
    second = mails.path()
    assert second != first
    assert Browser(stage.world.app).get(first).status_code == 410
    assert Browser(stage.world.app).get(second).status_code == 200
    owner.post(f"{path}/revoke", **account)
    assert Browser(stage.world.app).get(second).status_code == 410
    assert NEW not in words_of(owner.page("/team"))


def test_an_invitation_works_once_and_for_7_days(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    mails = invite(stage, owner)
    join(stage, mails.path())
    assert Browser(stage.world.app).get(mails.path()).status_code == 410
    late = invite(stage, owner, "late@example.com")
    with stage.world.service.sessions.write() as session:
        over = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(Invitation).values(expires_at=over))
    browser = Browser(stage.world.app)
    assert browser.get(late.path()).status_code == 410
    assert browser.post(late.path(), name="X", new=GOOD, again=GOOD).status_code == 410
    assert "expired" in words_of(owner.page("/team"))
    assert roles_of(stage, "late@example.com") == []


def test_a_forged_or_cut_link_is_no_invitation(stage: Stage) -> None:
    path = invite(stage, stage.sign_in(OWNER)).path()
    for forged in (path[:-1], f"{path}A", "/invitation/x", "/invitation/' OR 1=1"):
        assert Browser(stage.world.app).get(forged).status_code == 410
        answer = Browser(stage.world.app).post(forged, name="X", new=GOOD, again=GOOD)
        assert answer.status_code == 410


def test_an_invitation_never_sets_the_password_of_somebody_who_has_one(stage: Stage) -> None:
    stage.sign_in(OTHER).post("/password", new=GOOD, again=GOOD)
    path = invite(stage, stage.sign_in(OWNER), OTHER).path()
    stranger = Browser(stage.world.app)
    assert "Sign in as usual" in words_of(stranger.page(path))
    stranger.post(path, name="X", new="another good sentence", again="another good sentence")
    assert Browser(stage.world.app).post("/sign-in", email=OTHER, password=GOOD).status_code == 302
    somebody = stage.sign_in(LOOKER)
    assert "signed in as somebody else" in words_of(somebody.page(path))
    somebody.post(path)
    assert roles_of(stage, OTHER) == ["owner"]  # of their own firm
    other = stage.sign_in(OTHER)
    other.page(path)
    assert other.post(path).location == "/"
    assert roles_of(stage, OTHER) == ["manager", "owner"]


def test_what_was_typed_wrong_is_said_beside_the_field(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    account = {"account": stage.account_id, "name": "<b>Nia</b>", "language": "en"}
    wrong = owner.post("/team/invite", **account, email="nia at example", role="viewer")
    assert wrong.status_code == 422
    assert 'id="e-email"' in wrong.text
    assert "&lt;b&gt;Nia&lt;/b&gt;" in wrong.text
    assert owner.post("/team/invite", **account, email=LOOKER, role="viewer").status_code == 422
    invite(stage, owner)
    twice = owner.post("/team/invite", **account, email=NEW, role="manager")
    assert "invited already" in twice.text
    for role in ("admin", "operator", "boss", ""):
        assert owner.post("/team/invite", **account, email=NEW, role=role).status_code == 422
    short = Browser(stage.world.app)
    link = invite(stage, owner, "kim@example.com").path()
    answer = short.post(link, name="", new="short", again="short")
    assert answer.status_code == 422
    assert 'id="e-new"' in answer.text


def test_the_last_owner_stays_until_another_is_named(stage: Stage) -> None:
    with stage.world.service.sessions.write() as session:
        boths = select(Person.id).where(Person.email == BOTH).scalar_subquery()
        session.execute(
            update(RoleBinding)
            .where(RoleBinding.person_id == boths, RoleBinding.account_id == stage.account.id)
            .values(role="manager")
        )
    owner = stage.sign_in(OWNER)
    me = f"/team/people/{person_id(stage, OWNER)}"
    fields = {"account": stage.account_id, "was": "owner"}
    owner.post(f"{me}/remove", **fields)
    owner.post(f"{me}/role", **fields, role="viewer")
    assert roles_of(stage, OWNER) == ["owner"]
    assert "only owner" in words_of(owner.page("/team"))
    look = f"/team/people/{person_id(stage, LOOKER)}/role"
    owner.post(look, account=stage.account_id, was="viewer", role="owner")
    assert roles_of(stage, LOOKER) == ["owner"]
    owner.post(f"{me}/role", **fields, role="viewer")
    assert roles_of(stage, OWNER) == ["viewer"]
    assert owner.post(look, account=stage.account_id, was="owner", role="viewer").status_code == 302
    assert roles_of(stage, LOOKER) == ["owner"]  # a viewer changes nothing


def test_a_manager_neither_names_nor_removes_owners(stage: Stage) -> None:
    manager = join(stage, invite(stage, stage.sign_in(OWNER)).path())
    account = {"account": stage.account_id}
    owner_page = f"/team/people/{person_id(stage, OWNER)}"
    manager.post(f"{owner_page}/remove", **account, was="owner")
    manager.post(f"{owner_page}/role", **account, was="owner", role="viewer")
    assert roles_of(stage, OWNER) == ["owner"]
    me = f"/team/people/{person_id(stage, NEW)}/role"
    manager.post(me, **account, was="manager", role="owner")
    assert roles_of(stage, NEW) == ["manager"]
    answer = manager.post("/team/invite", **account, email="x@example.com", role="owner", name="")
    assert answer.status_code == 403
    fields = {"email": "y@example.com", "role": "viewer", "name": "", "language": "en"}
    assert manager.post("/team/invite", **account, **fields).status_code == 302


@pytest.mark.parametrize("email", [OTHER, ANN])
def test_another_firms_team_is_not_there(stage: Stage, email: str) -> None:
    invite(stage, stage.sign_in(OWNER))
    stranger, row = stage.sign_in(email), _invitation(stage)
    account = {"account": stage.account_id}
    assert stranger.get(f"/team?account={stage.account_id}").status_code == 404
    assert stranger.get(f"/team/changes?account={stage.account_id}").status_code == 404
    assert stranger.get(f"/programs?account={stage.account_id}").status_code == 404
    for verb in ("resend", "revoke"):
        answer = stranger.post(f"/team/invitations/{row.public_id}/{verb}", **account)
        assert answer.status_code == 404
    one = f"/team/people/{person_id(stage, LOOKER)}/remove"
    assert stranger.post(one, **account, was="viewer").status_code == 404
    assert roles_of(stage, LOOKER) == ["viewer"]


def test_who_may_look_sees_the_team_but_no_buttons(stage: Stage) -> None:
    page = stage.sign_in(LOOKER).page("/team")
    assert "Maria" in page
    assert "/team/invite" not in page
    assert "/remove" not in page


def test_the_team_says_who_was_there_and_who_never_was(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    before = words_of(owner.page("/team")).count("never yet")
    stage.sign_in(LOOKER)
    assert words_of(owner.page("/team")).count("never yet") == before - 1


def test_changes_are_written_without_addresses(stage: Stage) -> None:
    invite(stage, stage.sign_in(OWNER))
    with stage.world.service.sessions.read() as session:
        row = session.scalars(select(TeamChange).order_by(TeamChange.id.desc())).first()
    assert row is not None
    assert row.data == {"role": "manager", "to": "n•••@example.com"}


def test_an_administrator_invites_an_operator_who_lands_at_the_desk(stage: Stage) -> None:
    chief, mails = stage.sign_in(CHIEF), mails_of(stage)
    fields = {"email": NEW, "name": "Nia", "languages": "fr", "account": "", "desk_name": "Nia"}
    answer = chief.post("/admin/people", **fields, role="operator", desk=stage.desk_id)
    assert answer.status_code == 302, answer.text
    assert mails.last()[1].language == "fr"
    nia = join(stage, mails.path())
    assert nia.get("/").location == "/desk"


def test_a_team_of_any_size_costs_the_same_queries(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    before = _queries(stage, owner)
    with stage.world.service.sessions.write() as session:
        account = session.get_one(Account, stage.account.id)
        for n in range(20):
            email = f"more{n}@example.com"
            add_person(session, email, Role.VIEWER, now=stage.world.clock.now(), account=account)
    assert _queries(stage, owner) == before
    with stage.world.service.sessions.read() as session:
        assert (session.scalar(select(func.count()).select_from(Person)) or 0) > 20


def _queries(stage: Stage, browser: Browser) -> int:
    counted: list[str] = []

    def count(_c: object, _u: object, statement: str, *_: object) -> None:
        if "service_fact" not in statement:  # looked at every few seconds, not for each page
            counted.append(statement)

    browser.page("/team")
    engine = stage.world.service.sessions.engine
    event.listen(engine, "before_cursor_execute", count)
    browser.page("/team")
    event.remove(engine, "before_cursor_execute", count)
    return len(counted)


def _invitation(stage: Stage) -> Invitation:
    with stage.world.service.sessions.read() as session:
        query = select(Invitation).order_by(Invitation.id.desc())
        return session.scalars(query.limit(1)).one()
