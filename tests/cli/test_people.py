"""`callassist user` and `callassist token`."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from callassist.accounts.tokens import PREFIX
from callassist.models import Desk, Operator

LINK = re.compile(r"http://127\.0\.0\.1:8000/sign-in/link/[\w-]{20,}")


def test_an_owner_of_a_new_account_gets_one_link(anywhere):
    shown = anywhere.ok("user", "add", "owner@example.org", "--role", "owner", "--account", "Homes")
    assert LINK.fullmatch(shown)


def test_a_link_for_somebody_known_is_a_new_one(here):
    first = here.ok("user", "add", "owner@example.org", "--role", "owner", "--account", "Homes")
    again = here.ok("user", "link", "OWNER@example.org")
    assert LINK.fullmatch(again)
    assert again != first


def test_a_link_for_somebody_unknown_is_refused(here):
    assert "nobody@example.org" in here.refused("user", "link", "nobody@example.org")


def test_a_manager_of_an_account_that_is_not_there_is_told_which_ones_are(here):
    here.add_account("Homes")
    said = here.refused("user", "add", "a@example.org", "--role", "manager", "--account", "Hms")
    assert "no account Hms" in said
    assert "known: Homes" in said


def test_two_accounts_of_one_name_need_the_id(here):
    here.add_account("Homes")
    here.add_account("Homes")
    said = here.refused("token", "create", "--scope", "host", "--account", "Homes")
    assert "2 accounts are called Homes; give the id" in said


def test_the_public_address_is_in_the_link(here):
    shown = here.ok(
        "user",
        "add",
        "admin@example.org",
        "--role",
        "admin",
        PUBLIC_URL="https://calls.example.org",
    )
    assert shown.startswith("https://calls.example.org/sign-in/link/")


@pytest.mark.parametrize("scope", ["host", "operator", "supervisor"])
def test_a_token_is_all_that_is_printed(here, scope):
    here.ok("user", "add", "owner@example.org", "--role", "owner", "--account", "Homes")
    done = here.run("token", "create", "--account", "Homes", "--scope", scope)
    assert done.exit_code == 0, done.output
    assert re.fullmatch(PREFIX + r"[\w-]{30,}\n", done.stdout)
    assert done.stderr == ""


def test_an_administrators_token_needs_no_account(anywhere):
    assert anywhere.ok("token", "create", "--scope", "admin").startswith(PREFIX)


def test_a_hosts_token_without_an_account_is_refused(here):
    assert "account" in here.refused("token", "create", "--scope", "host")


def test_a_token_for_an_operator_who_is_not_there_is_refused(here):
    here.ok("user", "add", "owner@example.org", "--role", "owner", "--account", "Homes")
    wanted = ["--account", "Homes", "--scope", "operator", "--operator", "x@example.org"]
    assert "no operator x@example.org" in here.refused("token", "create", *wanted)


def test_a_known_operator_gets_a_token_by_e_mail(here):
    here.ok("user", "add", "owner@example.org", "--role", "owner", "--account", "Homes")
    here.ok("user", "add", "op@example.org", "--role", "operator", "--account", "Homes")
    wanted = ["--account", "Homes", "--scope", "operator", "--operator", "Op@example.org"]
    assert here.ok("token", "create", *wanted).startswith(PREFIX)


def test_an_operator_joins_the_desk_that_is_named(here):
    here.ok("user", "add", "owner@example.org", "--role", "owner", "--account", "Homes")
    here.ok("user", "add", "first@example.org", "--role", "operator", "--account", "Homes")
    here.ok("user", "add", "second@example.org", "--role", "supervisor", "--desk", "Homes")
    sessions = here.sessions()
    with sessions.read() as session:
        desks = [one.desk_id for one in session.scalars(select(Operator))]
        assert len(desks) == 2
        assert len(set(desks)) == session.scalar(select(func.count(Desk.id))) == 1
    sessions.engine.dispose()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--role", "operator"], "say at which desk"),
        (["--role", "operator", "--desk", "Hms"], "there is no desk Hms; known: Homes"),
        (["--role", "owner", "--account", "Homes", "--desk", "Homes"], "leave it out for owner"),
    ],
)
def test_a_desk_that_is_missing_wrong_or_not_needed_is_named(here, words, said):
    here.ok("user", "add", "first@example.org", "--role", "owner", "--account", "Homes")
    here.ok("user", "add", "first@example.org", "--role", "operator", "--account", "Homes")
    assert said in here.refused("user", "add", "a@example.org", *words)


def test_an_unknown_role_names_those_that_exist(here):
    done = here.run("user", "add", "a@example.org", "--role", "king")
    assert done.exit_code == 2
    assert "supervisor" in done.stderr


def test_an_address_that_is_none_is_refused(here):
    said = here.refused("user", "add", "owner", "--role", "owner", "--account", "Homes")
    assert "email" in said
