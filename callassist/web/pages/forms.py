"""A form as it was sent: values are kept, each refusal stands beside its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import request

from callassist.errors import Conflict, InvalidInput
from callassist.web.pages.refusals import in_words

_LONGEST_VALUE = 4000


class Form:
    """Typed values by field name; `errors` by field name, with "" for the form as a whole."""

    def __init__(self, values: Mapping[str, str] | None = None, prefix: str = "") -> None:
        self._values: dict[str, str] = dict(values or {})
        self.prefix = prefix  # of the fields' ids, where a page has several forms
        self.errors: dict[str, str] = {}
        self.sent = False

    @classmethod
    def of_request(cls, prefix: str = "") -> Form:
        """What the browser sent; of a name sent several times all values, one a line."""
        sent = request.form.to_dict(flat=False)
        values = {name: "\n".join(given)[:_LONGEST_VALUE] for name, given in sent.items()}
        form = cls(values, prefix)
        form.sent = True
        return form

    def fill(self, values: Mapping[str, str]) -> None:
        """What stands in fields that were not sent."""
        self._values = {**values, **self._values}

    def __getitem__(self, name: str) -> str:
        return self._values.get(name, "").replace("\x00", "")

    def has(self, name: str) -> bool:
        """Whether a box was ticked, or a field filled in."""
        return bool(self[name].strip())

    def optional(self, name: str) -> str | None:
        """The value, or None when left empty."""
        return self[name].strip() or None

    def lines(self, name: str) -> tuple[str, ...]:
        """Each line that has something in it."""
        return tuple(line.strip() for line in self[name].splitlines() if line.strip())

    def words(self, name: str) -> list[str]:
        """Values between commas, blanks or lines."""
        return self[name].replace(",", " ").split()

    def instant(self, name: str, zone: ZoneInfo) -> datetime | None:
        """A local time of the browser's date field as UTC; None when empty."""
        typed = self[name].strip()
        if not typed:
            return None
        try:
            local = datetime.fromisoformat(typed)
        except ValueError:
            raise InvalidInput("give a date and a time", name) from None
        if local.tzinfo is None:
            local = local.replace(tzinfo=zone)
        return local.astimezone(UTC)

    def required_instant(self, name: str, zone: ZoneInfo) -> datetime:
        """The same, but InvalidInput when empty."""
        found = self.instant(name, zone)
        if found is None:
            raise InvalidInput("give a date and a time", name)
        return found

    def whole(self, name: str) -> int | None:
        """A whole number; None when empty."""
        typed = self[name].strip()
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            raise InvalidInput("give a whole number", name)
        return int(typed)

    def names(self, beginning: str) -> list[str]:
        """The fields whose names begin so, as they came."""
        return [name for name in self._values if name.startswith(beginning)]

    @contextmanager
    def taking_errors(self, at: str = "") -> Iterator[None]:
        """Turn what a person can correct into a message beside its field, or beside `at`."""
        try:
            yield
        except (InvalidInput, Conflict) as error:
            field = error.field if isinstance(error, InvalidInput) and error.field else ""
            self.errors[at or self._shown_field(field)] = in_words(error)

    def _shown_field(self, field: str) -> str:
        """`numbers.0` stands beside `numbers`."""
        return field if field in self._values else field.partition(".")[0]

    @property
    def is_refused(self) -> bool:
        """Whether anything was refused."""
        return bool(self.errors)
