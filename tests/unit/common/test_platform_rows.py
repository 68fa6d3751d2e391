"""A table of platforms is taken as it is, or refused with each of its mistakes."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.platform_rows import WrongTable, read_rows
from services.common.targets import FORMATS, Covered

ROW: dict[str, Any] = {"id": "blog-banner", "name": "Blog Banner", "width": 1600, "height": 400}
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from([*ROW]), inner),
)


def complaint(rows: Any) -> str:
    with pytest.raises(WrongTable) as error:
        read_rows(json.dumps(rows))
    return str(error.value)


def test_a_row_needs_four_columns_and_may_have_all() -> None:
    [short] = read_rows(json.dumps([ROW])).values()
    assert (short.formats, short.covered, short.max_bytes) == (FORMATS, (), None)
    more = {"network": "Ours", "max_bytes": 90_000, "formats": ["png"], "source": "", "as_of": ""}
    [whole] = read_rows(json.dumps([{**ROW, **more, "covered": [[0, 0, 1, 0.2]]}])).values()
    assert whole.covered == (Covered(left=0, top=0, right=1, bottom=0.2),)
    assert (whole.max_bytes, whole.formats) == (90_000, ("png",))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "Blog"}, "row 1 id must be"),
        ({"id": "-blog"}, "row 1 id must be"),
        ({"id": "a/b"}, "row 1 id must be"),
        ({"id": "master"}, "not master"),
        ({"id": "x" * 41}, "row 1 id must be"),
        ({"name": " "}, "row 1 name must be"),
        ({"name": "A\nB"}, "row 1 name must be"),
        ({"name": "A\u202eB"}, "row 1 name must be"),
        ({"width": 15}, "row 1 width must be 16 to 4096"),
        ({"width": 4097}, "row 1 width must be 16 to 4096"),
        ({"width": "1600"}, "row 1 width must be"),
        ({"width": True}, "row 1 width must be"),
        ({"height": 400.5}, "row 1 height must be"),
        ({"max_bytes": 0}, "row 1 max_bytes must be"),
        ({"formats": []}, "row 1 formats must be"),
        ({"formats": ["gif"]}, "row 1 formats must be"),
        ({"formats": ["png", "png"]}, "row 1 formats must be"),
        ({"formats": [["png"]]}, "row 1 formats must be"),
        ({"covered": [[0, 0, 1]]}, "row 1 covered must be"),
        ({"covered": [[0, 0, 1, 2]]}, "row 1 covered must be"),
        ({"covered": [[1, 0, 0, 1]]}, "row 1 covered must be"),
        ({"covered": [[0, 0, 1, 0.1]] * 9}, "row 1 covered must be"),
        ({"colour": "red"}, "row 1 has unknown columns: colour"),
    ],
)
def test_each_wrong_value_is_named_with_its_row(change: dict[str, Any], words: str) -> None:
    assert words in complaint([{**ROW, **change}])


def test_all_mistakes_are_named_at_once() -> None:
    told = complaint([{"id": "Blog"}, {**ROW, "width": 0}, ROW, ROW, 7])
    for words in (
        "row 1 lacks height, name, width",
        "row 1 id",
        "row 2 width",
        "row 5 must be an object",
        "there are two rows blog-banner",
    ):
        assert words in told


@pytest.mark.parametrize("text", ["", "{}", "[]", "[" * 100_000, '[{"id": "a", "id": "b"}]', "7"])
def test_what_is_no_list_of_rows_is_refused(text: str) -> None:
    with pytest.raises(WrongTable):
        read_rows(text)


@settings(max_examples=40)
@given(st.lists(st.dictionaries(st.sampled_from([*ROW, "covered", "formats"]), values)) | values)
def test_any_json_is_a_table_or_refused(rows: Any) -> None:
    try:
        found = read_rows(json.dumps(rows))
    except WrongTable:
        return
    assert found
