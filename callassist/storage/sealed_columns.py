"""Where sealed values and keyed indexes are. A test fails when a model has one that is not here."""

from __future__ import annotations

# Columns of models.types.Sealed.
SEALED: dict[str, tuple[str, ...]] = {
    "call_attempt": ("number",),
    "desk": ("duty_phone",),
    "digest": ("address", "stop_token"),
    "duty_span": ("phone",),
    "guest_link": ("token",),
    "guest_reply": ("words",),
    "home_file": ("content",),
    "host_contact": ("phone",),
    "idempotency": ("body",),
    "notification_channel": ("address",),
    "operator": ("phone",),
    "own_network": ("auth_token", "auth_token_secondary", "signing_key", "api_key_secret"),
    "recording_part": ("content",),
    "phone_ring": ("number",),
    "pms_connection": ("credentials", "hook_token", "hook_secrets"),
    "pms_reservation": ("said",),
    "pms_set_aside": ("raw",),
    "pms_token": ("token",),
    "second_factor": ("secret",),
    "sensor_access": ("token",),
    "sensor_broker": ("password",),
    "sensor_connection": ("secret", "previous_secret"),
    "sensor_sample": ("body",),
    "stay": ("guest_name",),
    "stay_file": ("content",),
    "stay_number": ("number", "number_raw"),
    "webhook_endpoint": ("url", "secret", "previous_secret"),
}

# Other columns of bytes; nothing in them is sealed.
NOT_SEALED: dict[str, tuple[str, ...]] = {
    "property_noise": ("state",),
}

# JSON columns that hold {"sealed": <base64 of a sealed value>, ...}, in some rows at least.
SEALED_JSON: dict[str, tuple[str, ...]] = {
    "service_fact": ("value",),
    "stay": ("imported",),
}

# Columns of models.types.KeyedIndex and the sealed column that they index. Without one the number
# itself is not kept, on purpose: such a row is found through a retired key (storage.keys).
INDEXES: dict[str, dict[str, str | None]] = {
    "call_attempt": {"number_index": "number"},
    "consent": {"number_index": None},
    "guest_reply": {"number_index": None},
    "host_contact": {"phone_index": "phone"},
    "incoming_call": {"number_index": None},
    "number_lookup": {"number_index": None},
    "phone_ring": {"number_index": "number"},
    "stay_number": {"number_index": "number"},
    "stop_entry": {"number_index": None},
}
