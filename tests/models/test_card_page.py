"""A card as a page: tables and pictures inside, nothing from elsewhere, no markup smuggled in."""

from models.card_page import card_page


def test_a_card_is_one_page_with_tables_and_pictures() -> None:
    page = card_page("sme_default 2", "# 标题\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", {"gain_curve.png": b"\x89PNG"})
    assert "<h1>标题</h1>" in page
    assert "<td>2</td>" in page
    assert '<img alt="gain curve" src="data:image/png;base64,iVBORw=="' in page
    assert "http" not in page


def test_markup_in_a_card_stays_text() -> None:
    page = card_page("<b>", "a <script>alert(1)</script>\n", {})
    assert "<script>" not in page
    assert "<title>&lt;b&gt;</title>" in page
