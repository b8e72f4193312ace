"""Telling people: what is said, to whom, through which channel, and what became of it."""

from __future__ import annotations

from callassist.notifications.apprise_channel import check_apprise_url
from callassist.notifications.channel_test import start_test, test_channel
from callassist.notifications.channels import KINDS, build_channels
from callassist.notifications.deliveries import Delivery, deliveries
from callassist.notifications.email import check_email
from callassist.notifications.fan_out import NOTIFY, notify_deliverer
from callassist.notifications.heartbeat import ping_if_well
from callassist.notifications.morning_note import (
    MORNING_NOTE,
    arm_missing,
    arm_next,
    on_morning_note,
)
from callassist.notifications.needs_you import STEP, acknowledge, on_needs_you_step, waiting
from callassist.notifications.send import send_deliverer
from callassist.notifications.telling import SEND, NotificationStatus, Telling
from callassist.notifications.vapid import application_server_key, load_or_create_vapid
from callassist.notifications.web_push import check_subscription

__all__ = [
    "KINDS",
    "MORNING_NOTE",
    "NOTIFY",
    "SEND",
    "STEP",
    "Delivery",
    "NotificationStatus",
    "Telling",
    "acknowledge",
    "application_server_key",
    "arm_missing",
    "arm_next",
    "build_channels",
    "check_apprise_url",
    "check_email",
    "check_subscription",
    "deliveries",
    "load_or_create_vapid",
    "notify_deliverer",
    "on_morning_note",
    "on_needs_you_step",
    "ping_if_well",
    "send_deliverer",
    "start_test",
    "test_channel",
    "waiting",
]
