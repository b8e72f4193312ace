"""What a host typed or pasted: what cannot be a credential is refused before anything is asked."""

from __future__ import annotations

from collections.abc import Mapping

from callassist.errors import InvalidInput

LONGEST = 4000


def one_word(credentials: Mapping[str, str], name: str, *, required: bool = True) -> str:
    """A credential without spaces around or inside; InvalidInput names the field."""
    value = credentials.get(name, "").strip()
    if not value:
        if required:
            raise InvalidInput("is missing; copy it from the page named below the field", name)
        return ""
    if len(value) > LONGEST:
        raise InvalidInput("is far too long; copy only the value, not the page around it", name)
    if any(letter.isspace() for letter in value):
        raise InvalidInput("has spaces or line breaks inside; copy only the value itself", name)
    if not value.isascii() or not value.isprintable():
        raise InvalidInput("has letters that no key has; copy it again from its page", name)
    if "*" in value or "•" in value:
        raise InvalidInput("is shown there half hidden; have it shown in full and copy it", name)
    return value
