"""The settings table is what the code reads."""

import re
from pathlib import Path

from deploy.settings_table import FILE, page

SERVICES = Path(__file__).parents[3] / "services"


def test_the_configuration_page_is_what_the_code_says() -> None:
    assert FILE.read_text() == page(), "run: python -m deploy.settings_table"


def test_every_setting_of_a_service_is_on_the_page() -> None:
    sources = [file.read_text() for file in SERVICES.rglob("settings.py")]
    variables = {
        name for text in sources for name in re.findall(r'setting\(\s*"([A-Z_0-9]+)"', text)
    }
    assert "JWT_SECRET" in variables
    assert [name for name in sorted(variables) if f"| `{name}`" not in page()] == []
