"""What the command line understands and shows."""

import io
import json
import subprocess

import jwt
import pytest
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1 import renditions_pb2 as ren

from clients.python.snapasset_client import SnapAssetError
from clients.python.snapasset_client.cli.arguments import SHELLS
from clients.python.snapasset_client.cli.commands import COMMANDS
from clients.python.snapasset_client.cli.cuts import cut_of
from clients.python.snapasset_client.cli.jobs import order_of
from clients.python.snapasset_client.cli.main import read, run
from clients.python.snapasset_client.cli.screen import Screen, one_line, table
from services.common.version import VERSION

TOKEN = jwt.encode({"sub": "user-7"}, "a secret that is long enough for it")
JOB_ID = "gen-1640000000000-0123456789abcdef0123456789abcdef"
CUT = ["cut", "01932d4e-7f00-7abc-8def-0123456789ab"]
CREATE = ["create", "A lighthouse", "--platform", "twitter-post"]


def event(**more: object) -> pb.WatchJobResponse:
    return pb.WatchJobResponse(
        **{"type": "progress", "progress": 50, "message": "Words", **more}  # type: ignore[arg-type]
    )


def test_the_environment_fills_in_what_is_not_typed() -> None:
    asked = read(CREATE, {"SNAPASSET_ADDRESS": "api:1", "SNAPASSET_TOKEN": TOKEN})
    assert (asked.address, asked.token, asked.user) == ("api:1", TOKEN, "user-7")
    asked = read(["platforms"], {"SNAPASSET_URL": "https://api", "SNAPASSET_ADDRESS": "old:1"})
    assert asked.address == "https://api"
    asked = read([*CREATE, "--address", "api:2", "--user", "u"], {"SNAPASSET_API_KEY": "k"})
    assert (asked.address, asked.api_key, asked.user) == ("api:2", "k", "u")


def test_every_option_of_a_job_can_be_typed() -> None:
    words = {"quality": "hd", "style": "vivid", "format": "avif", "crop": "center"}
    words |= {"masters": "perAspect", "model": "gpt-image-2"}
    words |= {"fit": "contain", "background": "blur", "label": "ai"}
    typed = [part for name, word in words.items() for part in (f"--{name}", word)]
    typed += ["--focal-point", "0.5,0.25", "--variants", "3"]
    asked = read([*CREATE, *typed], {"SNAPASSET_TOKEN": TOKEN})
    options = order_of(asked).options
    assert {name: getattr(options, name) for name in words} == words
    assert (options.focal_point.x, options.focal_point.y) == (0.5, 0.25)
    assert options.variants == 3
    assert {field.name for field, _ in options.ListFields()} == {
        field.name for field in pb.JobOptions.DESCRIPTOR.fields
    }


def test_a_job_may_be_painted_from_uploads() -> None:
    photo, hole = (f"up-1700000000000-{digit * 32}" for digit in "ab")
    order = order_of(
        read([*CREATE, "--reference", photo, "--mask", hole], {"SNAPASSET_TOKEN": TOKEN})
    )
    assert ([*order.references], order.mask) == ([photo], hole)


def test_sizes_may_take_the_place_of_platforms() -> None:
    typed = ["create", "A lighthouse", "--size", "poster=1080x1350", "--size", "wide=1920x400"]
    order = order_of(read(typed, {"SNAPASSET_TOKEN": TOKEN}))
    assert [(one.name, one.width, one.height) for one in order.sizes] == [
        ("poster", 1080, 1350),
        ("wide", 1920, 400),
    ]
    assert not order.platforms


def test_a_size_without_a_name_is_called_by_its_numbers() -> None:
    [one] = order_of(read([*CREATE, "--size", "1080x1350"], {"SNAPASSET_TOKEN": TOKEN})).sizes
    assert (one.name, one.width, one.height) == ("1080x1350", 1080, 1350)


