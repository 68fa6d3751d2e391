"""The settings table is what the code reads."""

from deploy.settings_table import FILE, page


def test_the_configuration_page_is_what_the_code_says() -> None:
    assert FILE.read_text() == page(), "run: python -m deploy.settings_table"
