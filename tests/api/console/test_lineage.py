"""The drawing of where things come from."""

import pytest

from api.console.lineage import BOX_WIDTH, COLUMN_GAP, SHOWN, Node, draw, lines_of


def test_columns_stand_from_left_to_right_and_are_joined() -> None:
    drawing = draw([[Node("税务")], [], [Node("F18"), Node("F15")], [Node("feature")]], "+{n}")
    assert [(box.node.text, box.x // (BOX_WIDTH + COLUMN_GAP)) for box in drawing.boxes] == [
        ("税务", 0), ("F18", 1), ("F15", 1), ("feature", 2),
    ]  # fmt: skip
    assert len(drawing.paths) == 4
    assert all(0 <= box.y <= drawing.height and box.x + BOX_WIDTH <= drawing.width for box in drawing.boxes)


def test_what_does_not_fit_is_counted() -> None:
    drawing = draw([[Node(str(number)) for number in range(SHOWN + 5)]], "{n} more")
    assert len(drawing.boxes) == SHOWN
    assert drawing.boxes[-1].node.text == "6 more"


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw([[], []], "").boxes == ()


def test_only_what_leads_there_is_joined() -> None:
    drawing = draw(
        [[Node("税务", frozenset({"F18"})), Node("市场监管", frozenset({"F01"}))], [Node("F18"), Node("F01")]], ""
    )
    assert len(drawing.paths) == 2
    heights = [(path.split("C")[0].split()[-1], path.split()[-1]) for path in drawing.paths]
    assert all(start == end for start, end in heights)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("", [""], id="nothing"),
        pytest.param("近24个月欠税次数", ["近24个月欠税次数"], id="short"),
        pytest.param("一" * 12, ["一" * 12], id="twelve characters fit"),
        pytest.param("一" * 25, ["一" * 12, "一" * 12, "一"], id="one more begins a line"),
        pytest.param("一" * 12 + "）", ["一" * 11, "一）"], id="no line begins with a closing bracket"),
        pytest.param("x" * 21, ["x" * 20, "x"], id="a long word is broken"),
        pytest.param("Tax-arrears notices in the last 24 months", ["Tax-arrears notices", "in the last 24", "months"],
                     id="broken between words"),
        pytest.param("F18 " + "一" * 20, ["F18 " + "一" * 9, "一" * 11], id="no line ends with a short word alone"),
    ],
)  # fmt: skip
def test_a_long_text_is_set_in_lines_and_whole(text: str, lines: list[str]) -> None:
    assert lines_of(text) == lines


def test_a_box_is_as_high_as_the_longest_text_wants() -> None:
    low, high = draw([[Node("一")]], ""), draw([[Node("一")], [Node("一" * 40)]], "")
    assert high.height > low.height
    for box in high.boxes:
        assert [text for _, text in box.lines] == lines_of(box.node.text)
        assert all(box.y < y < box.y + box.height for y, _ in box.lines)
