"""The desk where the phone network dials by itself: nobody is asked for a line of their own."""

from __future__ import annotations

from tests.web.pages.stage import ANN, Stage


def test_a_desk_without_such_a_network_asks_for_no_phone(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    assert "My phone" not in ann.page("/desk/start")
    assert ann.post("/desk/softphone").status_code == 404
    assert "twilio" not in ann.get("/desk/start").headers["Content-Security-Policy"]
