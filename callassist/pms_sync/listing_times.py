"""When guests come and go, where a system does not say it or says it wrong: the host does."""

from __future__ import annotations

from datetime import time

from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput, NotFound
from callassist.models import PmsConnection, PmsListing
from callassist.pms_sync.pairing_page import listings_of
from callassist.pms_sync.placing import forget_placing


def type_times(
    session: Session,
    viewer: Viewer,
    connection: PmsConnection,
    listing_id: str,
    *,
    check_in: str | None,
    check_out: str | None,
) -> PmsListing:
    """What was typed wins over all that the system says of times; "" gives it its word back.

    None leaves one as it is.

    The stays of the listing follow by `place_waiting`, or with the next run.
    """
    viewer.require_write(connection.account_id)
    query = listings_of(connection).where(PmsListing.public_id == listing_id)
    listing = session.scalars(query).first()
    if listing is None:
        raise NotFound("no such listing")
    before = listing.typed_check_in, listing.typed_check_out
    if check_in is not None:
        listing.typed_check_in = _clock(check_in, "check_in")
    if check_out is not None:
        listing.typed_check_out = _clock(check_out, "check_out")
    if before != (listing.typed_check_in, listing.typed_check_out):
        forget_placing(session, listing)
    session.flush()
    return listing


def _clock(typed: str, field: str) -> str | None:
    text = typed.strip()
    if not text:
        return None
    try:
        at = time.fromisoformat(text)
    except ValueError:
        raise InvalidInput("give a time of day such as 15:00", field) from None
    return f"{at:%H:%M}"
