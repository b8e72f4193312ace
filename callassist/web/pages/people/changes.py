"""Who changed what about the people of an account, newest first."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.team_changes import PAGE, Change, TeamAction, changes
from callassist.web import role_words
from callassist.web.pages import asking
from callassist.web.pages.people import mine
from callassist.web.translate import gettext as _


def show() -> ResponseReturnValue:
    """One page of changes."""
    viewer = asking.host()
    typed = request.args.get("before", "")
    before = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else None
    with asking.reading() as session:
        account, all_mine = mine.chosen_account(session, viewer)
        found = changes(session, viewer, account, before=before)
    older = (
        url_for("people.changes", account=account.public_id, before=found[PAGE - 1].id)
        if len(found) > PAGE
        else ""
    )
    return render_template(
        "people/changes.html",
        account=account,
        accounts=all_mine,
        changes=found[:PAGE],
        sentence=sentence,
        older=older,
        zone=mine.zone_of(mine.me(), account),
    )


def sentence(change: Change) -> str:
    """One change as a sentence."""
    who = change.who or _("Somebody who is gone")
    whom = change.whom or change.data.get("to") or _("somebody who is gone")
    role = role_words.name(change.data.get("role", ""))
    said: Mapping[TeamAction, str] = {
        TeamAction.INVITED: _("%(who)s invited %(whom)s: %(role)s."),
        TeamAction.INVITED_AGAIN: _("%(who)s sent the invitation to %(whom)s again."),
        TeamAction.INVITATION_REVOKED: _("%(who)s took the invitation of %(whom)s back."),
        TeamAction.JOINED: _("%(who)s accepted the invitation: %(role)s."),
        TeamAction.TAKES_CALLS: _("%(who)s takes calls at the desk, too."),
        TeamAction.ROLE_CHANGED: _(
            "%(who)s changed the role of %(whom)s from %(was)s to %(role)s."
        ),
        TeamAction.REMOVED: _("%(who)s removed %(whom)s: no longer %(role)s."),
        TeamAction.SECOND_FACTOR_ON: _("%(who)s switched the second step on for themselves."),
        TeamAction.SECOND_FACTOR_OFF: _("%(who)s switched their second step off."),
        TeamAction.FIRM_GAVE: _("The firm’s sign-in gave %(whom)s a role: %(role)s."),
        TeamAction.FIRM_TOOK: _("The firm’s sign-in took a role of %(whom)s away: %(role)s."),
        TeamAction.TOKEN_MADE: _("%(who)s gave the program “%(name)s” access."),
        TeamAction.TOKEN_REVOKED: _("%(who)s took the access of the program “%(name)s” away."),
        TeamAction.DATA_TAKEN: _("%(who)s downloaded all data of the account."),
        TeamAction.DELETION_ASKED: _("%(who)s asked for the account to be deleted."),
        TeamAction.DELETION_UNDONE: _("%(who)s took the deletion of the account back."),
        TeamAction.OWN_NETWORK_ADDED: _("%(who)s brought a phone network of the account’s own."),
        TeamAction.OWN_NETWORK_CHANGED: _("%(who)s changed the account’s own phone network."),
        TeamAction.OWN_NETWORK_REMOVED: _("%(who)s took the account’s own phone network away."),
        TeamAction.RECORDING_ON: _("%(who)s switched the recording of calls on."),
        TeamAction.RECORDING_OFF: _("%(who)s switched the recording of calls off."),
        TeamAction.RECORDING_HEARD: _("%(who)s listened to the recording of a call."),
        TeamAction.RECORDING_DELETED: _("%(who)s deleted the recording of a call."),
        TeamAction.LEFT: _("Somebody left for good and had themselves erased."),
    }
    return said[change.action] % {
        "who": who,
        "whom": whom,
        "role": role,
        "was": role_words.name(change.data.get("before", "")),
        "name": change.data.get("name", ""),
    }
