"""A set of rules as a form: what people type in minutes and times of day, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callassist.domain.policy import MOST_QUIET_HOURS, EscalationPolicy
from callassist.domain.quiet_hours import WEEKDAYS, LocalHours, do_overlap
from callassist.errors import InvalidInput
from callassist.web.pages.forms import Form
from callassist.web.pages.refusals import in_words

ROWS = tuple(range(1, MOST_QUIET_HOURS + 1))
_MINUTE = 60
_SPANS = ("persist_for", "open_after", "calm_after")
# where a refusal of the rules stands in the form
_FIELDS = {
    "cadence.persist_for": "persist_for",
    "cadence.open_after": "open_after",
    "cadence.calm_after": "calm_after",
    "cadence.ladder_steps": "warn_1",
    "cadence.attempts": "attempts",
    "cadence.attempt_gap": "attempt_gap",
    "quiet_cadence": "quiet_persist_for",
    "more_quiet_hours": "quiet_2_start",
    "cover": "cover_start",
}


def filled(name: str, rules: EscalationPolicy) -> Form:
    """The form as it stands for these rules."""
    day, night = rules.cadence, rules.quiet_cadence
    values = {
        "name": name,
        "threshold_db": f"{rules.threshold_db:g}",
        "quiet_threshold_db": f"{rules.quiet_threshold_db:g}",
        "persist_for": _minutes(day.persist_for.total_seconds()),
        "quiet_persist_for": _minutes(night.persist_for.total_seconds()) if night else "",
        "open_after": _minutes(day.open_after.total_seconds()),
        "calm_after": _minutes(day.calm_after.total_seconds()),
        "attempts": str(day.attempts),
        "attempt_gap": _minutes(day.attempt_gap.total_seconds()),
        "ladder_enabled": "yes" if rules.ladder_enabled else "",
        "automatic_call": "yes" if rules.automatic_call else "",
        "cover_start": rules.cover.start.strftime("%H:%M") if rules.cover else "",
        "cover_end": rules.cover.end.strftime("%H:%M") if rules.cover else "",
    }
    for place, step in enumerate(day.ladder_steps[:2], start=1):
        values[f"warn_{place}"] = _minutes(step.total_seconds())
    for row, hours in zip(ROWS, rules.all_quiet_hours, strict=False):
        values |= _row(row, hours)
    return Form(values)


def days_of(form: Form, row: int) -> tuple[str, ...]:
    """The weekdays that are ticked in one row of quiet hours."""
    return tuple(day for day in form.lines(f"quiet_{row}_days") if day in WEEKDAYS)


def rules_of(form: Form, base: EscalationPolicy) -> EscalationPolicy | None:
    """The rules that were typed; None when something is wrong, each beside its field.

    What the form does not show stays as it is in `base`.
    """
    data = dict(base.to_dict())
    cadence = dict(base.cadence.to_dict())
    night = None if base.quiet_cadence is None else base.quiet_cadence.to_dict()
    for name in ("threshold_db", "quiet_threshold_db"):
        with form.taking_errors():
            data[name] = _number(form, name)
    for name in ("persist_for", "open_after", "calm_after", "attempt_gap"):
        with form.taking_errors():
            cadence[name] = _number(form, name) * _MINUTE
    with form.taking_errors():
        cadence["attempts"] = int(_number(form, "attempts"))
    _take_warnings(form, cadence)
    with form.taking_errors():
        data["quiet_cadence"] = _night(form, cadence, night)
    _take_hours(form, data)
    with form.taking_errors():
        data["cover"] = _cover(form)
    data["cadence"], data["ladder_enabled"] = cadence, form.has("ladder_enabled")
    data["automatic_call"] = form.has("automatic_call")
    if all(isinstance(cadence[name], int | float) for name in _SPANS):
        _check_order(form, cadence)
    if form.is_refused:
        return None
    return _read(form, data)


def _read(form: Form, data: Mapping[str, object]) -> EscalationPolicy | None:
    try:
        return EscalationPolicy.from_dict(data)
    except InvalidInput as refused:
        form.errors[_form_field(refused.field or "")] = in_words(refused)
        return None


def _take_warnings(form: Form, cadence: dict[str, Any]) -> None:
    steps = []
    for name in ("warn_1", "warn_2"):
        with form.taking_errors():
            if form.has(name):
                steps.append(_number(form, name) * _MINUTE)
    cadence["ladder_steps"] = steps


def _check_order(form: Form, cadence: Mapping[str, Any]) -> None:
    """What people get wrong most: said in their words, before the rules say it in theirs."""
    call, steps = cadence["persist_for"], cadence["ladder_steps"]
    with form.taking_errors():
        if call <= 0:
            raise InvalidInput("give at least one minute", "persist_for")
        if steps and steps[-1] >= call:
            last = "warn_2" if len(steps) > 1 else "warn_1"
            raise InvalidInput("the call would come before this warning", last)
        if steps != sorted(set(steps)):
            raise InvalidInput("the second warning must come after the first", "warn_2")
    with form.taking_errors():
        if cadence["open_after"] > call:
            raise InvalidInput("the call would come before this", "open_after")
    with form.taking_errors():
        if cadence["calm_after"] >= call:
            raise InvalidInput("must be shorter than the time until the call", "calm_after")


def _take_hours(form: Form, data: dict[str, Any]) -> None:
    rows = []
    for row in ROWS:
        with form.taking_errors():
            hours = _hours(form, row)
            if hours is not None:
                rows.append(hours)
    with form.taking_errors():
        if do_overlap([LocalHours.from_dict(row) for row in rows]):
            raise InvalidInput("these quiet hours overlap", "quiet_2_start")
    data["quiet_hours"] = rows[0] if rows else False
    data["more_quiet_hours"] = rows[1:]


def _hours(form: Form, row: int) -> dict[str, object] | None:
    start, end = form[f"quiet_{row}_start"].strip(), form[f"quiet_{row}_end"].strip()
    if not start and not end:
        return None
    for name, typed in (("start", start), ("end", end)):
        if not typed:
            raise InvalidInput("give both times, or leave both empty", f"quiet_{row}_{name}")
    days = days_of(form, row)
    if not days:
        raise InvalidInput("tick at least one weekday", f"quiet_{row}_days")
    hours: dict[str, object] = {"start": start, "end": end, "weekdays": list(days)}
    try:
        LocalHours.from_dict(hours)
    except InvalidInput as refused:
        detail = refused.detail.removeprefix(f"{refused.field}: ")
        raise InvalidInput(detail, f"quiet_{row}_{refused.field}") from refused
    return hours


def _cover(form: Form) -> dict[str, object] | bool:
    start, end = form["cover_start"].strip(), form["cover_end"].strip()
    if not start and not end:
        return False
    if not start or not end:
        missing = "cover_start" if not start else "cover_end"
        raise InvalidInput("give both times, or leave both empty", missing)
    return {"start": start, "end": end}


def _night(
    form: Form, cadence: Mapping[str, Any], known: Mapping[str, Any] | None
) -> dict[str, object] | bool:
    """In quiet hours the call may come sooner; what else differs there stays."""
    if not form.has("quiet_persist_for"):
        return False
    call = _number(form, "quiet_persist_for") * _MINUTE
    if call <= 0:
        raise InvalidInput("give at least one minute", "quiet_persist_for")
    night = dict(known or cadence)
    night["persist_for"] = call
    night["open_after"] = min(float(night.get("open_after", call)), call)
    night["calm_after"] = min(float(night.get("calm_after", call)), call / 2)
    night["ladder_steps"] = [step for step in night.get("ladder_steps", ()) if step < call]
    return night


def _number(form: Form, name: str) -> float:
    typed = form[name].strip().replace(",", ".")
    try:
        number = float(typed)
    except ValueError:
        raise InvalidInput("give a number", name) from None
    if not -1000 < number < 100_000:  # also refuses what is no number
        raise InvalidInput("give a number", name)
    return number


def _row(row: int, hours: LocalHours) -> dict[str, str]:
    return {
        f"quiet_{row}_start": hours.start.strftime("%H:%M"),
        f"quiet_{row}_end": hours.end.strftime("%H:%M"),
        f"quiet_{row}_days": "\n".join(WEEKDAYS[day] for day in sorted(hours.weekdays)),
    }


def _form_field(path: str) -> str:
    if path in _FIELDS:
        return _FIELDS[path]
    first, _dot, rest = path.partition(".")
    if first == "more_quiet_hours":
        place, _dot, name = rest.partition(".")
        return f"quiet_{int(place) + 2 if place.isdigit() else 2}_{name or 'start'}"
    if first == "quiet_hours":
        return f"quiet_1_{rest or 'start'}"
    if first == "cover":
        return f"cover_{rest or 'start'}"
    if first == "quiet_cadence":
        return "quiet_persist_for"
    return path


def _minutes(seconds: float) -> str:
    return f"{seconds / _MINUTE:g}"
