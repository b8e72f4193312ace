"""What is used lately is remembered, and never more than allowed."""

from __future__ import annotations

from callassist.storage.recent import Recent


def test_the_later_half_is_always_remembered_and_the_oldest_goes_first() -> None:
    recent: Recent[int, str] = Recent(4)
    for key in range(100):
        recent.put(key, str(key))
        kept = [each for each in range(100) if recent.get(each) is not None]
        assert len(kept) <= 4
        assert kept == list(range(kept[0], key + 1))
        assert len(kept) >= min(2, key + 1)


def test_a_value_put_again_is_the_new_one_also_when_the_old_one_is_half_forgotten() -> None:
    recent: Recent[str, int] = Recent(4)
    recent.put("a", 1)
    recent.put("b", 2)
    recent.put("a", 3)
    assert recent.get("a") == 3
    recent.clear()
    assert recent.get("a") is None
