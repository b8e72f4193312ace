"""Around the calls: giving one away, notes, the end of a shift, training, and what it costs."""

from __future__ import annotations

from sqlalchemy import event, select

from callassist.models import CallTask, Incident, NoteDraft, ShiftNote
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ANN, BEN, OWNER, Stage


def taken(stage: Stage) -> tuple[Browser, str]:
    """Ann with a call that she took."""
    ann = stage.sign_in(ANN)
    stage.available(ann)
    stage.call_about_home(stage.sign_in(OWNER))
    task = f"/desk/tasks/{stage.task().public_id}"
    ann.post(f"{task}/accept")
    return ann, task


def wrapping_up(stage: Stage) -> tuple[Browser, str]:
    ann, task = taken(stage)
    ann.post(f"{task}/dial")
    stage.world.run()
    for _ in range(40):
        if stage.task().state == "wrapping_up":
            return ann, task
        stage.world.pass_time(seconds=15)
        ann.post("/desk/beat")
    raise AssertionError("the call did not end")


def test_results_say_what_happens_next_before_they_are_saved(stage: Stage) -> None:
    ann, task = wrapping_up(stage)
    page = words_of(ann.page(task))
    assert "The host is told and called." in page
    assert "The host hears after attempt 3." in page
    assert "The number is flagged. No other number is known: the host is called." in page
    assert 'data-key="1"' in ann.page(task)
    foretold = ann.page(f"{task}/outcomes")
    assert "We try again at" in foretold
    assert "<html" not in foretold


def test_save_and_break(stage: Stage) -> None:
    ann, task = wrapping_up(stage)
    ann.post(f"{task}/result", result="guest_agreed", note="", then="break")
    assert 'data-state="break"' in ann.page("/desk")


def test_a_note_is_kept_while_it_is_typed_and_again_on_a_second_device(stage: Stage) -> None:
    ann, task = taken(stage)
    assert ann.post(f"{task}/note", note="They <i>said").location == task
    assert "They &lt;i&gt;said</textarea>" in stage.sign_in(ANN).page(task)
    long = ann.post(f"{task}/note", note="x" * 2001)
    assert long.status_code == 302
    assert "At most 2000 characters" in ann.page("/desk")
    ben = stage.sign_in(BEN)
    assert ben.post(f"{task}/note", note="not mine").status_code == 404
    with stage.world.service.sessions.read() as session:
        assert session.scalars(select(NoteDraft.text)).all() == ["They <i>said"]


def test_a_call_is_handed_over_and_its_note_goes_with_it(stage: Stage) -> None:
    ann, task = taken(stage)
    ben = stage.sign_in(BEN)
    stage.available(ben)
    ann.post(f"{task}/note", note="asked for French")
    answer = ann.post(f"{task}/hand-over", language="fr", reason="language")
    assert answer.location == "/desk#next"
    assert "the call is in French now" in ann.page("/desk")
    stage.world.run()
    assert "A call for you" in ben.page("/desk")
    ben.post(f"{task}/accept")
    page = ben.page(task)
    assert "asked for French</textarea>" in page
    assert "Ann wrote this before you." in page


def test_a_released_call_waits_and_says_why_it_is_not_offered(stage: Stage) -> None:
    ann, task = taken(stage)
    ann.post(f"{task}/release", reason="equipment")
    stage.world.run()
    assert "You gave this one away a moment ago." in ann.page("/desk")


