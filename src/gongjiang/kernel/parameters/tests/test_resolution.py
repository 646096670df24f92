"""What holds where: nearest first, stricter only, unless the level above opens it."""

from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.parameters.declaration import parameter
from gongjiang.kernel.parameters.resolution import Step, resolve

DAYS = parameter("innovations.publicity_days")  # more days are stricter
steps = st.builds(Step, value=st.integers(1, 9), opens_below=st.booleans(), row=st.none())


@given(st.lists(steps, max_size=6))
def test_what_holds_is_set_by_some_level_and_no_looser_than_what_closes_it(chain: list[Step]) -> None:
    held = resolve(DAYS, chain)
    assert (held in chain) if chain else held is None
    if held is not None and not any(s.opens_below for s in chain):
        assert held.value == max(s.value for s in chain)


@given(st.lists(steps, min_size=1, max_size=6), steps)
def test_adding_a_stricter_level_below_makes_it_hold(chain: list[Step], step: Step) -> None:
    held = resolve(DAYS, chain)
    strict = Step(held.value, step.opens_below, "new")
    assert resolve(DAYS, [*chain, strict]) is strict


def test_open_row_may_be_loosened_below_it_and_no_further() -> None:
    open_, loose, looser = Step(5, True, "city"), Step(3, False, "county"), Step(2, False, "works")
    assert resolve(DAYS, [open_, loose, looser]) == loose