def test_everything_about_a_cut_can_be_typed() -> None:
    words = {"format": "webp", "fit": "contain", "background": "#1a2b3c", "label": "ai"}
    typed = [part for name, word in words.items() for part in (f"--{name}", word)]
    typed += ["-p", "x-post", "--size", "1080x1350", "--master", "2", "--focal-point", "0.5,0.2"]
    boxed = cut_of(read([*CUT, *typed, "--crop", "120,0,900,900"], {"SNAPASSET_TOKEN": TOKEN}))
    box = pb.CropBox(x=120, width=900, height=900)
    point = pb.FocalPoint(x=0.5, y=0.2)
    assert boxed == ren.CreateRenditionsRequest(
        generation_id=CUT[1],
        master=2,
        renditions=[
            ren.RenditionOrder(platform="x-post", crop=box),
            ren.RenditionOrder(name="1080x1350", width=1080, height=1350, crop=box),
        ],
        options=ren.CutOptions(**words, focal_point=point),
    )
    centred = cut_of(read([*CUT, *typed, "--crop", "center"], {"SNAPASSET_TOKEN": TOKEN}))
    assert centred.options.crop == "center"
    assert not any(one.HasField("crop") for one in centred.renditions)


def test_what_is_not_typed_is_left_to_the_service() -> None:
    assert not order_of(read(CREATE, {"SNAPASSET_TOKEN": TOKEN})).options.ListFields()


def test_common_options_stand_before_or_behind_the_command() -> None:
    environ = {"SNAPASSET_TOKEN": TOKEN}
    for words in (["--json", "--address", "a:1", "stats"], ["stats", "--json", "--address", "a:1"]):
        asked = read(words, environ)
        assert (asked.json, asked.address) == (True, "a:1")