def test_an_offer_is_declined_with_a_reason(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    stage.available(ann)
    stage.call_about_home(stage.sign_in(OWNER))
    task = f"/desk/tasks/{stage.task().public_id}"
    assert ann.post(f"{task}/decline", reason="called_away").location == "/desk#next"
    assert "Declined." in ann.page("/desk")


def test_the_end_of_a_shift_is_five_lines_for_the_next_person(stage: Stage) -> None:
    ann, ben = stage.sign_in(ANN), stage.sign_in(BEN)
    stage.available(ann)
    six = ann.post("/desk/end", text="\n".join("abcdef"))
    assert six.status_code == 422
    assert "a\nb\nc\nd\ne\nf</textarea>" in six.text
    assert "Five lines are enough" in six.text
    ann.post("/desk/end", text="Headset 2 crackles\n<b>Quiet</b> night\n")
    assert 'data-state="offline"' in ann.page("/desk")
    page = ben.page("/desk/start")
    assert "Headset 2 crackles" in page
    assert "&lt;b&gt;Quiet&lt;/b&gt; night" in page
    with stage.world.service.sessions.read() as session:
        assert session.query(ShiftNote).count() == 1
    stage.world.clock.advance(hours=25)
    assert "Headset 2 crackles" not in ben.page("/desk/start")


def test_my_shift_lists_calls_and_corrects_notes_for_a_while(stage: Stage) -> None:
    ann, task = wrapping_up(stage)
    ann.post(f"{task}/result", result="guest_agreed", note="Windos shut")
    page = ann.page("/desk/shift")
    assert "Windos shut</textarea>" in page
    path = f"/desk/shift/{stage.task().public_id}/note"
    ann.post(path, note="Windows shut")
    assert stage.task().note == "Windows shut"
    stage.world.clock.advance(minutes=16)
    late = ann.post(path, note="too late")
    assert late.status_code == 422
    assert "15 minutes" in late.text
    assert "closed; your supervisor can add to it" in ann.page("/desk/shift")
    assert stage.sign_in(BEN).post(path, note="mine").status_code == 404
    assert stage.task().note == "Windows shut"


def test_how_the_desk_rings_is_kept_and_checked(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    ann.post("/desk/preferences", what="tone", tone="marimba", volume="30")
    page = ann.page("/desk")
    assert 'data-tone="marimba" data-volume="30"' in page
    ann.post("/desk/preferences", what="keys")
    assert 'data-shortcuts="off"' in ann.page("/desk")
    ann.post("/desk/preferences", what="tone", tone="trumpet")
    assert "Use one of" in ann.page("/desk")
    ann.post("/desk/preferences", what="tone", volume="900")
    assert "Choose a volume from 1 to 100" in ann.page("/desk")


def test_training_touches_nothing_and_is_remembered(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    assert "Start the training call" in ann.page("/desk")
    assert ann.get("/desk/practice/3-offered").status_code == 404
    for call in ("1", "2"):
        assert "Accept" in ann.page(f"/desk/practice/{call}-offered")
        assert ann.post(f"/desk/practice/{call}-accept").location.endswith(f"{call}-taken")
        assert ann.post(f"/desk/practice/{call}-dial").location.endswith(f"{call}-talking")
        assert ann.post(f"/desk/practice/{call}-hang-up").location.endswith(f"{call}-result")
        assert ann.post(f"/desk/practice/{call}-result", result="").status_code == 422
        if call == "2":  # nobody answered: nobody can have agreed
            refused = ann.post("/desk/practice/2-result", result="guest_agreed")
            assert refused.status_code == 422
            assert "No answer" in ann.page("/desk/practice/2-taken")  # of the attempt before
            assert "It rings …" in ann.page("/desk/practice/2-talking")
        word = "guest_agreed" if call == "1" else "no_answer"
        saved = ann.post(f"/desk/practice/{call}-result", result=word)
        assert "You are trained." in ann.page(saved.location)
        assert "Start the training call" not in ann.page("/desk")
    with stage.world.service.sessions.read() as session:
        assert session.query(CallTask).count() == 0
        assert session.query(Incident).count() == 0


def test_the_queue_costs_the_same_for_one_call_and_for_many(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    stage.more_homes(1, calls=True)
    ann.page("/desk")  # what is noted once a minute is noted now
    paths = "/desk", "/desk/parts?of=desk-now+queue+next"
    few = {path: asked(stage, ann, path) for path in paths}
    stage.more_homes(8, calls=True)
    ann.page("/desk")  # a sign of life is written when the last one is some seconds old
    for path, count in few.items():
        assert asked(stage, ann, path) == count, path


def asked(stage: Stage, browser: Browser, path: str) -> int:
    """How many statements a page sends."""
    statements: list[str] = []
    engine = stage.world.service.sessions.engine
    listener = lambda *args: statements.append(str(args[2]))  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    try:
        browser.page(path)
    finally:
        event.remove(engine, "before_cursor_execute", listener)
    return len(statements)
