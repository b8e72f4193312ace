"""Brands that a host connects by signing in at their makers: a link, as pages may only be left
by one."""

from __future__ import annotations

from flask import url_for

from callassist.web.pages import asking

ENDPOINT = "host.leave_for_brand"


def sign_in_url(adapter: str, connection: str = "", account: str = "") -> str | None:
    """Where permission is asked for; None where the administrator registered no client."""
    brand = asking.service().asking.settings.get(adapter)
    if brand is None or not brand.is_set:
        return None
    return url_for(ENDPOINT, brand=adapter, connection=connection or None, account=account or None)
