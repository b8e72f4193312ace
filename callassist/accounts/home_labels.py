"""Tags of homes: cleaned, and spelled as their account spells them already."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.errors import InvalidInput
from callassist.models import Policy, Property, PropertyTag

MOST_TAGS = 10
LONGEST_TAG = 30
LONGEST_LOCATION = 80
_BETWEEN = re.compile(r"[,;|\n]")


def split_tags(text: str) -> list[str]:
    """Tags as they are typed: with commas, semicolons or lines between them."""
    return [tag for tag in _BETWEEN.split(text) if tag.strip()]


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Each once, whatever its capitals; InvalidInput for too many, or one that is too long."""
    found: dict[str, str] = {}
    for tag in tags:
        if _BETWEEN.search(tag):
            raise InvalidInput("write each tag by itself, without a comma in it", "tags")
        cleaned = checks.line(tag, "tags", longest=LONGEST_TAG)
        found.setdefault(cleaned.casefold(), cleaned)
    if len(found) > MOST_TAGS:
        raise InvalidInput(f"at most {MOST_TAGS} tags; leave some out", "tags")
    return sorted(found.values(), key=str.casefold)


@dataclass
class AccountWords:
    """What the homes of one account can name: its presets and its tags; asked for once."""

    session: Session
    account_id: int
    _presets: dict[str, int] | None = field(default=None)
    _tags: dict[str, str] | None = field(default=None)

    def preset_id(self, public_id: str) -> int | None:
        """The preset's id, None for the service's own rules; InvalidInput for one of others."""
        if not public_id:
            return None
        if self._presets is None:
            query = select(Policy.public_id, Policy.id).where(Policy.account_id == self.account_id)
            self._presets = {row.public_id: row.id for row in self.session.execute(query)}
        if public_id not in self._presets:
            raise InvalidInput("this account has no such policy", "policy")
        return self._presets[public_id]

    def put_tags(self, home: Property, tags: Iterable[str]) -> None:
        """Give the home exactly these tags, in the spelling that the account has for each."""
        wanted = [self._spelled(tag) for tag in clean_tags(tags)]
        kept = {one.tag: one for one in home.tags}
        home.tags = [kept.get(tag) or PropertyTag(tag=tag) for tag in wanted]

    def _spelled(self, tag: str) -> str:
        if self._tags is None:
            query = (
                select(PropertyTag.tag)
                .join(Property, Property.id == PropertyTag.property_id)
                .where(Property.account_id == self.account_id)
                .distinct()
                .order_by(PropertyTag.tag)
            )
            self._tags = {}
            for known in self.session.scalars(query):
                self._tags.setdefault(known.casefold(), known)
        return self._tags.setdefault(tag.casefold(), tag)
