"""What went wrong with another system is said in words, whatever its access makes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing

import pytest

from callassist.errors import CallAssistError
from callassist.pms_sync.access import Patience, PmsAccess, real_now
from callassist.pms_sync.budget import NoBudget
from callassist.pms_sync.tokens import OwnTokens
from callassist.pms_sync.vendors.reading import Pages, as_list
from callassist.safe_http import safe_session
from callassist.web.pages.system_refusals import OF_SYSTEMS
from tests.pms_sync.servers.base import serving
from tests.pms_sync.servers.mews import MewsServer

Spoil = Callable[[MewsServer], None]


@pytest.mark.parametrize(
    "spoil",
    [
        *(401, 403, 404, 400, 302, 500, 429),
        lambda server: server.faults.html(),
        lambda server: server.faults.empty(),
        lambda server: server.faults.cut_off(),
        lambda server: server.faults.slow(0.3),
    ],
)
def test_every_fault_of_a_system_has_a_sentence(spoil: int | Spoil):
    server = MewsServer()
    with serving(server):
        if isinstance(spoil, int):
            server.faults.status(spoil)
        else:
            spoil(server)
        with closing(safe_session(allow_loopback=True)) as session:
            access = PmsAccess(
                vendor="mews",
                system="Mews",
                base_url=server.base_url,
                credentials={},
                options={},
                session=session,
                budget=NoBudget(),
                tokens=OwnTokens(clock=real_now),
                patience=Patience(turn=0, tries=1, read=0.2),
            )
            with pytest.raises(CallAssistError) as told:
                access.call("POST", "/api/connector/v1/configuration/get", json={}).json()
    assert _said(told.value.detail).startswith("Mews ")


def test_odd_shapes_and_endless_pages_have_a_sentence():
    with pytest.raises(CallAssistError) as told:
        as_list("none", "items")
    assert "items" in _said(told.value.detail)
    pages = Pages(most=1)
    pages.turn(1)
    for again in (1, 2):
        with pytest.raises(CallAssistError) as told:
            pages.turn(again)
        assert _said(told.value.detail)


def _said(detail: str) -> str:
    for pattern, said in OF_SYSTEMS:
        found = re.fullmatch(pattern, detail)
        if found:
            return str(said._args[0]) % found.groupdict()
    return ""
