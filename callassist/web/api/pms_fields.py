"""What requests about connections may say, and what answers tell of one."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from callassist.pms_sync.registry import CONNECTORS
from callassist.web.api.fields import Input, Instant, Line, Output, PublicId, Word

Credential = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Credentials = Annotated[dict[str, Credential], Field(max_length=20)]


class NewPmsConnection(Input):
    """Which system to read from, and with what: `GET /pms-systems` names the credentials.

    They are tried there before anything is kept.
    """

    vendor: Word = Field(examples=sorted(CONNECTORS)[:3])
    credentials: Credentials = Field(default={}, examples=[{"api_key": "…"}])
    name: Line = ""
    account: PublicId | None = None


class PmsConnectionChange(Input):
    """What to change; other credentials are tried there before they are kept."""

    name: Line | None = None
    enabled: bool | None = Field(default=None, description="False: nothing is read any more.")
    credentials: Credentials | None = None
    sends_messages: bool | None = Field(
        default=None, description="Messages to guests also in the booking's conversation."
    )
    sends_notes: bool | None = Field(
        default=None, description="What happened at night as a note on the reservation."
    )


class Removal(Input):
    """What becomes of the stays that are still to come."""

    coming_stays: Annotated[str, StringConstraints(pattern="^(keep|cancel)$")] = "keep"


class Reading(Input):
    """What to read: what changed, or everything."""

    everything: bool = False


class ListingChange(Input):
    """Which home a listing is; null takes it apart. `ignored`: it is not wanted.

    Where only times are given, nothing else changes.
    """

    property: PublicId | None = None
    ignored: bool = False
    typed_check_in: Clock | None = Field(
        default=None,
        description="Wins over all that the system says of arrivals; null: as it says.",
        examples=["16:00"],
    )
    typed_check_out: Clock | None = Field(default=None, examples=["10:30"])


class CredentialOut(Output):
    """One credential that a system wants."""

    name: str
    label: str
    help: str
    secret: bool
    required: bool
    choices: list[str]


class PmsSystemOut(Output):
    """One system that can be connected; `where` is the way through its menus."""

    vendor: str
    title: str
    where: str
    credentials: list[CredentialOut]
    has_numbers: bool
    webhooks: bool
    messages: bool
    notes: bool
    unconfirmed: list[str] = Field(description="What no official page says.")


class RunOut(Output):
    """One reading. `error` is a sentence; `detail` is raw and tells nothing of guests."""

    id: str
    kind: str
    started_at: Instant
    ended_at: Instant | None
    complete: bool
    counts: dict[str, Any]
    error: str | None
    detail: str | None


class PmsConnectionOut(Output):
    """One connection; credentials are never told again."""

    id: str
    account: str
    vendor: str
    name: str
    account_there: str
    status: str = Field(examples=["working", "reading", "needs_you", "paused", "waiting"])
    error: str | None
    error_field: str | None
    last_run: RunOut | None
    complete_at: Instant | None
    next_run_at: Instant | None
    readings_left_today: int
    listings: int
    listings_without_home: int
    set_aside: int
    sends_messages: bool
    sends_notes: bool
    hook_url: str = Field(description="Where the system sends its webhooks; keep it secret.")
    created_at: Instant
    disabled_at: Instant | None


class ListingOut(Output):
    """Something that a system lets; `property` is its home, null while nobody has said."""

    id: str
    external_id: str
    name: str
    address: str
    country: str | None
    timezone: str | None
    check_in: str | None
    check_out: str | None
    typed_check_in: str | None
    typed_check_out: str | None
    property: str | None
    ignored_at: Instant | None
    gone_at: Instant | None
