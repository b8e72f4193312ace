"""One incident from the first reading to the report, by nothing but HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from standardwebhooks import Webhook

from tests.web.scene import Scene
from tests.web.world import World


def test_a_loud_home_ends_in_a_report(world_on_each: World) -> None:
    world = world_on_each
    scene = Scene(world)
    post = _sensor(world, scene)
    night(world, scene, post)


def night(world: World, scene: Scene, post: Any) -> None:
    post(80.0)
    sensor = world.get("/sensors?paired=false", scene.host)["items"][0]
    world.ask("PATCH", f"/sensors/{sensor['id']}", scene.host, {"property": scene.home})
    for _ in range(31):
        world.pass_time(minutes=1, step=timedelta(minutes=1))
        world.post("/presence", scene.operator, {"state": "available"})
        post(80.0)
        world.run()
    incident = world.get("/incidents?state=open", scene.host)["items"][0]
    assert incident["state"] == "calling_guest"

    queue = world.get("/call-tasks", scene.operator)["items"]
    assert [(task["state"], task["mine"]) for task in queue] == [("offered", True)]
    task = f"/call-tasks/{queue[0]['id']}"
    card = world.post(f"{task}/accept", scene.operator)
    assert card["guest_name"] == "Robin Example"
    assert card["minutes_of_noise"] == 30
    assert "Robin Example" in " ".join(card["script"]["lines"])
    assert world.post(f"{task}/dial", scene.operator)["answer"] == "dialling"
    world.run()
    for _ in range(40):
        world.pass_time(seconds=15)
        world.post("/presence", scene.operator, {"state": "available"})
        if world.get(task, scene.operator)["state"] == "wrapping_up":
            break
    saved = world.post(
        f"{task}/wrap-up", scene.operator, {"result": "guest_agreed", "note": "Sorry!"}
    )
    assert saved["state"] == "completed"
    assert saved["guest_name"] is None

    for _ in range(7):
        world.pass_time(minutes=1, step=timedelta(minutes=1))
        post(50.0)
        world.run()
    whole = world.get(f"/incidents/{incident['id']}", scene.host)
    assert (whole["state"], whole["resolution"]) == ("closed", "guest_reached")
    assert [one["disposition"] for one in whole["attempts"]] == ["guest_agreed"]
    actions = [
        one["action"]
        for one in world.get(f"/incidents/{incident['id']}/log?limit=200", scene.host)["items"]
    ]
    assert actions[0] == "incident_opened"
    assert actions[-1] == "incident_closed"

    line = world.get(f"/reports?incident={incident['id']}", scene.host)["items"][0]
    report = world.get(f"/reports/{line['id']}.json", scene.host)
    assert report["names"]["guest"] == "Robin Example"
    assert [one["reason"] for one in report["versions"]] == ["calling_ended", "closed"]
    page = world.ask("GET", f"/reports/{line['id']}.html?language=fr", scene.host)
    assert page.content_type == "text/html; charset=utf-8"
    assert "Robin Example" in page.get_data(as_text=True)
    pdf = world.ask("GET", f"/reports/{line['id']}.pdf", scene.host)
    assert pdf.data.startswith(b"%PDF-")
    kinds = {one["kind"] for one in world.get("/notifications", scene.host)["items"]}
    assert {"call_requested", "guest_reached", "report_ready"} <= kinds


def _sensor(world: World, scene: Scene) -> Any:
    made = world.post("/sensor-connections", scene.host, {"adapter": "generic"})
    webhook = Webhook(made["secret"])
    number = 0

    def post(level: float) -> None:
        nonlocal number
        number += 1
        body = f'{{"sensor": "s1", "at": "{world.clock.now().isoformat()}", "level_db": {level}}}'
        real = datetime.now(UTC)
        answer = world.client.post(
            urlsplit(made["hook_url"]).path,
            data=body,
            headers={
                "Content-Type": "application/json",
                "webhook-id": f"m{number}",
                "webhook-timestamp": str(int(real.timestamp())),
                "webhook-signature": webhook.sign(f"m{number}", real, body),
            },
        )
        assert answer.status_code == 202, answer.get_data(as_text=True)

    return post