@pytest.mark.parametrize(
    ("words", "environ", "complaint"),
    [
        (["stats"], {}, "set SNAPASSET_TOKEN or SNAPASSET_API_KEY"),
        (CREATE, {"SNAPASSET_TOKEN": "no-jwt"}, "say whose job it is"),
        (["download"], {"SNAPASSET_TOKEN": "t"}, "name what to download"),
        (["download", "--all", JOB_ID], {"SNAPASSET_TOKEN": "t"}, "name what to download"),
        (["download", "../x"], {"SNAPASSET_TOKEN": "t"}, "must be a job's or a generation's id"),
        (["watch", "../x"], {"SNAPASSET_TOKEN": "t"}, "must be a job's id"),
        (["--address", "file:///x", "platforms"], {}, "is not an address"),
        (["--image-origin", "file:///x", "platforms"], {}, "is not an address"),
        (["list", "--limit", "0"], {}, "must be a whole number from 1"),
        (["list", "--status", "queued"], {}, "invalid choice"),
        (["list", "--after", "yesterday"], {}, "must be a day or a time"),
        ([*CREATE, "--focal-point", "left"], {}, "must be X,Y such as 0.5,0.3"),
        (["paint"], {}, "invalid choice"),
        (["queue", "stop"], {}, "invalid choice"),
        (["queue", "clean", "--grace", "9" * 99], {}, "must be a whole number from 1"),
        (["list", "--limit", "٣"], {}, "must be a whole number from 1"),
        (["watch", JOB_ID, "--timeout", "nan"], {}, "must be a number of seconds above 0"),
        (["watch", JOB_ID, "--timeout", "-1"], {}, "must be a number of seconds above 0"),
        (["create", "A lighthouse"], {"SNAPASSET_TOKEN": TOKEN}, "--platform or --size"),
        ([*CREATE, "--size", "1080"], {}, "must be such as 1080x1350 or poster=1080x1350"),
        (CUT, {"SNAPASSET_TOKEN": TOKEN}, "--platform or --size"),
        (["cut", JOB_ID, "-p", "x-post"], {}, "must be a generation's id"),
        ([*CUT, "--crop", "0,0,9"], {}, "must be X,Y,WIDTH,HEIGHT in pixels"),
        ([*CREATE, "--style", "\udcff"], {"SNAPASSET_TOKEN": TOKEN}, "is not UTF-8"),
        (["completion", "csh"], {}, "invalid choice"),
        ([], {}, "the following arguments are required: COMMAND"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    words: list[str],
    environ: dict[str, str],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stopped:
        read(words, environ)
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert said.count("\n") == 1
    assert complaint in said


def test_the_version_is_that_of_the_service(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        read(["--version"], {})
    assert (stopped.value.code, capsys.readouterr().out) == (0, f"snapasset {VERSION}\n")


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_can_complete_every_command(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(read(["completion", shell], {})) == 0
    script = capsys.readouterr().out
    assert all(command in script for command in COMMANDS)
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=script, text=True, check=True, timeout=10)


def test_progress_on_a_terminal_is_drawn_over_itself_and_left_before_other_lines() -> None:
    out = io.StringIO()
    screen = Screen(out, live=True)
    screen.progress(event())
    screen.progress(event(progress=100, message="Job completed"))
    screen.say("Next")
    first, second = out.getvalue().split("\r\x1b[K")[1:]
    assert first == f"{'█' * 15}{'░' * 15}  50%  Words"
    assert second == f"{'█' * 30} 100%  Job completed\nNext\n"


def test_progress_elsewhere_is_a_line_for_each_event_that_tells_something() -> None:
    out = io.StringIO()
    screen = Screen(out, live=False)
    for kind in ("connected", "heartbeat", "preview", "progress"):
        screen.progress(event(type=kind))
    assert out.getvalue().count("\n") == 2


def test_json_has_the_fields_of_the_api_and_nothing_for_people() -> None:
    out = io.StringIO()
    screen = Screen(out, as_json=True)
    screen.progress(event(job_id="gen-1"))
    screen.say("for people")
    shown = json.loads(out.getvalue())
    assert (shown["jobId"], shown["progress"], shown["status"]) == ("gen-1", 50, "")


def test_columns_are_aligned_and_prompts_stay_on_their_line() -> None:
    assert table([("a", "bb", "c"), ("aaa", "b", "")]) == ["a    bb  c", "aaa  b"]
    assert table([]) == []
    assert one_line("a\nb\t c") == "a b c"
    assert one_line("x" * 100) == f"{'x' * 59}…"


def test_nothing_of_a_server_is_a_command_to_the_terminal() -> None:
    hostile = "\x1b[2J\x9b\u202e\n\x7f\U000e0041"
    for as_json in (False, True):
        out = io.StringIO()
        screen = Screen(out, as_json=as_json, live=False)
        screen.say(hostile)
        screen.progress(event(message=hostile))
        screen.message(event(message=hostile), *table([(hostile, "x")]))
        lines = out.getvalue().splitlines()
        assert len(lines) == (2 if as_json else 3)
        assert all(line.isprintable() for line in lines)
        assert all(json.loads(line)["message"] == hostile for line in lines if as_json)


@pytest.mark.parametrize("progress", [-(2**31), -1, 101, 2**31 - 1])
def test_a_bar_is_as_long_as_a_bar(progress: int) -> None:
    out = io.StringIO()
    Screen(out, live=False).progress(event(progress=progress))
    assert len(out.getvalue()) < 60


def test_a_time_beyond_all_years_is_an_error_and_no_crash() -> None:
    screen = Screen(io.StringIO(), as_json=True)
    for seconds in (2**62, -(2**62)):
        late = event()
        late.timestamp.seconds = seconds
        with pytest.raises(SnapAssetError, match="no form in JSON"):
            screen.message(late)


def test_an_upload_takes_the_place_of_a_prompt() -> None:
    upload = "up-1640000000000-0123456789abcdef0123456789abcdef"
    typed = ["create", "--source", upload, "--platform", "x-post"]
    order = order_of(read(typed, {"SNAPASSET_TOKEN": TOKEN}))
    assert (order.source.upload_id, order.prompt) == (upload, "")
