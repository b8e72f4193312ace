"""Reads a document as strictly as it can be read; every liberty taken is a violation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree import ElementTree

from tests.twilio_server.grammar import TEXT_VERBS, VERBS, VOICE_VERBS

XML = ("text/xml", "application/xml")
LONGEST = 64 * 1024
Violated = Callable[[str], None]


@dataclass
class Element:
    """A verb or noun with its words, attributes and what stands inside."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)


def read_document(
    body: str, *, content_type: str, violated: Violated, of_text: bool = False
) -> list[Element] | None:
    """The verbs of a document in order; None when it is none at all."""
    if content_type.split(";")[0].strip().lower() not in XML:
        violated(f"a document must be text/xml, not {content_type!r}: {body[:80]!r}")
        return None
    if len(body.encode()) > LONGEST:
        violated(f"a document of {len(body.encode())} bytes")
        return None
    try:
        root = ElementTree.fromstring(body.encode())
    except ElementTree.ParseError as error:
        violated(f"not XML ({error}): {body[:80]!r}")
        return None
    if root.tag != "Response" or root.attrib or (root.text or "").strip():
        violated(f"the document must be a bare <Response>: {body[:80]!r}")
        return None
    verbs = TEXT_VERBS if of_text else VOICE_VERBS
    found = [_read(child, verbs, "Response", violated) for child in root]
    _check_order(found, violated)
    return [verb for verb in found if verb.name in VERBS]


def _check_order(verbs: list[Element], violated: Violated) -> None:
    for place, verb in enumerate(verbs[:-1]):
        if verb.name in ("Hangup", "Redirect", "Reject"):
            violated(f"nothing is reached after <{verb.name}>: <{verbs[place + 1].name}>")


def _read(
    node: ElementTree.Element, allowed: tuple[str, ...], inside: str, violated: Violated
) -> Element:
    element = Element(node.tag, dict(node.attrib), (node.text or "").strip())
    rules = VERBS.get(node.tag)
    if rules is None or node.tag not in allowed:
        violated(f"<{node.tag}> may not stand in <{inside}>")
        return element
    if (node.tail or "").strip():
        violated(f"words between elements of <{inside}>: {(node.tail or '').strip()[:40]!r}")
    for name, value in node.attrib.items():
        check = rules.attributes.get(name)
        if check is None:
            violated(f"<{node.tag}> has no attribute {name!r}")
        elif not check(value):
            violated(f'<{node.tag} {name}="{value}"> has a value that Twilio does not know')
    for name in rules.required:
        if name not in node.attrib:
            violated(f"<{node.tag}> needs the attribute {name!r}")
    element.children = [_read(child, rules.children, node.tag, violated) for child in node]
    _check_words(element, violated)
    return element


def _check_words(element: Element, violated: Violated) -> None:
    rules = VERBS[element.name]
    if element.text and element.children and rules.children:
        violated(f"<{element.name}> has both words and elements: {element.text[:40]!r}")
    if element.text and (rules.text is None or not rules.text(element.text)):
        violated(f"<{element.name}> may not contain {element.text[:40]!r}")
    if not element.text and not element.children and not rules.is_empty_fine:
        violated(f"<{element.name}> is empty")
    if element.name == "Play" and not element.text and "digits" not in element.attributes:
        violated("<Play> is empty")
