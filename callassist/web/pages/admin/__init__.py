"""Administration: accounts, desks, who serves whom, shifts, tokens. Plain forms."""

from __future__ import annotations

from flask import Blueprint

from callassist.web.pages.admin import desks, index, tokens
from callassist.web.pages.asking import administrators_only


def blueprint() -> Blueprint:
    """Every page and button of administrators."""
    pages = Blueprint("admin", __name__, url_prefix="/admin")
    pages.before_request(administrators_only)
    pages.add_url_rule("", "index", index.show)
    for path, name, view in (
        ("/accounts", "add_account", index.add_account),
        ("/desks", "add_desk", index.add_desk),
        ("/people", "add_person", index.invite),
        ("/agreements", "add_agreement", index.agree),
        ("/agreements/<agreement_id>/end", "end_agreement", index.end),
        ("/desks/<desk_id>/shifts", "add_shift", desks.add_shift),
        ("/desks/<desk_id>/shifts/<shift_id>/remove", "remove_shift", desks.remove_shift),
        ("/desks/<desk_id>/operators/<operator_id>", "set_operator", desks.set_operator),
        ("/tokens/<token_id>/revoke", "revoke_token", tokens.revoke),
    ):
        pages.add_url_rule(path, name, view, methods=["POST"])
    pages.add_url_rule("/desks/<desk_id>", "desk", desks.show)
    pages.add_url_rule("/tokens", "tokens", tokens.show, methods=["GET", "POST"])
    return pages
