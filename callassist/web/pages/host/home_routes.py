"""Addresses of the pages about tonight, homes, rules and sensors."""

from __future__ import annotations

from callassist.web.pages.host import (
    alarms,
    connections,
    contacts,
    guest_link,
    home,
    homes,
    homes_list,
    rules,
    running,
    sensors,
    tonight,
    trying_out,
)

_SEE = ["GET"]
_FORM = ["GET", "POST"]
_DO = ["POST"]

ROUTES = (
    ("/", "tonight", tonight.index, _SEE),
    ("/tonight", "tonight_live", tonight.fragment, _SEE),
    ("/set-up/calls", "choose_takers", tonight.choose, _DO),
    ("/set-up/skip", "skip_step", tonight.skip, _DO),
    ("/set-up/rules", "accept_rules", tonight.accept, _DO),
    ("/homes", "homes", homes_list.index, _SEE),
    ("/homes/rules", "give_rules", homes_list.give_rules, _DO),
    ("/homes/new", "new_home", homes.new, _FORM),
    ("/homes/<home_id>", "home", home.show, _SEE),
    ("/homes/<home_id>/live", "home_live", home.fragment, _SEE),
    ("/homes/<home_id>/rules", "home_rules", home.rules, _FORM),
    ("/homes/<home_id>/say", "home_say", home.say, _FORM),
    ("/homes/<home_id>/history", "home_history", home.past, _SEE),
    ("/homes/<home_id>/edit", "edit_home", homes.edit, _FORM),
    ("/homes/<home_id>/call", "call_now", running.call_now, _FORM),
    ("/homes/<home_id>/pause", "pause", running.pause, _FORM),
    ("/homes/<home_id>/resume", "resume", running.resume, _DO),
    ("/homes/<home_id>/contacts/new", "new_contact", contacts.new, _FORM),
    ("/homes/<home_id>/contacts/<contact_id>", "contact", contacts.edit, _FORM),
    ("/homes/<home_id>/contacts/<contact_id>/remove", "remove_contact", contacts.remove, _DO),
    ("/homes/<home_id>/sensors", "home_sensors", home.sensors, _SEE),
    ("/homes/<home_id>/sensors", "pair", sensors.pair, _DO),
    ("/homes/<home_id>/sensors/<sensor_id>/unpair", "unpair", sensors.unpair, _DO),
    ("/rules", "rule_sets", rules.index, _SEE),
    ("/rules/new", "new_rule_set", rules.new, _FORM),
    ("/rules/<policy_id>", "rule_set", rules.edit, _FORM),
    ("/rules/<policy_id>/undo", "undo_rules", rules.undo, _DO),
    ("/rules/<policy_id>/remove", "remove_rules", rules.remove, _DO),
    ("/sensors", "sensors", sensors.index, _SEE),
    ("/sensors/pair", "pair_anywhere", sensors.pair_anywhere, _DO),
    ("/sensors/<sensor_id>", "sensor", sensors.edit, _FORM),
    ("/connections/new", "new_connection", connections.new, _FORM),
    ("/connections/<connection_id>/secret", "new_secret", sensors.new_secret, _DO),
    ("/connections/<connection_id>/address", "new_address", sensors.new_address, _DO),
    *trying_out.ROUTES,
    *guest_link.ROUTES,
    ("/needs-you/<alarm_id>", "alarm", alarms.show, _SEE),
    ("/needs-you/<alarm_id>/acknowledge", "acknowledge", alarms.acknowledge, _DO),
)
