"""The drawing of where things come from."""

from api.console.lineage import BOX_WIDTH, COLUMN_GAP, SHOWN, Node, draw


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
