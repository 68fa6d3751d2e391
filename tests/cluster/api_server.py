"""A Kubernetes API server with its etcd, built from their own sources: all of a cluster that judges
objects, and nothing that would run them."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = {
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "etcd": "go.etcd.io/etcd/server/v3",
}
CALL_SECONDS = 60
_GO_SECONDS, _READY_SECONDS, _STOP_SECONDS = 3600, 60, 20
_TOKEN = "administrator-of-a-test"

# Nobody debugs them, and their speed is not what is measured.
_OPTIONS = ("-trimpath", "-gcflags=all=-N -l -dwarf=false")
_STATIC = " -linkmode external -extldflags -static"


class CannotRun(Exception):
    """Something that is needed is missing; the message says what."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """A running API server, reached by kubectl."""

    kubeconfig: Path

    def kubectl(
        self, *words: str | Path, given: str = "", seconds: float = CALL_SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """Run kubectl with `given` as its input."""
        return subprocess.run(
            ["kubectl", "--kubeconfig", self.kubeconfig, *words],
            input=given,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )


def go(*words: str | Path, folder: Path) -> str:
    """Run Go in a folder and return what it says. Raises CannotRun."""
    done = subprocess.run(
        ["go", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_GO_SECONDS,
        check=False,
    )
    if done.returncode:
        raise CannotRun(f"go {words[0]} failed: {done.stderr.strip()[-300:]}")
    return done.stdout


def build(cache: Path, programs: Mapping[str, str] = PROGRAMS, *, static: bool = False) -> None:
    """Build the programs that `cache` lacks, `static` ones without any library of the system's;
    takes minutes. Raises CannotRun."""
    for tool in ("go", "kubectl", "openssl"):
        if shutil.which(tool) is None:
            raise CannotRun(f"{tool} is not installed")
    build_in(HERE / "server", cache, programs, static=static)


def build_in(
    folder: Path, cache: Path, programs: Mapping[str, str], *, static: bool = False
) -> None:
    """Build those of a module's programs that `cache` lacks. Raises CannotRun."""
    cache.mkdir(parents=True, exist_ok=True)
    linked = f"-ldflags=-s -w {_told_version()}{_STATIC if static else ''}"
    for name, package in programs.items():
        if (cache / name).exists():
            continue
        new = cache / f"{name}.new"
        go("build", *_OPTIONS, linked, "-o", new, package, folder=folder)
        new.rename(cache / name)


@contextmanager
def running_cluster(programs: Path, folder: Path) -> Iterator[Cluster]:
    """Run the API server for the length of the block. Raises CannotRun."""
    clients, peers = (f"http://127.0.0.1:{_free_port()}" for _ in range(2))
    port = _free_port()
    key = folder / "service-accounts.key"
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    (folder / "tokens.csv").write_text(f"{_TOKEN},administrator,1,system:masters\n")
    commands = {
        "etcd": (
            f"--data-dir={folder}/etcd",
            f"--listen-client-urls={clients}",
            f"--advertise-client-urls={clients}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}",
        ),
        "kube-apiserver": (
            f"--etcd-servers={clients}",
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            f"--cert-dir={folder}/certificates",
            "--service-account-issuer=https://cluster.example",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            f"--token-auth-file={folder}/tokens.csv",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.0.0.0/16",
        ),
    }
    cluster = Cluster(kubeconfig=_kubeconfig(folder, port))
    with ExitStack() as running:
        for name, options in commands.items():
            log = running.enter_context((folder / f"{name}.log").open("w"))
            process = subprocess.Popen([programs / name, *options], stdout=log, stderr=log)
            running.callback(_end, process)
        wait_until_ready(cluster, folder)
        yield cluster


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until_ready(cluster: Cluster, folder: Path) -> None:
    """Return once the API server answers. Raises CannotRun."""
    deadline = time.monotonic() + _READY_SECONDS
    while cluster.kubectl("get", "--raw", "/readyz").stdout != "ok":
        if time.monotonic() > deadline:
            raise CannotRun(f"the API server is not ready in time; see {folder}")
        time.sleep(0.2)


def _kubeconfig(folder: Path, port: int) -> Path:
    file = folder / "kubeconfig"
    server = f"{{server: 'https://127.0.0.1:{port}', insecure-skip-tls-verify: true}}"
    file.write_text(
        "apiVersion: v1\n"
        "kind: Config\n"
        "current-context: test\n"
        "contexts: [{name: test, context: {cluster: test, user: test}}]\n"
        f"clusters: [{{name: test, cluster: {server}}}]\n"
        f"users: [{{name: test, user: {{token: {_TOKEN}}}}}]\n"
    )
    return file


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _told_version() -> str:
    """Return the flags that make the programs say their version, as releases do."""
    major, minor, _ = version().removeprefix("v").split(".")
    facts = {"gitVersion": version(), "gitMajor": major, "gitMinor": minor}
    return " ".join(f"-X k8s.io/component-base/version.{key}={fact}" for key, fact in facts.items())


def version() -> str:
    """Return the version of Kubernetes that is built, such as `v1.34.4`."""
    return next(
        line.split()[-1]
        for line in (HERE / "server" / "go.mod").read_text().splitlines()
        if "k8s.io/kubernetes " in line
    )


def cache_folder() -> Path:
    """Return where built programs stay, by the lock that they are built from."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "snapasset" / f"kubernetes-{version()}"
