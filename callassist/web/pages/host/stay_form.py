"""Typing a stay in, or correcting it: dates, guest, numbers, language, permission."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist import stays
from callassist.accounts.properties import find_property
from callassist.domain.consent import Channel, GivenBy
from callassist.errors import InvalidInput
from callassist.models import Consent, Property, Stay
from callassist.pms_sync.number_endings import endings, ends_so
from callassist.pms_sync.registry import CONNECTORS
from callassist.stays import ConsentInput, StayDetails
from callassist.stays.listing import clashing
from callassist.stays.lookup import TYPED
from callassist.stays.stops import stopped_by_host
from callassist.web.pages import asking, times, words
from callassist.web.pages.forms import Form
from callassist.web.pages.host.onward import onward
from callassist.web.pages.host.set_up_steps import open_checklist
from callassist.web.translate import gettext as _

_LONG_AGO = timedelta(days=14)
_LEAST_FIELDS = 2
_USUAL_ARRIVAL = "15:00"
_CONSENT_FIELDS = {"text": "consent_text", "source": "consent_source", "number": "numbers"}


def new(home_id: str) -> ResponseReturnValue:
    """Type a stay in."""
    return _page(home_id, None)


def edit(home_id: str, stay_id: str) -> ResponseReturnValue:
    """Correct a stay."""
    return _page(home_id, stay_id)


def _page(home_id: str, stay_id: str | None) -> ResponseReturnValue:
    with asking.reading() as session:
        home = find_property(session, asking.host(), home_id)
        asking.host().require_write(home.account_id)
        stay = None if stay_id is None else stays.find_stay(session, asking.host(), stay_id)
        if stay is not None:
            session.refresh(stay, ["numbers"])  # shown, and compared with what is typed
        form = Form.of_request() if asking.is_sent() else _filled(home, stay)
        given = [] if stay_id is None else stays.consents(session, asking.host(), stay_id)
        ending = _ending(session, stay)
    warnings: list[str] = []
    if form.sent:
        before = open_checklist()
        with form.taking_errors():
            typed = _typed(form, ZoneInfo(home.timezone))
            warnings = [] if form.has("sure") else _warnings(home, stay, typed)
            if not warnings:
                _save(home_id, stay_id, form, typed)
        if not form.is_refused and not warnings:
            flash(_("The stay is saved."))
            return redirect(onward(before, url_for("host.stays", home=home_id)))
    page = render_template(
        "host/stay_form.html",
        form=form,
        home=home,
        stay=stay,
        zone=ZoneInfo(home.timezone),
        warnings=warnings,
        consents=[one for one in given if one.withdrawn_at is None],
        stopped_by_host=stay is not None and stopped_by_host(stay),
        conflicts=_conflicts(stay, ZoneInfo(home.timezone)),
        numbers=_number_fields(form),
        ending=ending,
        kept_days=asking.service().settings.retention.numbers.days,
        **_choices(),
    )
    return page, 422 if form.is_refused or warnings else 200


def _choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "languages_spoken": [
            ("", _("Guessed from number or home")),
            *((code, words.spoken(code)) for code in words.SPOKEN),
        ],
        "givers": [
            (str(GivenBy.BOOKING), _("the guest, when booking")),
            (str(GivenBy.HOST), _("the guest told me")),
        ],
    }


def _save(home_id: str, stay_id: str | None, form: Form, typed: StayDetails) -> None:
    now = asking.now()
    with asking.writing() as session:
        stay = stays.put_stay(
            session,
            asking.service().vault,
            asking.host(),
            home_id,
            typed,
            now=now,
            stay_public_id=stay_id,
        )
        _give_consents(session, stay, form, now)


def _give_consents(session: Session, stay: Stay, form: Form, now: datetime) -> None:
    for channel in Channel:
        if not form.has(f"consent_{channel}"):
            continue
        known = _in_force(session, stay, channel)
        if known:
            continue
        typed = ConsentInput(
            channel=str(channel),
            text=form["consent_text"],
            given_by=form["consent_by"] or str(GivenBy.BOOKING),
            source=form["consent_source"],
        )
        try:
            stays.give_consent(session, asking.host(), stay.public_id, typed, now=now)
        except InvalidInput as error:
            plain = error.detail.removeprefix(f"{error.field}: ")
            raise InvalidInput(plain, _CONSENT_FIELDS.get(error.field or "", "")) from None


def _in_force(session: Session, stay: Stay, channel: Channel) -> Consent | None:
    """A permission for the first number, which is the one that is used, else for the booking."""
    first = next((number for number in stay.numbers if number.position == 1), None)
    indexes = {stays.WITHOUT_NUMBER if first is None else first.number_index}
    return stays.consent_for(session, stay.account_id, stay.id, indexes, channel)


def _warnings(home: Property, stay: Stay | None, typed: StayDetails) -> list[str]:
    """What a person should look at before it is saved; saving again saves it."""
    arrives, leaves = typed.check_in_at, typed.check_out_at
    if arrives is None or leaves is None or leaves <= arrives:
        return []  # refused when it is saved
    found = []
    zone = ZoneInfo(home.timezone)
    with asking.reading() as session:
        ending = _ending(session, stay)
        if _is_another_number(stay, typed, ending):
            found.append(
                _(
                    "The guest’s number ends in %(digits)s there; none of yours does.",
                    digits=ending,
                )
            )
        for other in clashing(session, home, arrives, leaves, besides=stay):
            if other.source != TYPED or (stay is not None and stay.source != TYPED):
                found.append(
                    _(
                        "Another stay (%(source)s) is there from %(a)s to %(b)s.",
                        source=source_words(other.source),
                        a=times.moment(other.check_in_at, zone),
                        b=times.moment(other.check_out_at, zone),
                    )
                )
    if stay is None and arrives < asking.now() - _LONG_AGO:
        found.append(
            _("The guest arrived on %(day)s: is the year right?", day=times.moment(arrives, zone))
        )
    return found


def _ending(session: Session, stay: Stay | None) -> str:
    """The last digits of the guest's number, where their platform gives only these."""
    if stay is None:
        return ""
    return endings(session, asking.service().vault, [stay]).get(stay.id, "")


