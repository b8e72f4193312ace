"""Where a saved step leads while an account is set up: on to the next one."""

from __future__ import annotations

from flask import url_for

from callassist.accounts.setting_up import SetUpStep
from callassist.web.pages.host.set_up_steps import Checklist, StepLine, open_checklist


def onward(before: Checklist | None, otherwise: str) -> str:
    """The next step's page if this request has done one, else `otherwise`.

    `before` is the checklist as it was when the request came. Whoever adds a second home or stay
    has no step open by it and stays where they are.
    """
    if before is None:
        return otherwise
    after = open_checklist()
    if after is None:
        return url_for("host.tonight")
    if after.account != before.account or _settled(after) <= _settled(before):
        return otherwise
    return way_on(after)


def way_on(checklist: Checklist) -> str:
    """The page of the next step; with nothing but the rehearsal left, whether it is covered."""
    step = checklist.next
    if step is None or not step.url or step.step == SetUpStep.PRACTICE:
        return url_for("host.tonight")
    return step.url


def next_after(before: Checklist | None) -> StepLine | None:
    """The step to name on a button that leads on; None when there is none with a page."""
    step = before.next if before else None
    return step if step and step.url and step.action else None


def _settled(checklist: Checklist) -> int:
    """How many steps are done or left out, and whether it was said who takes the calls."""
    lines = sum(line.is_done or line.is_skipped for line in checklist.lines)
    return lines + (not checklist.must_choose)
