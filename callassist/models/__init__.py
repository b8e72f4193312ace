"""Tables, one file per aggregate. Columns and relations only: no queries, no rules."""

from __future__ import annotations

from callassist.models.access import (
    Invitation,
    RecoveryCode,
    SecondFactor,
    SignInSession,
    TeamChange,
)
from callassist.models.account import (
    Account,
    ApiToken,
    DutyFeed,
    DutySpan,
    Idempotency,
    Person,
    RoleBinding,
    SignInLink,
)
from callassist.models.afterwards import FalseAlarm, HostNote, ReportShare
from callassist.models.base import Base
from callassist.models.breaks import BreakTaken, PlannedBreak
from callassist.models.call_rate import CallRate
from callassist.models.deletion import AccountDeletion
from callassist.models.desk import Desk, Operator, Presence, ServiceAgreement, Shift
from callassist.models.desk_notes import DeskPreference, NoteDraft, ShiftNote
from callassist.models.digest import Digest
from callassist.models.guest_link import GuestLink
from callassist.models.guest_reply import GuestReply
from callassist.models.guest_text import GuestText
from callassist.models.inbound_text import InboundText
from callassist.models.incident import (
    CallAttempt,
    CallEvent,
    CallTask,
    Incident,
    IncidentLogEntry,
    Offer,
)
from callassist.models.incoming_call import IncomingCall
from callassist.models.machinery import ImportRun, OutboxEntry, ServiceFact, Timer
from callassist.models.messages import (
    NeedsYou,
    Notification,
    NotificationChannel,
    Report,
    ReportVersion,
)
from callassist.models.nudge import Nudge
from callassist.models.number_lookup import NumberLookup
from callassist.models.own_network import OwnNetwork
from callassist.models.phone_cost import PhoneCost
from callassist.models.phone_ring import PhoneRing
from callassist.models.pms import (
    PmsBudget,
    PmsConnection,
    PmsHint,
    PmsListing,
    PmsMessage,
    PmsReservation,
    PmsSetAside,
    PmsToken,
)
from callassist.models.property import (
    HomeFile,
    HostContact,
    Policy,
    PolicyChange,
    Property,
    PropertyTag,
)
from callassist.models.recording import Recording, RecordingPart
from callassist.models.sensor import (
    Breach,
    NoiseQuarter,
    NoiseReading,
    PropertyNoise,
    Sensor,
    SensorConnection,
)
from callassist.models.sensor_access import SensorAccess
from callassist.models.sensor_broker import SensorBroker, SensorSample
from callassist.models.shift_swap import ShiftSwap
from callassist.models.stay import Consent, Erasure, Stay, StayFile, StayNumber, StopEntry
from callassist.models.supervision import DeskLink, Intervention, ScriptVersion
from callassist.models.webhooks import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Account",
    "AccountDeletion",
    "ApiToken",
    "Base",
    "Breach",
    "BreakTaken",
    "CallAttempt",
    "CallEvent",
    "CallRate",
    "CallTask",
    "Consent",
    "Desk",
    "DeskLink",
    "DeskPreference",
    "Digest",
    "DutyFeed",
    "DutySpan",
    "Erasure",
    "FalseAlarm",
    "GuestLink",
    "GuestReply",
    "GuestText",
    "HomeFile",
    "HostContact",
    "HostNote",
    "Idempotency",
    "ImportRun",
    "InboundText",
    "Incident",
    "IncidentLogEntry",
    "IncomingCall",
    "Intervention",
    "Invitation",
    "NeedsYou",
    "NoiseQuarter",
    "NoiseReading",
    "NoteDraft",
    "Notification",
    "NotificationChannel",
    "Nudge",
    "NumberLookup",
    "Offer",
    "Operator",
    "OutboxEntry",
    "OwnNetwork",
    "Person",
    "PhoneCost",
    "PhoneRing",
    "PlannedBreak",
    "PmsBudget",
    "PmsConnection",
    "PmsHint",
    "PmsListing",
    "PmsMessage",
    "PmsReservation",
    "PmsSetAside",
    "PmsToken",
    "Policy",
    "PolicyChange",
    "Presence",
    "Property",
    "PropertyNoise",
    "PropertyTag",
    "Recording",
    "RecordingPart",
    "RecoveryCode",
    "Report",
    "ReportShare",
    "ReportVersion",
    "RoleBinding",
    "ScriptVersion",
    "SecondFactor",
    "Sensor",
    "SensorAccess",
    "SensorBroker",
    "SensorConnection",
    "SensorSample",
    "ServiceAgreement",
    "ServiceFact",
    "Shift",
    "ShiftNote",
    "ShiftSwap",
    "SignInLink",
    "SignInSession",
    "Stay",
    "StayFile",
    "StayNumber",
    "StopEntry",
    "TeamChange",
    "Timer",
    "WebhookDelivery",
    "WebhookEndpoint",
]
