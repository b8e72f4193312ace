"""Settings of the service: one frozen dataclass per group, checked once at the start."""

from __future__ import annotations

from callassist.settings.groups import (
    BackupSettings,
    DatabaseSettings,
    EscalationSettings,
    IngestSettings,
    LiveSettings,
    MailSettings,
    NotificationSettings,
    OidcSettings,
    RetentionSettings,
    ServiceSettings,
    Settings,
    TelephonySettings,
    TransferSettings,
)
from callassist.settings.load import load_settings
from callassist.settings.pms import OAuthClient, PmsSettings
from callassist.settings.twilio import MachineDetection, TwilioSettings
from callassist.settings.values import Bind, LogLevel, TelephonyNetwork

__all__ = [
    "BackupSettings",
    "Bind",
    "DatabaseSettings",
    "EscalationSettings",
    "IngestSettings",
    "LiveSettings",
    "LogLevel",
    "MachineDetection",
    "MailSettings",
    "NotificationSettings",
    "OAuthClient",
    "OidcSettings",
    "PmsSettings",
    "RetentionSettings",
    "ServiceSettings",
    "Settings",
    "TelephonyNetwork",
    "TelephonySettings",
    "TransferSettings",
    "TwilioSettings",
    "load_settings",
]
