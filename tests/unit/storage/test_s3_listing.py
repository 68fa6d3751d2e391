"""A listing asks an S3 server for as many keys as are wanted, by the SDK's public calls."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3
from minio import Minio

from services.storage.s3 import S3ObjectStore

KEYS = "".join(f"<Contents><Key>ada/{number}.png</Key></Contents>" for number in range(2))
TRUNCATED = "<IsTruncated>{}</IsTruncated><NextContinuationToken>next</NextContinuationToken>"


class Server(urllib3.PoolManager):
    """Answers each listing with two keys, and says that there are more until the last page."""

    def __init__(self, pages: int) -> None:
        super().__init__()
        self.asked: list[dict[str, list[str]]] = []
        self._pages = pages

    def urlopen(self, method: str, url: str, *args: Any, **kwargs: Any) -> urllib3.HTTPResponse:
        self.asked.append(parse_qs(urlsplit(url).query, keep_blank_values=True))
        more = TRUNCATED.format("true" if len(self.asked) < self._pages else "false")
        body = f"<ListBucketResult><Name>b</Name>{KEYS}{more}</ListBucketResult>"
        return urllib3.HTTPResponse(body.encode(), status=200, preload_content=False)


def store(server: Server) -> S3ObjectStore:
    client = Minio("s3.example", "key", "secret", region="eu-west-1", http_client=server)
    return S3ObjectStore(client, "bucket")


@pytest.mark.parametrize(("limit", "asked"), [(21, "21"), (1, "1"), (5000, "1000")])
def test_a_page_is_no_longer_than_what_is_wanted(limit: int, asked: str) -> None:
    server = Server(pages=1)
    store(server).list_keys("ada/", "ada/1", limit)
    store(server).list_folders("ada/", "1", limit)
    assert [query["max-keys"] for query in server.asked] == [[asked], [asked]]
    assert [query["start-after"] for query in server.asked] == [["ada/1"], ["ada/10"]]


def test_further_pages_are_as_long_and_asked_for_only_if_needed() -> None:
    server = Server(pages=9)
    assert len(store(server).list_keys("ada/", "", 5)) == 5
    assert [query["max-keys"] for query in server.asked] == [["5"]] * 3
    assert [query.get("continuation-token") for query in server.asked] == [None, ["next"], ["next"]]
