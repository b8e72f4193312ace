"""The package of YAML that a Home Assistant takes as it is."""

from __future__ import annotations

_PACKAGE = """\
# Call Assist: packages/call_assist.yaml
# configuration.yaml needs once:
#   homeassistant:
#     packages: !include_dir_named packages
rest_command:
  call_assist:
    url: "{url}"
    method: post
    content_type: "application/json"
    timeout: 10
{headers}    payload: >-
      {{{{ {{"sensor": sensor,
          "state": states(sensor),
          "unit": state_attr(sensor, "unit_of_measurement"),
          "at": now().isoformat(),
          "reported_at": (states[sensor].last_reported
            | default(states[sensor].last_updated)).isoformat()}} | tojson }}}}

automation:
  - id: call_assist_levels
    alias: "Call Assist: send sound levels"
    mode: parallel
    triggers:
      - trigger: time_pattern
        minutes: "/1"
    actions:
      - repeat:
          for_each:
            # your sound level sensors, one a line
            - sensor.hall_sound_level
          sequence:
            - condition: template
              value_template: "{{{{ states[repeat.item] is not none }}}}"
            - action: rest_command.call_assist
              data:
                sensor: "{{{{ repeat.item }}}}"
"""
_HEADERS = """\
    headers:
      authorization: "Bearer {secret}"
"""


def package(url: str, secret: str | None) -> str:
    """The text to save; `secret` is what it proves itself with, if the connection has one."""
    headers = "" if secret is None else _HEADERS.format(secret=secret)
    return _PACKAGE.format(url=url, headers=headers)
