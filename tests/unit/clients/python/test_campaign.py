from collections.abc import Sequence
from pathlib import Path

import pytest
from snapasset.gateway.v1 import jobs_pb2 as pb

from clients.python.snapasset_client import SnapAssetError
from clients.python.snapasset_client.cli.campaign import Row, read_campaign
from clients.python.snapasset_client.cli.results import Outcome, read_results, write_results

PLATFORMS = {"x-post", "instagram-story"}
HEAD = "prompt,platforms,sizes,quality"
GOOD = "A mill by a river,x-post,,high"


def read(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Sequence[Row]:
    file = tmp_path / "campaign.csv"
    file.write_text("\n".join(lines), encoding=encoding)
    return read_campaign(file, "ada", PLATFORMS)


def test_each_row_is_a_job(tmp_path: Path) -> None:
    lines = [HEAD, GOOD, "", '"Two\nlines of it","x-post; instagram-story",poster=100x200,']
    rows = read(tmp_path, *lines, encoding="utf-8-sig")
    assert [row.line for row in rows] == [2, 5]
    assert rows[0].order == pb.CreateJobRequest(
        user_id="ada",
        prompt="A mill by a river",
        platforms=["x-post"],
        options=pb.JobOptions(quality="high"),
    )
    assert rows[1].order.platforms == ["x-post", "instagram-story"]
    assert rows[1].order.sizes == [pb.Size(name="poster", width=100, height=200)]


def test_an_option_may_be_a_number(tmp_path: Path) -> None:
    [row] = read(tmp_path, "prompt,platforms,variants", "A mill by a river,x-post,2")
    assert row.order.options.variants == 2


@pytest.mark.parametrize("word", ["5", "0", "-1", "two", "²", "1" * 5000])
def test_a_number_that_is_none_is_named(tmp_path: Path, word: str) -> None:
    with pytest.raises(SnapAssetError, match="line 2: variants must be 1 to 4"):
        read(tmp_path, "prompt,platforms,variants", f"A mill by a river,x-post,{word}")


def test_a_row_has_the_same_mark_wherever_it_stands_and_another_one_the_second_time(
    tmp_path: Path,
) -> None:
    first = read(tmp_path, HEAD, GOOD, GOOD)
    again = read(tmp_path, HEAD, "A castle in the clouds,x-post,,", GOOD, GOOD)
    assert [row.mark for row in again[1:]] == [row.mark for row in first]
    assert len({row.mark for row in again}) == 3


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([""], "line 1 must name the columns, prompt among them; there are prompt, platforms"),
        (["prompt,colour"], "line 1 names a column 'colour'; there are"),
        (["prompt,platforms,prompt"], "line 1 names the column 'prompt' twice"),
        ([HEAD], "no rows"),
        ([HEAD, "short,x-post,,"], "line 2: prompt must have 10 to 4,000 characters, has 5"),
        ([HEAD, "A mill by a river,,,"], "line 2: say what to cut the image for"),
        ([HEAD, "A mill by a river,myspace,,"], "line 2: platforms: 'myspace' is unknown"),
        ([HEAD, "A mill by a river,x-post x-post,,"], "line 2: platforms: one is named twice"),
        ([HEAD, "A mill by a river,,big,"], "line 2: sizes must be such as 1080x1350"),
        ([HEAD, "A mill by a river,x-post,,best"], "line 2: quality must be one of standard"),
        ([HEAD, "A mill by a river,x-post"], "line 2: it has fewer cells than line 1"),
        ([HEAD, GOOD, GOOD + ",x"], "line 3: it has more cells than line 1"),
        (['"prompt'], "line 1: a quotation mark is missing"),
        ([HEAD, GOOD, '"A mill by a river,x-post,,'], "after line 2: a quotation mark is missing"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(
    tmp_path: Path, lines: list[str], complaint: str
) -> None:
    with pytest.raises(SnapAssetError) as error:
        read(tmp_path, *lines)
    assert complaint in error.value.message


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_of_any_country_are_read(tmp_path: Path, delimiter: str) -> None:
    lines = ["Prompt ,Platforms,Quality,,", "A mill at dawn,x-post,high,,", ",,,,", ",,,"]
    rows = read(tmp_path, *(line.replace(",", delimiter) + "\r" for line in lines))
    assert [(row.order.prompt, row.order.options.quality) for row in rows] == [
        ("A mill at dawn", "high")
    ]


def test_another_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(SnapAssetError, match="UTF-8"):
        read(tmp_path, HEAD, "Ein Mühlrad am Fluß,x-post,,", encoding="latin-1")


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    rows, file = read(tmp_path, HEAD, GOOD, GOOD), tmp_path / "results.csv"
    image = pb.JobImage(platform_id="x-post", url="http://x/1.jpg", width=1200, height=675)
    done = Outcome(status="completed", job_id="gen-1", batch_id="batch-1", images=[image, image])
    refused = Outcome(status="refused", error="=HYPERLINK(1)")
    assert read_results(file) == {}
    write_results(file, [(rows[0], done), (rows[1], refused)])
    found = read_results(file)
    assert found[rows[0].mark] == done
    assert found[rows[1].mark].error == "'=HYPERLINK(1)", "a spreadsheet would run it"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_results_that_a_spreadsheet_has_saved_are_read(tmp_path: Path, delimiter: str) -> None:
    rows, file = read(tmp_path, HEAD, GOOD), tmp_path / "results.csv"
    done = Outcome(status="waiting", job_id="gen-1", batch_id="batch-1")
    write_results(file, [(rows[0], done)])
    saved = file.read_text().replace(",", delimiter)
    file.write_text(saved, encoding="utf-8-sig", newline="\r\n")
    assert read_results(file) == {rows[0].mark: done}


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a,b\n1,2\n", b'"', b"\n"])
def test_a_file_that_holds_no_results_is_not_taken_for_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "results.csv"
    file.write_bytes(content)
    with pytest.raises(SnapAssetError, match=r"Nothing was sent.*holds no results"):
        read_results(file)


def test_an_empty_file_is_as_good_as_none(tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    file.touch()
    assert read_results(file) == {}
