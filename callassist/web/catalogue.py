"""`python -m callassist.web.catalogue`: collect what the pages say, and compile the translations.

Extracts the English texts of pages and the refusals of services, brings each language's .po file up
to date (new texts are empty, gone ones are dropped) and compiles it. Says what is untranslated.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parent.parent
TRANSLATIONS = Path(__file__).parent / "translations"
LANGUAGES = ("fr",)  # English is the source
_PAGES = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}
_REFUSALS: dict[str, None] = dict.fromkeys(
    ("InvalidInput", "Conflict", "Forbidden", "CredentialsRefused")
)
_SAID: dict[str, None] = {"said": None}  # what adapters give to pages
_ADAPTERS = ("pms_sync", "sensors", "notifications")
_MADE = datetime(2026, 11, 22, tzinfo=UTC)  # fixed: the same texts give the same files
# where refusals come from that a form of ours can meet
_SERVICES = {
    "web/pages": ("**.py",),
    "accounts": ("**.py",),
    "domain": (
        "csv_table.py",
        "csv_titles.py",
        "phone.py",
        "language.py",
        "own_network.py",
        "spending.py",
        "viewer.py",
    ),
    "telephony": ("twilio/trying_out.py",),
    "escalation": ("**.py",),
    "notifications": ("**.py",),
    "reports": (
        "account_export/source.py",
        "afterwards.py",
        "digest.py",
        "evidence.py",
        "sharing.py",
    ),
    "pms_sync": ("**.py",),
    "roster": ("**.py",),
    "sensors": ("**.py",),
    "stays": ("**.py",),
}


def collected() -> Catalog:
    """Every text that a page can show."""
    catalog = Catalog(project="Call Assist", charset="utf-8")
    for text in _texts():
        catalog.add(text)
    return catalog


def _texts() -> Iterator[str | tuple[str, ...]]:
    web = str(PACKAGE / "web")
    methods = [("pages/**.py", "python"), ("*.py", "python"), ("templates/**.html", "jinja2")]
    found = extract_from_dir(web, method_map=methods, keywords=_PAGES)
    for _file, _line, message, _comments, _context in found:
        yield message
    for name, files in _SERVICES.items():
        methods = [(each, "python") for each in files]
        services = extract_from_dir(str(PACKAGE / name), method_map=methods, keywords=_REFUSALS)
        for _file, _line, message, _comments, _context in services:
            yield message
    for name in _ADAPTERS:
        adapters = extract_from_dir(
            str(PACKAGE / name), method_map=[("**.py", "python")], keywords=_SAID
        )
        for _file, _line, message, _comments, _context in adapters:
            yield message


def po_path(language: str) -> Path:
    """The translations as text."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The translations as they are."""
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language)


def brought_up_to_date(language: str) -> Catalog:
    """The translations with exactly the texts that are in use, in order."""
    texts, fresh = collected(), _empty(language)
    known = read(language) if po_path(language).exists() else Catalog(locale=language)
    for message in sorted(texts, key=lambda one: str(one.id)):
        if message.id:
            before = known.get(message.id if isinstance(message.id, str) else message.id[0])
            fresh.add(message.id, before.string if before is not None else "")
    return fresh


def _empty(language: str) -> Catalog:
    return Catalog(
        locale=language,
        project="Call Assist",
        version="1",
        copyright_holder="the contributors",
        msgid_bugs_address="-",
        last_translator="the contributors",
        language_team=language,
        header_comment="# What the pages say, in French. The English text is the key.",
        creation_date=_MADE,
        revision_date=_MADE,
        fuzzy=False,
    )


def compiled(catalog: Catalog) -> bytes:
    """The .mo file's bytes."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    """Texts without a translation."""
    return [
        str(message.id)
        for message in catalog
        if message.id
        and not all(message.string if isinstance(message.string, tuple) else [message.string])
    ]


def renew(language: str) -> list[str]:
    """Write .po and .mo; returns what is untranslated."""
    catalog = brought_up_to_date(language)
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=100, omit_header=False, no_location=True)
    path.with_suffix(".mo").write_bytes(compiled(catalog))
    return untranslated(catalog)


if __name__ == "__main__":
    missing = {language: renew(language) for language in LANGUAGES}
    for language, texts in missing.items():
        for text in texts:
            print(f"{language}: {text}", file=sys.stderr)
    sys.exit(1 if any(missing.values()) else 0)
