"""The command line `snapasset` against the running stack, as a person or a script uses it."""

import csv
import signal
import uuid
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from deploy.local.forks import ForkServer
from deploy.local.stack import Stack
from tests.e2e.shell import SECONDS, Shell

SLOW, FAILING = "[standin: delay=30]", "[standin: fail=moderated]"


@pytest.fixture(params=["envoy", "gateway"])
def shell(request: pytest.FixtureRequest, stack: Stack, tmp_path: Path, forks: ForkServer) -> Shell:
    """A new user, once by the public port and once straight at the gateway."""
    address = f"localhost:{stack.port}" if request.param == "envoy" else stack.gateway_address
    return Shell(address, stack.token(f"user-{uuid.uuid4()}"), tmp_path, forks)


def create(prompt: str, *platforms: str) -> Sequence[str]:
    return ["create", prompt, *(f"--platform={one}" for one in platforms or ("twitter-post",))]


def test_create_shows_progress_and_saves_images_that_can_be_had_again(shell: Shell) -> None:
    prompt = "A lighthouse in a storm"
    code, out, err = shell.run(
        *create(prompt, "twitter-post", "instagram-post"), "--format=png", "--output=images"
    )
    assert (code, err) == (0, "")
    lines = out.splitlines()
    job_id = lines[0].split()[1].rstrip(",")
    assert f"{'█' * 30} 100%  Job completed" in lines
    assert lines[-1] == f"2 images in images/{job_id}/"
    files = {file.name: file.read_bytes() for file in (shell.folder / "images" / job_id).iterdir()}
    sizes = {name: Image.open(BytesIO(content)).size for name, content in files.items()}
    assert sizes == {"twitter-post.png": (1200, 675), "instagram-post.png": (1080, 1080)}

    [job] = shell.json("list", "--status=completed")
    assert (job["jobId"], job["prompt"], job["progress"]) == (job_id, prompt, 100)
    [generation] = shell.json("history")
    assert generation["jobId"] == job_id
    for name in (job_id, generation["generationId"]):
        code, out, _ = shell.run("show", name)
        assert code == 0
        assert prompt in out
        assert f"/images/{generation['images'][0]['url'].partition('/images/')[2]}" in out
    for words in (["download", job_id], ["download", "--all"]):
        assert shell.run(*words)[0] == 0
    for folder in (job_id, generation["generationId"]):
        again = {file.name: file.read_bytes() for file in (shell.folder / folder).iterdir()}
        assert again == files


def test_an_image_is_painted_from_files_which_are_sent_first(shell: Shell) -> None:
    photo, mask = shell.folder / "photo.png", shell.folder / "mask.png"
    Image.new("RGB", (1024, 1024), (200, 10, 10)).save(photo)
    Image.new("RGBA", (1024, 1024), (0, 0, 0, 0)).save(mask)
    words = [f"--reference={photo.name}", f"--mask={mask.name}", "--quality=low"]
    *sent, _, done = (
        one
        for one in shell.json(*create("A lighthouse in a storm"), *words)
        if one.get("type") in (None, "done")
    )
    assert done["result"]["masters"][0]["origin"] == "composite"
    [job] = shell.json("show", done["jobId"])
    assert {job["data"]["mask"], *job["data"]["references"]} == {one["uploadId"] for one in sent}


def test_json_gives_each_message_of_the_api_as_a_line(shell: Shell) -> None:
    created, *events = shell.json(*create("A lighthouse in a storm"))
    assert created["status"] == "queued"
    assert [events[0]["type"], events[-1]["type"]] == ["connected", "done"]
    assert events[-1]["result"]["images"][0]["platformId"] == "twitter-post"
    assert {row["id"] for row in shell.json("platforms")} >= {"twitter-post"}
    for words in (["stats"], ["queue"]):
        [stats] = shell.json(*words)
        assert stats["completed"] >= 1
    [job] = shell.json("show", created["jobId"])
    assert (job["jobId"], job["status"]) == (created["jobId"], "completed")
    [used] = shell.json("usage")
    assert (used["userId"], used["images"]) == (job["data"]["userId"], 1)
    [none] = shell.json("usage", "--month", "2025-01")
    assert (none["month"], none["images"]) == ("2025-01", 0)


