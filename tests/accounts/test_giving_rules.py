"""One set of rules for several homes, written down and taken back within ten minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.giving_rules import give_rules, last_giving, take_back
from callassist.accounts.policies import create_policy, remove_policy
from callassist.accounts.policy_changes import UNDO_FOR
from callassist.accounts.properties import PropertyInput, archive_property, create_property
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Conflict, Forbidden, InvalidInput, NotFound
from callassist.models import Policy, Property
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import NOW, Firm, firm

LATE = NOW + UNDO_FOR + timedelta(seconds=1)


class Scene:
    """A firm with three homes, of which one has strict rules, and a loose set."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.place: Firm = firm(session)
        self.owner = self.place.owner
        self.strict, self.loose = self.preset("Strict"), self.preset("Loose")
        self.homes = [self.place.home, self.home("Loft"), self.home("Mill")]
        self.homes[0].policy_id = self.strict.id
        self.ids = [home.public_id for home in self.homes]

    def preset(self, name: str) -> Policy:
        return create_policy(self.session, self.owner, self.place.account, name, {}, now=NOW)

    def home(self, name: str) -> Property:
        typed = PropertyInput(name=name, timezone="Europe/Paris", country="FR")
        return create_property(self.session, self.owner, self.place.account, typed, now=NOW)

    def give(self, policy: str) -> int:
        return give_rules(self.session, self.owner, self.ids, policy, now=NOW)

    def rules(self) -> list[int | None]:
        return [home.policy_id for home in self.homes]


def test_homes_get_the_rules_and_each_gets_its_own_back(sessions: Sessions) -> None:
    with sessions.write() as session:
        scene = Scene(session)
        assert scene.give(scene.loose.public_id) == 3
        assert scene.rules() == [scene.loose.id] * 3
        giving = last_giving(session, scene.owner, NOW)
        assert giving is not None
        assert (giving.name, giving.homes) == ("Loose", frozenset(scene.ids))
        assert take_back(session, scene.owner, giving.key, now=NOW) == (3, 0)
        assert scene.rules() == [scene.strict.id, None, None]
        assert last_giving(session, scene.owner, NOW) is None
        with pytest.raises(Conflict):
            take_back(session, scene.owner, giving.key, now=NOW)


def test_what_is_given_again_after_an_undo_can_be_taken_back_too(sessions: Sessions) -> None:
    with sessions.write() as session:
        scene = Scene(session)
        for _ in range(2):  # at one instant, as quick hands do it
            scene.give(scene.loose.public_id)
            giving = last_giving(session, scene.owner, NOW)
            assert giving is not None
            assert take_back(session, scene.owner, giving.key, now=NOW) == (3, 0)
        assert scene.rules() == [scene.strict.id, None, None]


def test_homes_that_have_the_rules_already_are_not_counted(sessions: Sessions) -> None:
    with sessions.write() as session:
        scene = Scene(session)
        assert scene.give("") == 1
        assert scene.give("") == 0
        giving = last_giving(session, scene.owner, NOW)
        assert giving is not None
        assert (giving.name, giving.homes) == ("", frozenset(scene.ids[:1]))


def test_after_ten_minutes_nothing_is_taken_back(sessions: Sessions) -> None:
    with sessions.write() as session:
        scene = Scene(session)
        scene.give(scene.loose.public_id)
        giving = last_giving(session, scene.owner, NOW)
        assert giving is not None
        assert last_giving(session, scene.owner, LATE) is None
        with pytest.raises(Conflict):
            take_back(session, scene.owner, giving.key, now=LATE)
        assert scene.rules() == [scene.loose.id] * 3


def test_a_home_that_was_changed_since_stays_as_it_is(sessions: Sessions) -> None:
    with sessions.write() as session:
        scene = Scene(session)
        scene.give(scene.loose.public_id)
        giving = last_giving(session, scene.owner, NOW)
        assert giving is not None
        scene.homes[1].policy_id = scene.strict.id
        assert take_back(session, scene.owner, giving.key, now=NOW) == (2, 1)
        assert scene.rules() == [scene.strict.id, scene.strict.id, None]


