"""Operators with phones of their own and homes with guests, for the measurement of calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from callassist import stays
from callassist.domain.dial import DialMode
from callassist.domain.viewer import Viewer
from callassist.models import Operator, Property
from callassist.storage.vault import Vault
from tests.bench.ingest_world import World
from tests.bench.live_scene import LiveScene

PUBLIC_URL = "https://desk.example"
OWN_NUMBER = "+13135550199"  # the service's
# Each has a hundred numbers that nobody has, 555-0100 to 555-0199.
_AREAS = (201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218)
_ADMIN = Viewer(name="the measurement", is_admin=True)


def own_number(number: int) -> str:
    """An operator's own phone; nobody has it."""
    area, number = divmod(number, 100)
    return f"+1{(312, 314)[area]}55501{number:02d}"


def guest_number(home: int) -> str:
    """A guest's phone; nobody has it."""
    area, number = divmod(home, 100)
    return f"+1{_AREAS[area]}55501{number:02d}"


def make_stays(world: World, scene: LiveScene) -> None:
    """Every operator calls by their own phone, and in every home somebody stays."""
    vault, now = Vault.from_text(world.key), datetime.now(UTC)
    with scene.sessions.write() as session:
        for number, operator in enumerate(session.scalars(select(Operator).order_by(Operator.id))):
            operator.phone = vault.seal(own_number(number))
            operator.dial_mode = DialMode.OWN_PHONE
        for home in session.scalars(select(Property)).all():
            details = stays.StayDetails(
                check_in_at=now - timedelta(days=1),
                check_out_at=now + timedelta(days=3),
                guest_name=f"Guest {home.id}",
                language="en",
                numbers=(guest_number(home.id),),
            )
            stays.put_stay(session, vault, _ADMIN, home.public_id, details, now=now)
