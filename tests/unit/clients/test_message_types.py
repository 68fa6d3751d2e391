"""The types of the JavaScript client are those of the contract of today."""

from clients.javascript.generate import MESSAGES, declarations
from services.common.descriptor_set import descriptor_file, read_contracts


def test_the_types_are_made_of_the_contract() -> None:
    made = declarations(read_contracts(descriptor_file().read_bytes()))
    assert MESSAGES.read_text() == made, "the contract has changed: run `make client-types`"