def test_a_set_that_is_gone_is_not_given_back(sessions: Sessions) -> None:
    with sessions.write() as session:
        scene = Scene(session)
        scene.give(scene.loose.public_id)
        giving = last_giving(session, scene.owner, NOW)
        assert giving is not None
        remove_policy(session, scene.owner, scene.strict.public_id, now=NOW)
        assert take_back(session, scene.owner, giving.key, now=NOW) == (2, 1)
        assert scene.rules() == [scene.loose.id, None, None]


def test_one_home_that_may_not_be_changed_refuses_all(sessions: Sessions) -> None:
    with sessions.write() as session:
        scene, other = Scene(session), firm(session, "Mill Homes")
        before = scene.rules()
        foreign = [*scene.ids, other.home.public_id]
        with pytest.raises(NotFound):
            give_rules(session, scene.owner, foreign, scene.loose.public_id, now=NOW)
        archive_property(session, scene.owner, scene.ids[2], now=NOW)
        with pytest.raises(Conflict):
            scene.give(scene.loose.public_id)
        assert scene.rules() == before


def test_rules_of_another_account_are_refused(sessions: Sessions) -> None:
    with sessions.write() as session:
        scene, other = Scene(session), firm(session, "Mill Homes")
        theirs = create_policy(session, other.owner, other.account, "Theirs", {}, now=NOW)
        both = Viewer(
            name="Both",
            account_roles={
                scene.place.account.id: frozenset({Role.OWNER}),
                other.account.id: frozenset({Role.OWNER}),
            },
        )
        with pytest.raises(InvalidInput, match="no such policy"):
            scene.give(theirs.public_id)
        with pytest.raises(InvalidInput, match="another account"):
            give_rules(session, both, scene.ids, theirs.public_id, now=NOW)


def test_of_two_accounts_each_keeps_its_own_word_and_one_step_takes_both_back(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        scene, other = Scene(session), firm(session, "Mill Homes")
        other.home.policy_id = create_policy(
            session, other.owner, other.account, "Theirs", {}, now=NOW
        ).id
        roles = frozenset({Role.OWNER})
        both = Viewer(
            name="Both", account_roles={scene.place.account.id: roles, other.account.id: roles}
        )
        ids = [scene.ids[0], other.home.public_id]
        assert give_rules(session, both, ids, "", now=NOW) == 2
        giving = last_giving(session, both, NOW)
        assert giving is not None
        assert len(giving.changes) == 2
        assert take_back(session, both, giving.key, now=NOW) == (2, 0)
        assert other.home.policy_id is not None


def test_who_may_only_look_neither_gives_nor_takes_back(sessions: Sessions) -> None:
    with sessions.write() as session:
        scene = Scene(session)
        looker = Viewer(
            name="Lou", account_roles={scene.place.account.id: frozenset({Role.VIEWER})}
        )
        with pytest.raises(Forbidden):
            give_rules(session, looker, scene.ids, "", now=NOW)
        scene.give("")
        assert last_giving(session, looker, NOW) is None
        giving = last_giving(session, scene.owner, NOW)
        assert giving is not None
        with pytest.raises(Forbidden):
            take_back(session, looker, giving.key, now=NOW)
        with pytest.raises(NotFound):
            take_back(session, firm(session, "Mill Homes").owner, giving.key, now=NOW)


def test_nothing_picked_or_too_much_is_refused(sessions: Sessions) -> None:
    with sessions.write() as session:
        scene = Scene(session)
        for ids in ([], [f"h{n}" for n in range(1001)]):
            with pytest.raises(InvalidInput) as refused:
                give_rules(session, scene.owner, ids, "", now=NOW)
            assert refused.value.field == "home"
        assert session.scalars(select(Property).where(Property.policy_id.is_(None))).all()
