"""Topic filters of MQTT: `home/+/noise`; what stands for the wildcards names the sensor."""

from __future__ import annotations

from callassist.errors import InvalidInput

LONGEST_TOPIC = 255


def check_filter(topic_filter: str) -> None:
    """Raise InvalidInput unless it is a filter that a broker takes and that names something."""
    if not topic_filter or len(topic_filter) > LONGEST_TOPIC or "\x00" in topic_filter:
        raise InvalidInput(f"give a topic of 1 to {LONGEST_TOPIC} characters", "topic")
    if topic_filter.startswith("$"):
        raise InvalidInput("topics that begin with $ are the broker's own", "topic")
    levels = topic_filter.split("/")
    if topic_filter == "#" or levels == ["+"] * len(levels):
        raise InvalidInput("name the topic of your sound meters: this is every message", "topic")
    for place, level in enumerate(levels):
        if level != "+" and "+" in level:
            raise InvalidInput("a + stands alone between two strokes, like home/+/noise", "topic")
        if "#" in level and (level != "#" or place != len(levels) - 1):
            raise InvalidInput("a # stands alone at the end, like home/noise/#", "topic")


def sensor_of(topic_filter: str, topic: str) -> str | None:
    """What the wildcards of the filter stand for in `topic`, else the whole topic.

    None when the filter does not fit.
    """
    named: list[str] = []
    levels = topic.split("/")
    filters = topic_filter.split("/")
    for place, wanted in enumerate(filters):
        if wanted == "#":
            named += levels[place:]
            return "/".join(named) or topic
        if place >= len(levels) or wanted not in ("+", levels[place]):
            return None
        if wanted == "+":
            named.append(levels[place])
    if len(levels) != len(filters):
        return None
    return "/".join(named) or topic
