"""What requests about homes may say, and what answers tell of a home."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from callassist.accounts.home_labels import LONGEST_LOCATION, LONGEST_TAG, MOST_TAGS
from callassist.accounts.properties import PropertyInput
from callassist.web.api.fields import Input, Instant, Language, Line, Output, Paging, PublicId, Word

Country = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$")]
Location = Annotated[str, StringConstraints(max_length=LONGEST_LOCATION, pattern=r"^[^\x00]*$")]
Tag = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_TAG, pattern=r"^[^\x00,;|\n]+$")
]
PolicyId = Annotated[str, StringConstraints(pattern=r"^([2-9a-hjkmnp-tv-z]{20})?$")]


class PropertyChange(Input):
    """What to change. `policy` is a preset's id, "" for the service's default rules.

    `location` and `tags` are for the host's own lists; operators never see them.
    """

    name: Line | None = None
    timezone: Word | None = None
    country: Country | None = None
    language: Language | None = None
    location: Location | None = None
    tags: list[Tag] | None = Field(default=None, max_length=MOST_TAGS)
    call_name: Line | None = None
    show_call_name_to_guest: bool | None = None
    host_spoken_name: Line | None = None
    host_only: bool | None = None
    policy: PolicyId | None = None

    def typed(self) -> PropertyInput:
        """As the service takes it."""
        return PropertyInput(**{name: getattr(self, name) for name in _TYPED})


class NewProperty(PropertyChange):
    """A new home; `call_name` and `host_spoken_name` are what operators may say."""

    name: Line
    timezone: Word
    country: Country
    account: PublicId | None = None


_TYPED = tuple(PropertyChange.model_fields)


class PropertyFilter(Paging):
    """Archived homes only when asked for; `location` and `tag` as they are written."""

    account: PublicId | None = None
    location: Location | None = None
    tag: Tag | None = None
    archived: bool = False


class Pause(Input):
    """Until when no incident opens and the home shows as not covered."""

    until: Instant


class PropertyOut(Output):
    """One home."""

    id: str
    account: str
    name: str
    timezone: str
    country: str
    language: str
    location: str
    tags: list[str]
    call_name: str
    show_call_name_to_guest: bool
    host_spoken_name: str
    host_only: bool
    policy: str | None
    paused_until: Instant | None
    archived_at: Instant | None
    created_at: Instant


class CoverageOut(Output):
    """Covered tonight, or which parts are missing; remarks change nothing."""

    covered: bool
    missing: list[str]
    remarks: list[str]
