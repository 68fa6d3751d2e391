"""The stack does what its OpenAPI document says, to requests that nobody would think of."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.stack import Stack

CONFIG = Path(__file__).with_name("schemathesis.toml")
PATIENCE_SECONDS = 900
ENOUGH = 1_500
EXAMPLES = int(os.environ.get("EXAMPLES", "30"))
"""How many random requests `make fuzz` makes up for each operation."""

OWNER = "generated-1"
"""As the config says."""


@pytest.mark.parametrize(
    "examples",
    [
        # Most requests follow from the document and are always made; these are the random ones.
        pytest.param(3, id="short"),
        pytest.param(EXAMPLES, id="long", marks=pytest.mark.long),
    ],
)
def test_thousands_of_generated_requests_find_no_fault_and_no_foreign_shape(
    stack: Stack, tmp_path: Path, examples: int
) -> None:
    # An admin, so that the queue's operations are more than a 403; of no other test, so that what
    # is left behind, such as webhooks, is in nobody's way.
    token = stack.token(OWNER, role="admin")
    command = [
        *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
        *("--config-file", str(CONFIG)),
        *("run", f"{stack.base_url}/api-docs/openapi.json"),
        *("--header", f"Authorization: Bearer {token}"),
        *("--max-examples", str(examples)),
        *("--seed", "1", "--generation-database", "none"),
        *("--warnings", "off", "--no-color"),
    ]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    generated = re.search(r"(\d+) generated", done.stdout)
    assert generated, done.stdout
    sys.stdout.write(f"{generated[0]} requests\n")  # `make fuzz` shows it
    assert int(generated[1]) >= ENOUGH
