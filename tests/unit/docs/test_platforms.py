from deploy.platforms_table import FILE, page


def test_the_page_of_platforms_is_what_the_table_says() -> None:
    assert FILE.read_text() == page(), "run: python -m deploy.platforms_table"
