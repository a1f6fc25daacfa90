"""Every class of Bootstrap that a page names is in the style sheet that is served."""

from deploy.assets import styles


def test_the_served_style_sheet_holds_what_pages_use() -> None:
    assert styles.SERVED.read_text() == styles.served(), "run: make styles"