def test_a_failed_job_is_exit_code_3_with_its_reason_and_can_be_retried(shell: Shell) -> None:
    code, out, _ = shell.run(*create(f"A lighthouse {FAILING}"))
    assert code == 3
    assert out.splitlines()[-1].startswith("Job failed: ")
    [job] = shell.json("list", "--status=failed")
    [answer] = shell.json("retry", job["jobId"])
    assert answer["status"] == "retrying"
    assert shell.run("watch", job["jobId"])[0] == 3
    code, _, err = shell.run("download", job["jobId"])
    assert (code, err.count("\n")) == (1, 1)
    assert "is failed; it has no images. (NO_IMAGES)" in err


def test_a_detached_job_can_be_waited_for_some_time_and_cancelled(shell: Shell) -> None:
    [created] = shell.json(*create(f"A lighthouse {SLOW}"), "--detach")
    job_id = created["jobId"]
    code, out, err = shell.run("watch", job_id, "--timeout", "1")
    assert (code, err) == (1, "snapasset: The job has not ended after 1 s. (TIMEOUT)\n")
    assert f"snapasset cancel {job_id}" in out
    assert shell.run("cancel", job_id) == (0, "Job cancelled successfully\n", "")
    code, out, _ = shell.run("watch", job_id)
    assert (code, out.splitlines()[-1]) == (3, "Job cancelled")


def test_ctrl_c_stops_the_watching_and_not_the_job(shell: Shell) -> None:
    with shell.start(*create(f"A lighthouse {SLOW}")) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (130, "snapasset: Stopped.\n")
    assert "The job goes on: snapasset watch gen-" in out
    [job] = shell.json("list")
    assert job["status"] in ("waiting", "active")
    shell.run("cancel", job["jobId"])


def test_an_administrator_steers_the_queue(shell: Shell, stack: Stack) -> None:
    token = stack.token("root", role="admin")
    root = Shell(shell.environ["SNAPASSET_ADDRESS"], token, shell.folder, shell.forks)
    assert "(FORBIDDEN, " in shell.run("queue", "pause")[2]
    assert root.run("queue", "pause") == (0, "The queue is paused.\n", "")
    assert "The queue is paused." in shell.run("queue")[1]
    assert root.run("queue", "resume") == (0, "The queue runs.\n", "")
    code, out, _ = root.run("queue", "clean", "--status", "failed", "--grace", "86400000")
    assert (code, out) == (0, "Forgot 0 failed jobs.\n")


def test_an_administrator_deletes_a_user_after_typing_the_id(shell: Shell, stack: Stack) -> None:
    user = f"user-{uuid.uuid4()}"
    owner = Shell(shell.environ["SNAPASSET_ADDRESS"], stack.token(user), shell.folder, shell.forks)
    root = Shell(
        shell.environ["SNAPASSET_ADDRESS"],
        stack.token("root", role="admin"),
        shell.folder,
        shell.forks,
    )
    assert owner.run(*create("A lighthouse in a storm"))[0] == 0
    assert "(FORBIDDEN, " in owner.run("delete-user-data", user, "--yes")[2]
    for typed in ("", "\n", "user-1\n"):
        code, out, err = root.run("delete-user-data", user, typed=typed)
        assert (code, out) == (1, "")
        assert err.endswith("Type the id again: snapasset: Nothing was deleted.\n")
    assert len(owner.json("history")) == 1
    code, out, _ = root.run("delete-user-data", user, typed=f"{user}\n")
    assert code == 0
    assert out == f"Deleted 1 job, 1 generation and 3 files.\nNothing is left of {user}.\n"
    assert owner.json("history") == owner.json("list") == []
    [answer] = root.json("delete-user-data", user, "--yes")
    assert (answer["userId"], answer["done"], answer["deletedFiles"]) == (user, True, 0)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["watch", "gen-1640000000000-0123456789abcdef0123456789abcdef"], "JOB_NOT_FOUND"),
        (["download", str(uuid.UUID(int=7))], "GENERATION_NOT_FOUND"),
        (create("Too short"), "INVALID_REQUEST"),
        (["--token", "wrong", "stats"], "UNAUTHORIZED"),
        (["--user", "somebody-else", *create("A lighthouse in a storm")], "FORBIDDEN"),
    ],
)
def test_a_refusal_is_one_line_with_code_and_request_id(
    shell: Shell, words: Sequence[str], code: str
) -> None:
    exit_code, out, err = shell.run(*words)
    assert (exit_code, out) == (1, "")
    assert err.count("\n") == 1
    assert f" ({code}, " in err


