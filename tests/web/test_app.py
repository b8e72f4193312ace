"""What every response carries, and health for machines."""

from __future__ import annotations

from tests.web.world import World

HOOK = "/hooks/sensors/generic"


def test_every_response_carries_the_services_time_and_safe_headers(world: World) -> None:
    paths = ("/healthz", "/api/v1/incidents", "/nowhere", "/static/report.css", f"{HOOK}/none")
    for path in paths:
        answer = world.client.post(path) if path.startswith("/hooks") else world.client.get(path)
        assert answer.headers["X-Callassist-Now"] == world.clock.now().isoformat()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        answer.close()


def test_an_unknown_sensor_hook_is_404_without_flask(world: World) -> None:
    answer = world.client.post("/hooks/sensors/generic/none", json={})
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_no_visitor_is_looked_for_behind_a_webhook(world: World) -> None:
    for path in ("/hooks/telephony/nobody/token", "/hooks/pms/nobody/token"):
        answer = world.client.post(path)
        assert answer.status_code == 404
        assert "Cookie" not in answer.headers.get("Vary", "")  # so nobody read a session


def test_the_process_lives(world: World) -> None:
    answer = world.client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "checks": {"process": "ok"}}


def test_a_web_process_is_ready_without_the_workers_loops(world: World) -> None:
    answer = world.client.get("/readyz")
    assert answer.status_code == 200
    assert (answer.json or {})["checks"] == {
        "database": "ok",
        "telephony": "ok",
        "backlog": "ok",
        "ingest": "ok",
    }


def test_a_writer_that_stopped_is_not_ready(world: World) -> None:
    world.service.ingest.stop()
    answer = world.client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json or {})["checks"]["ingest"] == "readings are not stored"


def test_metrics_count_and_tell_nothing_personal(world: World) -> None:
    answer = world.client.get("/metrics")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "callassist_readings_accepted_total 0.0\n" in text
    assert "callassist_incidents_open 0.0\n" in text
    assert "callassist_outbox_due 0.0\n" in text


def test_an_unknown_page_is_a_page_and_an_unknown_api_address_is_a_problem(world: World) -> None:
    page = world.client.get("/nowhere")
    assert page.status_code == 404
    assert page.mimetype == "text/html"
    problem = world.client.get("/api/v1/nowhere")
    assert problem.status_code == 404
    assert problem.content_type == "application/problem+json"
    assert (problem.json or {})["title"] == "Not Found"
