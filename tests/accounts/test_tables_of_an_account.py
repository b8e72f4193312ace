"""Of every table that leads to an account, somebody has said what a deletion does with it."""

from __future__ import annotations

from callassist.models import Base

# Of every table that leads to an account, a home, a desk or a person: what a deletion does with it.
GONE = """consent digest duty_span guest_link home_file host_contact host_note idempotency
import_run invitation note_draft notification own_network pms_connection pms_listing pms_message
pms_reservation pms_set_aside policy policy_change property_noise property_tag
recovery_code report report_share role_binding script_version second_factor shift_note
shift_swap sign_in_link sign_in_session stay_file stay_number webhook_delivery webhook_endpoint"""
EMPTIED = """account api_token call_attempt call_task desk desk_link duty_feed false_alarm
guest_reply incident needs_you notification_channel operator phone_ring property sensor
sensor_connection stay
team_change"""
KEPT = {
    "account_deletion": "that it was asked for, and by which id",
    "breach": "measured instants and levels of a home without a name",
    "break_taken": "spans of an operator who has a desk name only",
    "desk_preference": "switches of an operator who has a desk name only",
    "guest_text": "ids, instants and reasons; no number, no words",
    "phone_cost": "ids, instants and amounts; no number",
    "incoming_call": "ids, instants and a keyed hash of a number",
    "incident_log": "ids, masks and salted hashes: the hash chain",
    "intervention": "ids and words out of a list",
    "offer": "ids and instants",
    "recording": "ids, instants and reasons; the sound is gone",
    "presence": "one word about an operator who has a desk name only",
    "shift": "spans of an operator who has a desk name only",
    "service_agreement": "which desk served which id, until when",
}
_LEADS = {"account", "desk", "incident", "operator", "person", "property", "stay"}


def test_a_new_table_about_an_account_has_to_say_what_a_deletion_does_with_it():
    named = {*GONE.split(), *EMPTIED.split(), *KEPT}
    for table in Base.metadata.tables.values():
        if {key.column.table.name for key in table.foreign_keys} & _LEADS:
            assert table.name in named, f"{table.name}: see account_leftovers, then add it here"
    assert named <= Base.metadata.tables.keys()
