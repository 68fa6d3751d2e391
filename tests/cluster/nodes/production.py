"""The overlay `production`, with a Redis and an object store in pods, an image API outside of the
cluster, and certificates by an authority of the test."""

import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx2

from deploy.local.certificate import write_certificate
from tests.chaos.truth import read_ledger
from tests.cluster.kinds import definitions
from tests.cluster.nodes.cluster import NodeCluster
from tests.cluster.nodes.image_api import LEDGER_URL
from tests.cluster.nodes.installed import NAMESPACE, Installed
from tests.cluster.nodes.volumes import give_volumes
from tests.manifests.rendered import Overlay, overlay
from tests.servers.certificates import Authority

FOLDER = Path(__file__).with_name("production")
BACKING = "backing"
ISSUER = "https://issuer.example.com"
_STORE = ("object-store", f"object-store.{BACKING}.svc.cluster.local")
_SCALED = ("gateway", "worker")
_SECONDS, _ANSWER_SECONDS = 600, 60


def install(cluster: NodeCluster) -> Installed:
    """Make the secrets, apply what the operator has and then the overlay."""
    folder = cluster.folder / "operator"
    folder.mkdir()
    give_volumes(cluster, BACKING)
    kinds = [word for file in definitions() for word in ("-f", str(file))]
    cluster.told("apply", "--server-side", *kinds)
    for namespace in (NAMESPACE, BACKING):
        cluster.told("create", "namespace", namespace)
    for namespace, secret, files in _secrets(folder):
        words = [f"--from-file={name}={file}" for name, file in files.items()]
        cluster.told("--namespace", namespace, "create", "secret", "generic", secret, *words)
    for part in (FOLDER / "backing", FOLDER):
        cluster.told("apply", "--server-side", "-k", part, seconds=_SECONDS)
    installed = Installed(
        name="production",
        cluster=cluster,
        issuer=ISSUER,
        ledger=partial(read_ledger, LEDGER_URL),
        backing=BACKING,
    )
    # There is no KEDA here, which would keep at least two of each.
    installed.kubectl("scale", "--replicas=2", *(f"deployment/{part}" for part in _SCALED))
    installed.settled()
    _wait_until_it_answers(installed)
    return installed


def _wait_until_it_answers(installed: Installed) -> None:
    """Return once each Envoy has found a gateway: those that were ready before it look again after
    seconds."""
    deadline = time.monotonic() + _ANSWER_SECONDS
    for part, pod in installed.pods():
        while part == "envoy" and not _answers(f"http://{pod['status']['podIP']}:3001/health"):
            assert time.monotonic() < deadline, f"{pod['metadata']['name']} finds no gateway"
            time.sleep(1)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=_ANSWER_SECONDS).is_success
    except httpx2.HTTPError:
        return False


def _secrets(folder: Path) -> list[tuple[str, str, Mapping[str, Path]]]:
    """Return namespace, name and files of each secret."""
    texts = _texts()
    for name, text in texts.items():
        (folder / name).write_text(text)
    files = {name: folder / name for name in texts}
    authority = Authority(folder / "authority", hours=12)
    store = authority.sign(*_STORE)
    chain, key = folder / "chain.pem", folder / "key.pem"
    write_certificate(chain, key, datetime.now(UTC), organisation="Example Ltd")
    redis = {name: files[name] for name in ("REDIS_URL", "redis.conf")}
    storage = {name: files[name] for name in ("S3_ACCESS_KEY", "S3_SECRET_KEY")}
    gateway = ("JWT_SECRET", "JWT_SECRET_PREVIOUS", "STREAM_TICKET_SECRET", "api-keys.json")
    return [
        (BACKING, "snapasset-redis", redis),
        (BACKING, "snapasset-storage", storage),
        (BACKING, "object-store-tls", {"public.crt": store.cert, "private.key": store.key}),
        (NAMESPACE, "snapasset-redis", redis),
        (NAMESPACE, "snapasset-storage", storage),
        (NAMESPACE, "snapasset-gateway", {name: files[name] for name in gateway}),
        (NAMESPACE, "snapasset-generator", {"OPENAI_API_KEY": files["OPENAI_API_KEY"]}),
        (NAMESPACE, "snapasset-c2pa", {"tls.crt": chain, "tls.key": key}),
        *_certificates(overlay("production"), authority),
    ]


def _texts() -> dict[str, str]:
    password = secrets.token_hex(24)
    return {
        "JWT_SECRET": secrets.token_hex(24),
        "JWT_SECRET_PREVIOUS": "",
        "STREAM_TICKET_SECRET": secrets.token_hex(24),
        "api-keys.json": "[]",
        "OPENAI_API_KEY": "any-key",
        "REDIS_URL": f"redis://:{password}@redis.{BACKING}.svc.cluster.local:6379/0",
        "redis.conf": f"requirepass {password}\nmaxmemory-policy noeviction\n",
        "S3_ACCESS_KEY": "snapasset",
        "S3_SECRET_KEY": secrets.token_hex(24),
    }


def _certificates(
    rendered: Overlay, authority: Authority
) -> list[tuple[str, str, Mapping[str, Path]]]:
    """Issue what cert-manager would: the secret of each Certificate but the authority's."""
    issued: list[tuple[str, str, Mapping[str, Path]]] = []
    for one in rendered.of("Certificate"):
        spec = one["spec"]
        if not spec.get("isCA"):
            made = authority.sign(*spec["dnsNames"])
            files = {"tls.crt": made.cert, "tls.key": made.key, "ca.crt": authority.file}
            issued.append((NAMESPACE, spec["secretName"], files))
    return issued
