"""The "Needs you" cards of connections to booking systems."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callassist.accounts.people import accounts
from callassist.domain.viewer import Viewer
from callassist.models import ImportRun, PmsConnection
from callassist.pms_sync.overview import failing, title_of
from callassist.web.pages import times
from callassist.web.pages.host.need import Need
from callassist.web.pages.refusals import sentence
from callassist.web.translate import gettext as _

_LATELY = timedelta(days=2)
_LATEST_FILES = (
    select(ImportRun.source, ImportRun.error)
    .where(
        ImportRun.account_id.in_(bindparam("accounts", expanding=True)),
        ImportRun.connection_id.is_(None),
        ImportRun.started_at > bindparam("since"),
    )
    .order_by(ImportRun.started_at, ImportRun.id)
)


def system_cards(session: Session, viewer: Viewer, now: datetime) -> Iterator[Need]:
    """Connections that failed twice or were refused, and files that could not be read."""
    found = failing(session, viewer)
    zones = {one.id: ZoneInfo(one.timezone) for one in accounts(session, viewer)} if found else {}
    for one in found:
        yield _card(one, zones[one.account_id], now)
    yield from _files(session, viewer, now)


def _card(one: PmsConnection, zone: ZoneInfo, now: datetime) -> Need:
    is_refused = one.error_field is not None
    why = sentence(one.error or "")
    if one.complete_at is not None:
        read = times.at(one.complete_at, now, zone)
        why += " " + _("What was read %(at)s still counts.", at=read)
    return Need(
        title=_("Stays from %(source)s did not arrive", source=one.name or title_of(one)),
        text=why,
        url=url_for(
            "host.reconnect_system" if is_refused else "host.system", system_id=one.public_id
        ),
        button=_("Enter the access anew") if is_refused else _("See what failed"),
        icon="refresh-cw",
    )


def _files(session: Session, viewer: Viewer, now: datetime) -> Iterator[Need]:
    """Transfers of programs that belong to no connection, while the last one of a source failed."""
    wanted = {"accounts": list(viewer.account_ids), "since": now - _LATELY}
    last = dict(session.execute(_LATEST_FILES, wanted).all())
    for source, error in last.items():
        if error:
            yield Need(
                title=_("Stays from %(source)s did not arrive", source=source),
                text=_("The last transfer failed: %(error)s", error=error),
                url=url_for("host.stays"),
                button=_("See the stays"),
                icon="refresh-cw",
            )
