"""The network policies allow the arrows of the design's picture and no others."""

import pytest

from tests.manifests.rendered import (
    OPTIONS,
    Object,
    Overlay,
    labels_of,
    overlay,
    ports_of,
    selects,
)

Arrow = tuple[str, str, int]

PICTURE: set[Arrow] = {
    ("anyone", "envoy", 3001),
    ("envoy", "gateway", 50051),
    ("gateway", "generator", 50052),
    ("gateway", "resizer", 50053),
    ("gateway", "storage", 50054),
    ("worker", "generator", 50052),
    ("worker", "resizer", 50053),
    ("worker", "storage", 50054),
    ("generator", "0.0.0.0/0", 443),
    ("worker", "0.0.0.0/0", 443),
}
DEV: set[Arrow] = {
    ("gateway", "redis", 6379),
    ("worker", "redis", 6379),
    ("storage", "object-store", 9000),
    ("generator", "image-api", 4010),
}
METRICS = {
    "envoy": 9463,
    "gateway": 9464,
    "worker": 9465,
    "generator": 9466,
    "resizer": 9467,
    "storage": 9468,
}
PRODUCTION: set[Arrow] = {
    ("gateway", "10.0.0.0/8", 6379),
    ("worker", "10.0.0.0/8", 6379),
    ("storage", "0.0.0.0/0", 443),
    *(("namespace monitoring", name, port) for name, port in METRICS.items()),
    *((name, "namespace monitoring", 4317) for name in METRICS),
}
OPTIONAL: set[Arrow] = {
    ("gateway", "0.0.0.0/0", 443),  # jwks
    ("generator", "namespace litellm", 4000),
    ("resizer", "0.0.0.0/0", 80),  # time-stamps
    ("resizer", "0.0.0.0/0", 443),
}
INSIDE = {"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"}


def allowed(rendered: Overlay) -> set[Arrow]:
    """All arrows: between pods both sides must allow one, outside of them one side does."""
    pods = rendered.workloads()
    out = {name: rules(rendered, pod, "Egress", "to") for name, pod in pods.items()}
    into = {name: rules(rendered, pod, "Ingress", "from") for name, pod in pods.items()}
    between = {
        (source, target, port)
        for source in pods
        for target, port in out[source]
        if target in pods and {(source, port), ("anyone", port)} & into[target]
    }
    leaving = {(pod, to, port) for pod in pods for to, port in out[pod] if to not in pods}
    coming = {(of, pod, port) for pod in pods for of, port in into[pod] if of not in pods}
    return between | leaving | coming


def rules(rendered: Overlay, pod: Object, kind: str, side: str) -> set[tuple[str, int]]:
    policies = [
        one["spec"]
        for one in rendered.of("NetworkPolicy")
        if kind in one["spec"]["policyTypes"]
        and selects(one["spec"]["podSelector"], labels_of(pod))
    ]
    assert policies, "a pod without a policy may do everything"
    return {
        (peer, ports_of(pod).get(port["port"], port["port"]))
        for policy in policies
        for rule in policy.get(kind.lower(), [])
        for peer in peers(rendered, rule.get(side))
        for port in rule["ports"]
    }


def peers(rendered: Overlay, wanted: list[Object] | None) -> set[str]:
    if wanted is None:
        return {"anyone"}
    found: set[str] = set()
    for peer in wanted:
        if "ipBlock" in peer:
            found.add(peer["ipBlock"]["cidr"])
        elif "namespaceSelector" in peer:
            space = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
            found.add(f"namespace {space}")
        else:
            pods = rendered.workloads().items()
            found |= {name for name, pod in pods if selects(peer["podSelector"], labels_of(pod))}
    return found


@pytest.mark.parametrize(
    ("name", "own"), [("dev", DEV), ("production", PRODUCTION), (OPTIONS, OPTIONAL)]
)
def test_every_arrow_is_in_the_picture(name: str, own: set[Arrow]) -> None:
    rendered = overlay(name)
    names = {(pod, "namespace kube-system", 53) for pod in rendered.workloads()}
    assert allowed(rendered) == PICTURE | own | names


def test_what_nobody_names_is_denied(rendered: Overlay) -> None:
    policy = rendered.named("NetworkPolicy", "deny-by-default")["spec"]
    assert policy == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize("policy", ["purchases", "webhooks"])
def test_image_api_and_webhooks_are_no_addresses_of_the_cluster(
    rendered: Overlay, policy: str
) -> None:
    (rule,) = rendered.named("NetworkPolicy", policy)["spec"]["egress"]
    assert set(rule["to"][0]["ipBlock"]["except"]) == INSIDE
