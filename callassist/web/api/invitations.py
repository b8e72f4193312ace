"""`/invitations`: people who are asked to join by mail, until they accept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from callassist.accounts import invitations
from callassist.accounts.invitation_list import waiting
from callassist.accounts.invitations import Asked, InvitationInput
from callassist.accounts.people import DESK_ROLES
from callassist.domain.viewer import Role
from callassist.errors import InvalidInput
from callassist.models import Account, Desk, Invitation
from callassist.web.api.fields import (
    Input,
    Instant,
    Language,
    Line,
    Nothing,
    Output,
    Page,
    Paging,
    PublicId,
    Word,
)
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import CHIEFS, Ask, Route
from callassist.web.api.scoping import account_named, desk_named
from callassist.web.invitation_mail import post_invitation


class NewInvitation(Input):
    """Operators and supervisors are asked to join a desk, the others an account."""

    email: Line
    role: Literal["owner", "manager", "viewer", "operator", "supervisor", "admin"]
    account: PublicId | None = None
    desk: PublicId | None = None
    name: Line = ""
    desk_name: Word = ""
    language: Language = "en"


class InvitationOut(Output):
    """One invitation; nobody but the invited person gets its link. Times are real ones."""

    id: str
    email: str
    name: str
    role: str
    account: str | None
    desk: str | None
    language: str
    created_at: Instant
    mailed_at: Instant
    expires_at: Instant


def index(ask: Ask, query: Paging) -> Page[InvitationOut]:
    """Also those that expired lately, which can be sent again."""
    rows, following = page_of(
        ask.session,
        ask.service.vault,
        waiting(ask.viewer, ask.real_now),
        Invitation.id,
        query,
        newest_first=True,
    )
    return Page(items=_outs(ask, rows), next_cursor=following)


def invite(ask: Ask, body: NewInvitation) -> InvitationOut:
    """They have the role when they accept, within 7 days."""
    role = Role(body.role)
    desk = None if body.desk is None else desk_named(ask, body.desk)
    if role not in DESK_ROLES and desk is not None:
        raise InvalidInput("only operators and supervisors are of a desk", "desk")
    of_account = role is not Role.ADMIN and role not in DESK_ROLES
    asked = invitations.invite(
        ask.session,
        ask.viewer,
        InvitationInput(
            email=body.email,
            role=body.role,
            name=body.name,
            desk_name=body.desk_name,
            language=body.language,
        ),
        now=ask.real_now,
        noted_at=ask.now,
        account=account_named(ask, body.account) if of_account else None,
        desk=desk,
    )
    return _mailed(ask, asked)


def send_again(ask: Ask, invitation_id: str, body: Nothing) -> InvitationOut:
    """A new link, good for 7 days; the one before works no more."""
    asked = invitations.send_again(
        ask.session, ask.viewer, invitation_id, now=ask.real_now, noted_at=ask.now
    )
    return _mailed(ask, asked)


def revoke(ask: Ask, invitation_id: str) -> None:
    invitations.revoke(ask.session, ask.viewer, invitation_id, now=ask.real_now, noted_at=ask.now)


def _mailed(ask: Ask, asked: Asked) -> InvitationOut:
    place = invitations.place_name(ask.session, asked.invitation)
    answer = _outs(ask, [asked.invitation])[0]
    ask.afterwards.append(lambda: post_invitation(asked, place, ""))
    return answer


def _outs(ask: Ask, rows: Sequence[Invitation]) -> list[InvitationOut]:
    accounts = place_names(ask.session, Account, (row.account_id for row in rows))
    desks = place_names(ask.session, Desk, (row.desk_id for row in rows))
    return [
        InvitationOut(
            id=row.public_id,
            email=row.email,
            name=row.name,
            role=row.role,
            account=accounts.get(row.account_id),
            desk=desks.get(row.desk_id),
            language=row.language,
            created_at=row.created_at,
            mailed_at=row.mailed_at,
            expires_at=row.expires_at,
        )
        for row in rows
    ]


ROUTES = (
    Route(
        method="GET",
        path="/invitations",
        summary="Who is asked to join and has not answered, newest first",
        scopes=CHIEFS,
        run=index,
        query=Paging,
        answer=Page[InvitationOut],
    ),
    Route(
        method="POST",
        path="/invitations",
        summary="Ask somebody to join, by mail",
        scopes=CHIEFS,
        run=invite,
        body=NewInvitation,
        answer=InvitationOut,
        status=201,
    ),
    Route(
        method="POST",
        path="/invitations/{invitation_id}/resend",
        summary="Mail a new link",
        scopes=CHIEFS,
        run=send_again,
        body=Nothing,
        answer=InvitationOut,
        conflicts=True,
    ),
    Route(
        method="DELETE",
        path="/invitations/{invitation_id}",
        summary="Take an invitation back; its link works no more",
        scopes=CHIEFS,
        run=revoke,
    ),
)