def test_a_service_that_is_not_there_is_one_line(tmp_path: Path, forks: ForkServer) -> None:
    lost = Shell("127.0.0.1:1", "token", tmp_path, forks)
    assert lost.run("platforms")[0] == 1
    told = "The API cannot be reached. It was tried at http://127.0.0.1:1. (NETWORK_ERROR"
    assert told in lost.run("stats")[2]


def test_a_reader_that_has_seen_enough_is_no_error(shell: Shell) -> None:
    with shell.start("platforms") as process:
        assert process.stdout is not None
        process.stdout.close()
        _, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, "")


def test_what_was_bought_is_cut_again_and_saved(shell: Shell) -> None:
    shell.run(*create("A lighthouse in a storm"))
    [bought] = shell.json("history")
    master = bought["masters"][0]
    box = f"0,0,{master['height']},{master['height']}"
    typed = ("-p", "instagram-post", "--size", "108x135", "--crop", box, "--format", "webp")
    code, _, err = shell.run("cut", bought["generationId"], *typed, "-o", "again")
    assert code == 0, err
    [folder] = (shell.folder / "again").iterdir()
    files = {file.name: Image.open(BytesIO(file.read_bytes())) for file in folder.iterdir()}
    sizes = {name: picture.size for name, picture in files.items()}
    assert sizes == {"instagram-post.webp": (1080, 1080), "108x135.webp": (108, 135)}
    [after] = shell.json("history")
    assert len(after["renditions"]) == 3
    assert shell.json("usage")[0]["images"] == 1
    assert shell.run("cut", bought["generationId"], "-p", "myspace")[0] == 1


def test_a_campaign_is_seen_through_and_a_second_run_buys_nothing(shell: Shell) -> None:
    file, results = shell.folder / "campaign.csv", shell.folder / "campaign.results.csv"
    rows = ["prompt,platforms,format", '"A mill, by a river",x-post instagram-story,png']
    file.write_text("\n".join([*rows, "A castle in the clouds,twitter-post,", *rows[1:]]))
    code, out, err = shell.run("batch", "campaign.csv")
    assert (code, err) == (0, ""), out
    assert "3 of 3 jobs ended" in out
    with results.open(newline="") as written:
        images = list(csv.DictReader(written))
    assert [(one["line"], one["platform"]) for one in images] == [
        ("2", "x-post"),
        ("2", "instagram-story"),
        ("3", "twitter-post"),
        ("4", "x-post"),
        ("4", "instagram-story"),
    ]
    assert all(one["url"].startswith("http") and one["status"] == "completed" for one in images)
    assert images[0]["prompt"] == "A mill, by a river"
    assert len(shell.json("list")) == 3
    assert shell.run("batch", "campaign.csv")[0] == 0
    results.unlink()  # as if the first run had died before it noted anything
    assert shell.run("batch", "campaign.csv")[0] == 0
    assert len(shell.json("list")) == 3
    file.write_text("\n".join([rows[0], "A harbour at noon,twitter-post,", "short,myspace,gif"]))
    code, out, err = shell.run("batch", "campaign.csv")
    assert (code, out) == (1, "")
    assert "Nothing was sent. line 3: prompt must have 10 to 4,000 characters, has 5" in err
    assert "line 3: platforms: 'myspace' is unknown" in err
    assert "line 3: format must be one of jpeg, png" in err
