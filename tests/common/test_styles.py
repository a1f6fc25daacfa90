"""Every class of Bootstrap that a page names is in the style sheet that is served."""

import re

from deploy.assets import styles


def test_the_served_style_sheet_holds_what_pages_use() -> None:
    assert styles.SERVED.read_text() == styles.served(), "run: make styles"


def test_no_rule_names_a_variable_that_nothing_declares() -> None:
    def undeclared(css: str) -> set[str]:
        return set(re.findall(r"var\((--bs-[\w-]+)\)", css)) - set(re.findall(r"(--bs-[\w-]+):", css))

    ours = "".join(file.read_text() for file in styles.OURS.glob("*.css"))
    assert undeclared(styles.SERVED.read_text() + ours) <= undeclared(styles.WHOLE.read_text() + ours)
