"""No example of the guide is left out."""

from tests.e2e.guide import test_answers, test_blocks, test_limits, test_sdk
from tests.e2e.guide.examples import EXAMPLES, GUIDE


def test_every_example_is_proved_by_a_test() -> None:
    modules = (test_answers, test_blocks, test_limits, test_sdk)
    proved = [name for module in modules for name in module.PROVES]
    assert set(proved) == set(EXAMPLES)


def test_no_fence_of_the_guide_escapes_the_reader() -> None:
    text = GUIDE.read_text()
    assert text.count("\n```") == 2 * len(EXAMPLES) == 60
