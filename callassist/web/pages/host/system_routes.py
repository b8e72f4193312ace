"""Addresses of the pages about booking systems."""

from __future__ import annotations

from callassist.web.pages.host import pairing, system_form, system_sign_in, systems

_SEE = ["GET"]
_FORM = ["GET", "POST"]
_DO = ["POST"]
_ONE = "/systems/<system_id>"

ROUTES = (
    ("/systems", "systems", systems.index, _SEE),
    ("/systems/new/<vendor>", "connect_system", system_form.connect, _FORM),
    (_ONE, "system", systems.show, _SEE),
    (f"{_ONE}/live", "system_live", systems.fragment, _SEE),
    (f"{_ONE}/runs/<int:run_id>", "system_run", systems.run, _SEE),
    (f"{_ONE}/read", "read_system", systems.read_now, _DO),
    (f"{_ONE}/choices", "choose_for_system", systems.choose_for, _DO),
    (f"{_ONE}/pause", "pause_system", systems.pause, _DO),
    (f"{_ONE}/resume", "resume_system", systems.resume, _DO),
    (f"{_ONE}/remove", "remove_system", systems.remove, _FORM),
    (f"{_ONE}/access", "reconnect_system", system_form.reconnect, _FORM),
    (f"{_ONE}/hook-secret", "hook_secret", systems.hook_secret, _DO),
    (f"{_ONE}/hook-address", "new_hook_address", systems.new_hook_address, _DO),
    (f"{_ONE}/listings", "pair_listings", pairing.page, _FORM),
    (f"{_ONE}/listings/<listing_id>/apart", "part_listing", pairing.apart, _DO),
    (f"{_ONE}/listings/<listing_id>/times", "listing_times", pairing.times, _DO),
    *system_sign_in.ROUTES,
)
