"""The settings table is what the code reads."""

import re
from pathlib import Path

from deploy.settings_table import COMPOSE, FILE, page

ROOT = Path(__file__).parents[3]


def test_the_configuration_page_is_what_the_code_says() -> None:
    assert FILE.read_text() == page(), "run: python -m deploy.settings_table"


def test_every_setting_is_on_the_page() -> None:
    files = [*ROOT.glob("services/**/*.py"), *ROOT.glob("deploy/**/*.py")]
    sources = [file.read_text() for file in files]
    variables = {
        name for text in sources for name in re.findall(r'setting\(\s*"([A-Z_0-9]+)"', text)
    }
    assert {"JWT_SECRET", "STACK_DIRECTORY"} <= variables
    assert [name for name in sorted(variables) if f"| `{name}`" not in page()] == []


def test_every_variable_of_the_containers_is_on_the_page() -> None:
    variables = set(re.findall(r"\$\{([A-Z_0-9]+)", COMPOSE.read_text()))
    assert "ADDRESS" in variables
    ours = {"SECRETS"}  # the folder that `make up` has made
    assert [name for name in sorted(variables - ours) if f"| `{name}`" not in page()] == []
