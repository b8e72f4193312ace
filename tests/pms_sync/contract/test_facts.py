"""What a connector says of itself is whole: pages and schedules believe it."""

from __future__ import annotations

from pathlib import Path

from tests.pms_sync.contract.vendors import Entry

_DOCS = Path(__file__).parents[3] / "docs" / "connections"


def test_a_form_says_of_every_credential_what_it_is_and_where_to_find_it(entry: Entry):
    form = entry.connector.facts.form
    assert form.fields or form.oauth
    assert len({field.name for field in form.fields}) == len(form.fields)
    for field in form.fields:
        assert field.label
        assert field.help
        assert not field.choices or field.default in dict(field.choices)


def test_a_rate_counts_by_connection_or_by_service(entry: Entry):
    for rate in entry.connector.facts.rates:
        assert rate.scope in ("connection", "service")
        assert rate.requests > 0
        assert rate.span.total_seconds() >= 1


def test_every_connector_has_a_page_that_says_what_it_was_tried_against(entry: Entry):
    text = (_DOCS / f"{entry.vendor}.md").read_text()
    assert "Tried against:" in text
    assert len(text.splitlines()) <= 60


def test_hooks_that_a_host_sets_up_have_steps(entry: Entry):
    facts = entry.connector.facts
    if facts.abilities.webhooks and not facts.hooks.registered_by_us:
        assert facts.hooks.steps
    assert not facts.base_url.endswith("/")
