"""The host's pages: homes, stays, incidents, reports, settings. Others do not find them."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from callassist.web.pages import asking
from callassist.web.pages.host import (
    alarms,
    connections,
    contacts,
    homes,
    incidents,
    reports,
    running,
    settings,
    stays,
)

_FORM = ["GET", "POST"]
_DO = ["POST"]


def blueprint() -> Blueprint:
    """Every page and button of hosts."""
    pages = Blueprint("host", __name__)
    pages.before_request(_only_hosts)
    for path, name, view, methods in (
        ("/", "homes", homes.index, ["GET"]),
        ("/homes/new", "new_home", homes.new, _FORM),
        ("/homes/<home_id>", "home", homes.show, ["GET"]),
        ("/homes/<home_id>/edit", "edit_home", homes.edit, _FORM),
        ("/homes/<home_id>/call", "call_now", running.call_now, _FORM),
        ("/homes/<home_id>/pause", "pause", running.pause, _FORM),
        ("/homes/<home_id>/resume", "resume", running.resume, _DO),
        ("/homes/<home_id>/stays/new", "new_stay", stays.new, _FORM),
        ("/homes/<home_id>/stays/<stay_id>", "stay", stays.edit, _FORM),
        ("/homes/<home_id>/stays/<stay_id>/cancel", "cancel_stay", stays.cancel, _DO),
        ("/homes/<home_id>/contacts/new", "new_contact", contacts.new, _FORM),
        ("/homes/<home_id>/contacts/<contact_id>", "contact", contacts.edit, _FORM),
        ("/homes/<home_id>/contacts/<contact_id>/remove", "remove_contact", contacts.remove, _DO),
        ("/homes/<home_id>/sensors", "pair", connections.pair, _DO),
        ("/homes/<home_id>/sensors/<sensor_id>/unpair", "unpair", connections.unpair, _DO),
        ("/connections/new", "new_connection", connections.new, _FORM),
        ("/incidents", "incidents", incidents.index, ["GET"]),
        ("/incidents/<incident_id>", "incident", incidents.show, ["GET"]),
        ("/incidents/<incident_id>/take-over", "take_over", incidents.take_over, _DO),
        ("/incidents/<incident_id>/cancel", "cancel", incidents.cancel, _DO),
        ("/needs-you/<alarm_id>", "alarm", alarms.show, ["GET"]),
        ("/needs-you/<alarm_id>/acknowledge", "acknowledge", alarms.acknowledge, _DO),
        ("/reports/<report_id>", "report", reports.page, ["GET"]),
        ("/reports/<report_id>.json", "report_json", reports.as_json, ["GET"]),
        ("/reports/<report_id>.pdf", "report_pdf", reports.as_pdf, ["GET"]),
        ("/settings", "settings", settings.show, ["GET"]),
        ("/settings/channels", "add_channel", settings.add, _DO),
        ("/settings/channels/<channel_id>/test", "test_channel", settings.test, _DO),
        ("/settings/channels/<channel_id>/remove", "remove_channel", settings.remove, _DO),
        ("/settings/team", "invite", settings.invite, _DO),
        ("/settings/team/remove", "remove_role", settings.remove_role, _DO),
    ):
        pages.add_url_rule(path, name, view, methods=methods)
    return pages


def _only_hosts() -> ResponseReturnValue | None:
    """At "/" everybody arrives; who is no host is led to their own part."""
    if request.path != "/":
        return asking.hosts_only()
    answer = asking.sign_in_first()
    if answer is not None or asking.viewer().account_ids:
        return answer
    if asking.viewer().operator_ids:
        return redirect(url_for("desk.queue"))
    if asking.viewer().is_admin:
        return redirect(url_for("admin.index"))
    return homes.nothing_yet()
