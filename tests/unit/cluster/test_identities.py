"""Each part of the test cluster is a user of its own, known by a token that nobody else has."""

import csv
from pathlib import Path

import yaml

from tests.cluster.nodes.identities import ADMINISTRATOR, GROUPS, make_identities
from tests.cluster.nodes.topology import NODES


def test_each_user_has_a_token_that_the_api_server_knows(tmp_path: Path) -> None:
    made = make_identities(tmp_path, tmp_path / "authority.pem")
    with made.tokens.open() as lines:
        known = {user: (token, groups) for token, user, _, groups in csv.reader(lines)}
    assert set(known) == set(GROUPS)
    assert len({token for token, _ in known.values()}) == len(GROUPS)
    for user, (token, groups) in known.items():
        config = yaml.safe_load(made.kubeconfig(user).read_text())
        assert config["users"][0]["user"] == {"token": token}
        assert groups == GROUPS[user]
        cluster = config["clusters"][0]["cluster"]
        assert cluster["certificate-authority"] == str(tmp_path / "authority.pem")


def test_a_node_may_do_what_nodes_may_and_no_more() -> None:
    assert {GROUPS[f"system:node:{node.name}"] for node in NODES} == {"system:nodes"}
    assert GROUPS[ADMINISTRATOR] == "system:masters"
