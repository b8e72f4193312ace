"""The next arrivals: who cannot be called, with a field to type the number into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist import stays
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput
from callassist.models import PmsListing, Property
from callassist.pms_sync.number_endings import endings, ends_so
from callassist.stays import StayDetails
from callassist.stays.arrivals import Arrival, WhyNot, next_arrivals
from callassist.stays.details import MOST_NUMBERS
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.stays import name_of
from callassist.web.translate import gettext as _
from callassist.web.translate import lazy_gettext as _l
from callassist.web.translate import ngettext

FIELD, SURE = "number-", "sure-"  # and the stay's public id
WHY_NOT: Mapping[WhyNot, LazyString] = {
    WhyNot.NO_NUMBER: _l("no number"),
    WhyNot.UNREADABLE: _l("the number cannot be dialled"),
    WhyNot.FLAGGED: _l("the number is wrong"),
    WhyNot.STOPPED: _l("not to be phoned"),
}

_CAN_BE_TYPED = frozenset(WhyNot) - {WhyNot.STOPPED}


def show() -> ResponseReturnValue:
    """The next fourteen; what was typed is stored for every guest whose number can be dialled."""
    form = Form.of_request() if asking.is_sent() else Form()
    viewer, now = asking.host(), asking.now()
    if form.sent:
        stored = _stored(form)
        if stored:
            flash(
                ngettext(
                    "%(num)s guest can be called now.", "%(num)s guests can be called now.", stored
                )
            )
        if not form.is_refused:
            return redirect(url_for("host.arrivals"))
    with asking.reading() as session:
        found = next_arrivals(session, viewer, now)
        missing = [one.stay for one in found if one.why_not in _CAN_BE_TYPED]
        page = render_template(
            "host/arrivals.html",
            form=form,
            arrivals=[(one, name_of(one.stay)) for one in found],
            sentence_now=_sentence(found),
            may_write={each for each in viewer.account_ids if viewer.can_write(each)},
            why_not=WHY_NOT,
            can_be_typed=_CAN_BE_TYPED,
            has_fields=any(
                one.why_not in _CAN_BE_TYPED and viewer.can_write(one.stay.account_id)
                for one in found
            ),
            unmatched=_unmatched(session, viewer),
            field=FIELD,
            sure=SURE,
            endings=endings(session, asking.service().vault, missing),
        )
    return page, 422 if form.is_refused else 200


def _stored(form: Form) -> int:
    """Store each number by itself: one that cannot be dialled keeps none of the others back."""
    count = 0
    for name in form.names(FIELD):
        if not form.has(name):
            continue
        with form.taking_errors(name), asking.writing() as session:
            stay_id = name.removeprefix(FIELD)
            _store(session, stay_id, form[name], is_sure=form[SURE + stay_id] == form[name])
            count += 1
    return count


def _store(session: Session, stay_id: str, typed: str, *, is_sure: bool) -> None:
    """The new number goes first; those that were there stay behind it, flagged ones too."""
    vault, viewer = asking.service().vault, asking.host()
    stay = stays.find_stay(session, viewer, stay_id)
    ending = endings(session, vault, [stay]).get(stay.id, "")
    if not is_sure and not ends_so(typed, ending):
        raise InvalidInput(
            "it ends otherwise than the guest's number there; correct it, or save it again"
        )
    known = [vault.open(number.number) for number in stay.numbers]
    home = session.get_one(Property, stay.property_id)
    stays.put_stay(
        session,
        vault,
        viewer,
        home.public_id,
        StayDetails(numbers=tuple([typed, *known][:MOST_NUMBERS])),
        now=asking.now(),
        stay_public_id=stay_id,
    )


def _sentence(found: Sequence[Arrival]) -> str:
    missing = sum(one.why_not is not None for one in found)
    if not found:
        return _("The next arrivals")
    if not missing:
        return ngettext(
            "The next guest can be called.",
            "All of the next %(num)s guests can be called.",
            len(found),
        )
    return ngettext(
        "%(num)s of the next %(all)s guests cannot be called.",
        "%(num)s of the next %(all)s guests cannot be called.",
        missing,
        all=len(found),
    )


def _unmatched(session: Session, viewer: Viewer) -> int:
    """Listings without a home: their guests are not known here."""
    query = select(func.count(PmsListing.id)).where(
        PmsListing.account_id.in_(viewer.account_ids),
        PmsListing.property_id.is_(None),
        PmsListing.ignored_at.is_(None),
        PmsListing.gone_at.is_(None),
    )
    return session.scalar(query) or 0
