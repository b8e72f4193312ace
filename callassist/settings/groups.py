"""Every setting, one line each; the sentence to each is in config/callassist.example.toml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from callassist.settings import values
from callassist.settings.pms import PmsSettings
from callassist.settings.sensors import MinutSettings, MqttSettings, NetatmoSettings
from callassist.settings.twilio import TwilioSettings


@dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """The service as a whole."""

    data_dir: values.Directory
    public_url: values.HttpUrl
    bind: values.Listen
    trusted_proxies: values.Proxies
    web_threads: values.Threads
    clock_speed: values.Factor
    secret_key: values.Secret  # empty: see secret_key.read_or_make
    log_level: values.Level
    heartbeat_url: values.PingUrl
    development: values.Switch


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """Where everything is kept."""

    url: values.DatabaseUrl


@dataclass(frozen=True, kw_only=True)
class TelephonySettings:
    """The phone network."""

    network: values.Network
    simulated_seed: values.Seed


@dataclass(frozen=True, kw_only=True)
class SpendingSettings:
    """What calls and texts may cost."""

    day_cap: values.Amount
    month_cap: values.Amount
    minute_estimate: values.Price
    text_estimate: values.Price
    price_given_up_after: values.Span


@dataclass(frozen=True, kw_only=True)
class IngestSettings:
    """What sensors send."""

    queue_limit: values.Limit


@dataclass(frozen=True, kw_only=True)
class LiveSettings:
    """Pages that show changes by themselves."""

    bind: values.Listen  # of `callassist live`
    streams: values.Streams
    max_age: values.Span


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """E-mail."""

    url: values.MailUrl
    from_address: values.MailAddress


@dataclass(frozen=True, kw_only=True)
class NotificationSettings:
    """Messages to hosts and staff."""

    vapid_subject: values.Subject
    morning_note_at: values.ClockTime


@dataclass(frozen=True, kw_only=True)
class OidcSettings:
    """A firm's own sign-in: OpenID Connect."""

    issuer: values.Issuer
    client_id: values.Text
    client_secret: values.Secret
    name: values.Text
    scopes: values.Text
    group_claim: values.Text
    roles: values.Text
    only: values.Switch
    break_glass: values.Text


@dataclass(frozen=True, kw_only=True)
class BackupSettings:
    """The nightly backup of the embedded database."""

    dir: values.ResolvedDirectory  # <data_dir>/backups unless set
    keep: values.Count
    at: values.ClockTime


@dataclass(frozen=True, kw_only=True)
class RetentionSettings:
    """How long each kind of data is kept."""

    numbers: values.Span
    readings: values.Span
    reports: values.Span
    log: values.Span
    account_deletion_after: values.Span
    recordings: values.Span


@dataclass(frozen=True, kw_only=True)
class LookupSettings:
    """Whether the phone network is asked what kind of line a number is."""

    on: values.Switch
    kept: values.Span


@dataclass(frozen=True, kw_only=True)
class TransferSettings:
    """How often property-management systems are read, and how much of what they know."""

    every: values.Span
    whole_every: values.Span
    full_every: values.Span
    look_back: values.Span
    look_ahead: values.Span
    contact_before: values.Span
    fresh_within: values.Span
    fresh_wait: values.Span
    readers: values.Threads


@dataclass(frozen=True, kw_only=True)
class EscalationSettings:
    """What DESIGN section 3 calls service settings; the service's clock counts."""

    offer_for: values.Span
    presence_lost_after: values.Span
    miss_limit: values.Count
    decline_quiet: values.Span
    retry_hold: values.Span
    any_language_after: values.Span
    page_supervisor_after: values.Span
    host_told_after: values.Span
    untaken_guest_task_after: values.Span
    untaken_host_task_after: values.Span
    assigned_without_dial: values.Span
    wrap_up_for: values.Span
    wrap_up_closed_after: values.Span
    same_number_gap: values.Span
    call_back_min: values.Span
    call_back_max: values.Span
    doubt_wait: values.Span
    doubt_give_up_after: values.Span
    provider_error_retry: values.Span
    provider_error_limit: values.Count
    cancelled_limit: values.Count
    host_dials_per_contact: values.Count
    calls_per_second: values.Rate
    zombie_after: values.Span
    loud_lately: values.Span
    incidents_per_night: values.Count
    hung_up_under: values.Span
    hold_for: values.Span
    ring_timeout: values.Span
    reconcile_after: values.Span
    own_line_within: values.Span
    phone_ring_timeout: values.Span
    phone_ring_pause: values.Span
    phone_result_after: values.Span
    means_last_for: values.Span
    ring_holder_for: values.Span
    calls_in_ten_minutes: values.Count


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All groups, and the directory that they and the policies, scripts and hours came from."""

    config_dir: Path
    service: ServiceSettings
    database: DatabaseSettings
    telephony: TelephonySettings
    twilio: TwilioSettings
    spending: SpendingSettings
    ingest: IngestSettings
    pms: PmsSettings
    minut: MinutSettings
    netatmo: NetatmoSettings
    mqtt: MqttSettings
    live: LiveSettings
    mail: MailSettings
    notifications: NotificationSettings
    oidc: OidcSettings
    backup: BackupSettings
    retention: RetentionSettings
    lookup: LookupSettings
    transfers: TransferSettings
    escalation: EscalationSettings


GROUPS: dict[str, type] = {
    "service": ServiceSettings,
    "database": DatabaseSettings,
    "telephony": TelephonySettings,
    "telephony.twilio": TwilioSettings,
    "telephony.lookup": LookupSettings,
    "spending": SpendingSettings,
    "ingest": IngestSettings,
    "pms": PmsSettings,
    "minut": MinutSettings,
    "netatmo": NetatmoSettings,
    "mqtt": MqttSettings,
    "live": LiveSettings,
    "mail": MailSettings,
    "notifications": NotificationSettings,
    "oidc": OidcSettings,
    "backup": BackupSettings,
    "retention": RetentionSettings,
    "transfers": TransferSettings,
    "escalation": EscalationSettings,
}

# Variables are CALLASSIST_<GROUP>_<NAME>, but for [service], which needs no group, and these.
SHORT_NAMES: dict[tuple[str, str], str] = {
    ("telephony", "network"): "TELEPHONY",
    ("telephony", "simulated_seed"): "SIMULATED_SEED",
    ("mail", "from_address"): "MAIL_FROM",
    ("notifications", "vapid_subject"): "VAPID_SUBJECT",
    ("notifications", "morning_note_at"): "MORNING_NOTE_AT",
}