def _is_another_number(stay: Stay | None, typed: StayDetails, ending: str) -> bool:
    if stay is None or not ending or not typed.numbers:
        return False
    vault = asking.service().vault
    known = [vault.open(number.number) for number in stay.numbers]
    return list(typed.numbers) != known and not any(ends_so(one, ending) for one in typed.numbers)


def source_words(source: str) -> str:
    """Where a stay came from."""
    if source == TYPED:
        return _("entered by hand")
    if source == "csv":
        return _("file")
    known = CONNECTORS.get(source)
    return source if known is None else known.facts.title


def _typed(form: Form, zone: ZoneInfo) -> StayDetails:
    return StayDetails(
        check_in_at=form.required_instant("check_in_at", zone),
        check_out_at=form.required_instant("check_out_at", zone),
        guest_name=form["guest_name"],
        language=form["language"],
        numbers=form.lines("numbers"),
    )


def _filled(home: Property, stay: Stay | None) -> Form:
    said = {"consent_text": _("We may send you automatic messages about noise during your stay.")}
    zone, vault = ZoneInfo(home.timezone), asking.service().vault
    if stay is None:
        today = asking.now().astimezone(zone).date()
        return Form({**said, "check_in_at": f"{today}T{_USUAL_ARRIVAL}"})
    return Form(
        {
            **said,
            "check_in_at": times.for_field(stay.check_in_at, zone),
            "check_out_at": times.for_field(stay.check_out_at, zone),
            "guest_name": vault.open(stay.guest_name) if stay.guest_name else "",
            "language": stay.language or "",
            "numbers": "\n".join(vault.open(number.number) for number in stay.numbers),
        }
    )


def _number_fields(form: Form) -> list[str]:
    """What stands in each field for a number; two at least, as many as there are."""
    written = form["numbers"].splitlines()
    return written + [""] * (_LEAST_FIELDS - len(written))


def _conflicts(stay: Stay | None, zone: ZoneInfo) -> list[str]:
    """Where the stay's source says something else than what was typed."""
    if stay is None or stay.erased_at is not None:
        return []
    says = stays.source_says(asking.service().vault, stay)
    if says is None:
        return []
    found = []
    if says.check_in_at and says.check_in_at != stay.check_in_at:
        found.append(_("It says that they arrive %(at)s.", at=times.moment(says.check_in_at, zone)))
    if says.check_out_at and says.check_out_at != stay.check_out_at:
        found.append(_("It says that they leave %(at)s.", at=times.moment(says.check_out_at, zone)))
    if says.numbers and "numbers" in stay.typed_fields:
        found.append(_("It has other numbers; yours are used."))
    for _problem in stays.number_problems(stay):
        found.append(_("It has a number that cannot be dialled; it was left out."))
    return found
