"""Files that hosts send in: what pages about files of homes and of stays have in common."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.domain.csv_table import LARGEST_FILE
from callassist.errors import Forbidden, InvalidInput
from callassist.models import Account
from callassist.storage.parts import StoredInPart
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.translate import gettext as _
from callassist.web.translate import ngettext

WRONG_SHOWN, GOOD_SHOWN = 200, 100  # rows of a preview
MOST_SENT = 16 * 1024 * 1024  # of the request: larger files are refused in words below this


def allow_large_files() -> None:
    """Only where files are sent may a request be larger than a form."""
    request.max_content_length = MOST_SENT


def sent_file() -> tuple[str, bytes]:
    """The chosen file's name and content; InvalidInput when none was chosen."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInput("choose a file", "file")
    return sent.filename, sent.read(LARGEST_FILE + 1)


def receiving_accounts(session: Session) -> list[Account]:
    """The accounts to which the viewer may send a file; Forbidden when there is none."""
    accounts = writable_accounts(session, asking.host())
    if not accounts:
        raise Forbidden("your role here may look, not change; ask the owner of the account")
    return accounts


def chosen_account(form: Form, accounts: list[Account]) -> int:
    """The id of the account that the form names; of one there is nothing to choose."""
    for one in accounts:
        if one.public_id == form["account"] or len(accounts) == 1:
            return one.id
    raise InvalidInput("choose an account", "account")


def say_left_out(rows: int) -> None:
    """How many rows of a file were not stored, and what to do about them."""
    if rows:
        flash(
            ngettext(
                "%(num)s row was left out. Correct it in the file and send it again: "
                "nothing comes twice.",
                "%(num)s rows were left out. Correct them in the file and send it again: "
                "nothing comes twice.",
                rows,
            ),
            "watch",
        )


def say_stored_in_part(interrupted: StoredInPart, preview_url: str) -> ResponseReturnValue:
    """Back to the preview, which counts what is there now, with what was done so far."""
    flash(
        _(
            "The database had too much to do: %(done)s rows are stored, %(left)s are left. "
            "Store the file again; nothing comes twice.",
            done=interrupted.done,
            left=interrupted.left,
        ),
        "watch",
    )
    return redirect(preview_url)


def put_away(drop: Callable[[Session], None], next_url: str) -> ResponseReturnValue:
    """Forget a file; nothing of it was stored."""
    with asking.writing() as session:
        drop(session)
    flash(_("The file was put away; nothing was stored."))
    return redirect(next_url)
