"""One token for all processes: fetched once, counted, renewed, and never readable at rest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from callassist.errors import TransientError
from callassist.models import PmsToken
from callassist.pms_sync.tokens import OwnTokens, SharedTokens, keep_token
from callassist.ports.pms_access import CredentialsRefused, RateLimited, Token
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import VAULT, firm
from tests.pms_sync.scenes import connect

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clock:
    """Real time, moved by hand."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **span: float) -> None:
        self.time += timedelta(**span)


class Issuer:
    """A system that gives tokens."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.given = 0
        self.error: Exception | None = None
        self.refresh: str | None = "refresh-1"

    def __call__(self) -> Token:
        if self.error is not None:
            raise self.error
        self.given += 1
        ends = self.clock() + timedelta(hours=1)
        return Token(access=f"access-{self.given}", expires_at=ends, refresh=self.refresh)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer(clock: Clock) -> Issuer:
    return Issuer(clock)


@pytest.fixture
def process(sessions: Sessions, clock: Clock) -> Callable[[], SharedTokens]:
    """Another process with the same connection."""
    with sessions.write() as session:
        connection_id = connect(session, firm(session))
    return lambda: _tokens(sessions, connection_id, clock)


def _tokens(sessions: Sessions, connection_id: int, clock: Clock) -> SharedTokens:
    return SharedTokens(
        sessions=sessions,
        vault=VAULT,
        connection_id=connection_id,
        system="Plain",
        clock=clock,
        sleep=lambda seconds: clock.advance(seconds=30),
    )


def test_a_token_is_fetched_once_and_used_by_all_until_it_ends(
    process: Callable[[], SharedTokens], issuer: Issuer, clock: Clock
):
    one, other = process(), process()
    assert one.get(issuer, None) == other.get(issuer, None) == "access-1"
    clock.advance(minutes=54)
    assert one.get(issuer, None) == "access-1"
    clock.advance(minutes=2)
    assert [one.get(issuer, None), other.get(issuer, None)] == ["access-2", "access-2"]


def test_a_refused_token_is_forgotten_but_not_one_that_came_since(
    process: Callable[[], SharedTokens], issuer: Issuer
):
    one, other = process(), process()
    one.get(issuer, None)
    other.get(issuer, None)
    one.forget()
    assert one.get(issuer, None) == "access-2"
    other.forget()
    assert other.get(issuer, None) == "access-2"
    assert issuer.given == 2


def test_a_refresh_token_outlives_answers_without_one(
    process: Callable[[], SharedTokens], issuer: Issuer
):
    tokens = process()
    tokens.get(issuer, None)
    tokens.forget()
    issuer.refresh = None
    assert tokens.get(issuer, None) == "access-2"
    assert process().refresh() == "refresh-1"


def test_no_more_are_fetched_in_a_day_than_the_system_gives(
    process: Callable[[], SharedTokens], issuer: Issuer, clock: Clock
):
    tokens = process()
    for _ in range(3):
        tokens.get(issuer, 3)
        tokens.forget()
        clock.advance(minutes=1)
    with pytest.raises(RateLimited, match="no more access tokens today") as told:
        process().get(issuer, 3)
    assert told.value.retry_after == pytest.approx(24 * 3600 - 180)
    clock.advance(hours=24, minutes=-3)
    assert tokens.get(issuer, 3) == "access-4"


def test_a_lost_answer_counts_and_refused_credentials_do_not(
    process: Callable[[], SharedTokens], issuer: Issuer
):
    tokens = process()
    for error in (CredentialsRefused("no"), TransientError("lost"), CredentialsRefused("no")):
        issuer.error = error
        with pytest.raises(type(error)):
            tokens.get(issuer, 2)
    issuer.error = None
    assert tokens.get(issuer, 2) == "access-1"
    tokens.forget()
    with pytest.raises(RateLimited):
        tokens.get(issuer, 2)


def test_a_process_that_died_while_fetching_holds_up_the_others_for_a_while_only(
    process: Callable[[], SharedTokens], issuer: Issuer
):
    def dies() -> Token:
        raise KeyboardInterrupt

    dead, other = process(), process()
    dead._release = lambda *, is_counted: None  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        dead.get(dies, None)
    assert other.get(issuer, None) == "access-1"


def test_tokens_are_sealed(process: Callable[[], SharedTokens], issuer: Issuer, sessions: Sessions):
    tokens = process()
    tokens.get(issuer, None)
    with sessions.read() as session:
        row = session.get_one(PmsToken, tokens.connection_id)
        assert row.token is not None
        assert b"access-1" not in row.token
        assert "access-1" in VAULT.open(row.token)
    assert "access-1" not in repr(tokens)


def test_a_token_that_came_with_typed_credentials_is_used_and_counts(
    process: Callable[[], SharedTokens], issuer: Issuer, sessions: Sessions
):
    tokens, typed = process(), OwnTokens(clock=lambda: NOON)
    typed.get(issuer, 1)
    assert typed.current is not None
    with sessions.write() as session:
        keep_token(session, VAULT, tokens.connection_id, typed.current, fetched_at=NOON)
    assert tokens.get(issuer, 1) == "access-1"
    tokens.forget()
    with pytest.raises(RateLimited):
        tokens.get(issuer, 1)


def test_processes_that_ask_in_the_same_moment_fetch_one_token(
    database_url: str, clock: Clock, issuer: Issuer
):
    engines = [make_engine(database_url) for _ in range(3)]
    with Sessions(engines[0]).write() as session:
        connection_id = connect(session, firm(session))
    ready, got = threading.Barrier(3), []

    def waits(seconds: float) -> None:
        threading.Event().wait(0.02)

    def ask(tokens: SharedTokens) -> None:
        tokens.sleep = waits
        ready.wait()
        got.append(tokens.get(issuer, None))

    threads = [
        threading.Thread(target=ask, args=[_tokens(Sessions(engine), connection_id, clock)])
        for engine in engines
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert got == ["access-1"] * 3
    assert issuer.given == 1
