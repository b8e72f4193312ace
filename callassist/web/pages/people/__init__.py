"""Everybody's own pages: team, account, ways in, notifications, programs, how the service is."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask.typing import RouteCallable
from flask_limiter import RateLimitExceeded

from callassist.web.pages import asking
from callassist.web.pages.entry import views as entry_views
from callassist.web.pages.people import (
    account,
    changes,
    deletion,
    notifications,
    own_data,
    phone,
    programs,
    proof,
    push,
    second_step,
    sessions,
    spending,
    status,
    tabs,
    team,
    tests,
)

_DO = ["POST"]
_FORM = ["GET", "POST"]
_ROUTES: tuple[tuple[str, str, RouteCallable, list[str]], ...] = (
    ("/team", "team", team.show, ["GET"]),
    ("/team/invite", "invite", team.invite, _DO),
    ("/team/invitations/<invitation_id>/resend", "resend", team.resend, _DO),
    ("/team/invitations/<invitation_id>/revoke", "revoke", team.revoke, _DO),
    ("/team/people/<person_id>/role", "change_role", team.change, _DO),
    ("/team/people/<person_id>/remove", "remove_member", team.remove, _DO),
    ("/team/changes", "changes", changes.show, ["GET"]),
    ("/account", "account", account.show, _FORM),
    ("/account/data", "data", own_data.show, ["GET"]),
    ("/account/data/everything", "take_account", own_data.take_account, _DO),
    ("/account/data/mine", "take_mine", own_data.take_mine, _DO),
    ("/account/data/<account_id>/undo", "undo_deletion", deletion.undo, _DO),
    ("/account/ways-in", "ways_in", sessions.show, ["GET"]),
    ("/account/sessions/<session_id>/end", "end_session", sessions.end, _DO),
    ("/account/sessions/end-others", "end_others", sessions.end_others, _DO),
    ("/account/second-step", "second_step", second_step.set_up, _FORM),
    ("/account/second-step/off", "second_step_off", second_step.switch_off, _FORM),
    ("/account/recovery-codes", "recovery_codes", second_step.new_codes, _DO),
    ("/programs", "programs", programs.show, _FORM),
    ("/programs/<token_id>/revoke", "revoke_program", programs.revoke, _DO),
    ("/account/notifications", "notifications", notifications.show, ["GET"]),
    ("/account/notifications/kinds", "choose_kinds", notifications.choose, _DO),
    ("/account/notifications/quiet", "quiet", notifications.quiet, _DO),
    ("/account/channels", "add_channel", notifications.add, _DO),
    ("/account/channels/<channel_id>/test", "send_test", notifications.send_test, _DO),
    ("/account/channels/<channel_id>/remove", "remove_channel", notifications.remove, _DO),
    ("/account/tests/<test_id>", "test", tests.show, ["GET"]),
    ("/account/tests/<test_id>/way", "test_way", tests.fragment, ["GET"]),
    ("/account/phone", "phone", phone.show, _FORM),
    ("/account/phone/older-token", "retire_token", phone.retire, _DO),
    ("/account/phone/remove", "remove_own_network", phone.remove, _DO),
    ("/account/phone/recording", "choose_recording", phone.record, _DO),
    ("/account/push", "push", push.subscribe, _DO),
    ("/account/push/key", "push_key", push.key, ["GET"]),
    ("/costs", "spending", spending.show, ["GET"]),
    ("/costs.csv", "costs_csv", spending.as_csv, ["GET"]),
    ("/costs/caps", "save_caps", spending.save_caps, _DO),
    ("/costs/countries", "save_countries", spending.save_countries, _DO),
    ("/costs/number", "save_number", spending.save_number, _DO),
    ("/costs/home-number", "save_home_number", spending.save_home_number, _DO),
    ("/status", "status", status.show, ["GET"]),
)


def blueprint(app: Flask) -> Blueprint:
    """Pages for everybody who is signed in; what needs a role asks for it itself."""
    pages = Blueprint("people", __name__)
    tries = app.extensions["callassist_sign_in_limiter"].limit(
        proof.TRIES, methods=_DO, key_func=proof.who_asks
    )
    pages.register_error_handler(RateLimitExceeded, entry_views.too_many)
    pages.before_request(asking.sign_in_first)
    pages.app_context_processor(lambda: {"settings_tabs": tabs.settings_tabs})
    for path, name, view, methods in _ROUTES:
        pages.add_url_rule(path, name, view, methods=methods)
    for path, name, view in (
        ("/account/data/delete", "delete_account", deletion.ask),
        ("/account/data/leave", "leave", deletion.leave),
    ):
        pages.add_url_rule(path, name, tries(view), methods=_FORM)
    return pages
