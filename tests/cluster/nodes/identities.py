"""Who speaks to the API server: a token and a kubeconfig for each part of the cluster."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.nodes.topology import API_PORT, CONTROL_ADDRESS, NODES

ADMINISTRATOR = "administrator"
CONTROLLERS = "system:kube-controller-manager"
SCHEDULER = "system:kube-scheduler"
PROXY = "system:kube-proxy"
POLICIES = "policies"

GROUPS = {
    ADMINISTRATOR: "system:masters",
    CONTROLLERS: "",
    SCHEDULER: "",
    PROXY: "",
    POLICIES: "system:masters",
    **{f"system:node:{node.name}": "system:nodes" for node in NODES},
}
"""Each user's group; what the others may do, Kubernetes grants to their names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Identities:
    """The users' files: `tokens` for the API server, one kubeconfig for each user."""

    tokens: Path
    folder: Path

    def kubeconfig(self, user: str) -> Path:
        """Return the file with which `user` finds the API server and is known to it."""
        return self.folder / f"{user.replace(':', '-')}.kubeconfig"


def make_identities(folder: Path, authority: Path) -> Identities:
    """Write a token and a kubeconfig for each user; they trust `authority`."""
    made = Identities(tokens=folder / "tokens.csv", folder=folder)
    lines = []
    for number, (user, group) in enumerate(GROUPS.items()):
        token = secrets.token_hex()
        lines.append(f'{token},{user},{number},"{group}"\n')
        made.kubeconfig(user).write_text(_KUBECONFIG.format(token=token, authority=authority))
    made.tokens.write_text("".join(lines))
    return made


_KUBECONFIG = f"""apiVersion: v1
kind: Config
current-context: test
contexts: [{{{{name: test, context: {{{{cluster: test, user: test}}}}}}}}]
clusters:
  - name: test
    cluster:
      server: https://{CONTROL_ADDRESS}:{API_PORT}
      certificate-authority: {{authority}}
users: [{{{{name: test, user: {{{{token: {{token}}}}}}}}}}]
"""
