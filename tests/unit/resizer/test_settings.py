import pytest

from services.common.settings import SettingsError, load
from services.resizer.settings import ResizerSettings


def test_everything_has_a_default() -> None:
    settings = load(ResizerSettings, {})
    assert (settings.port, settings.max_bytes, settings.max_pixels) == (50053, 2**25, 40_000_000)
    assert settings.concurrency >= 1


def test_every_wrong_setting_is_named_at_once() -> None:
    wrong = {
        "RESIZER_MAX_PIXELS": "0",
        "RESIZER_MAX_SIDE": "20000",
        "RESIZER_QUEUE": "-1",
        "RESIZER_CONCURRENCY": "many",
    }
    with pytest.raises(SettingsError) as refusal:
        load(ResizerSettings, wrong)
    assert all(name in str(refusal.value) for name in wrong)
