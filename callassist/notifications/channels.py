"""The kinds of channel that exist: one line each."""

from __future__ import annotations

from pathlib import Path

from callassist.notifications.apprise_channel import AppriseChannel
from callassist.notifications.email import email_channel
from callassist.notifications.vapid import FILE_NAME, load_or_create_vapid
from callassist.notifications.web_push import WebPush
from callassist.ports.messages import MessageChannel
from callassist.settings import MailSettings, NotificationSettings

KINDS = ("push", "email", "apprise", "voice")  # the phone network rings the last


def build_channels(
    data_dir: Path,
    mail: MailSettings,
    notifications: NotificationSettings,
    *,
    allow_loopback: bool = False,
) -> dict[str, MessageChannel]:
    """The adapter for each kind of channel; `allow_loopback` is for tests and development.

    SettingsError names the setting or file that cannot be used.
    """
    vapid = load_or_create_vapid(data_dir / FILE_NAME)
    subject = notifications.vapid_subject
    return {
        "push": WebPush(vapid, subject=subject, allow_loopback=allow_loopback),
        "email": email_channel(mail.url, mail.from_address, data_dir / "mail"),
        "apprise": AppriseChannel(allow_loopback=allow_loopback),
    }
