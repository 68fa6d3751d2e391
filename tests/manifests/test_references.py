"""Whatever an object names is there: what schemas cannot see."""

import json
import re
from decimal import Decimal
from pathlib import PurePath

from tests.manifests.rendered import (
    OPTIONS,
    ROOT,
    WORKLOADS,
    Object,
    Overlay,
    container_of,
    labels_of,
    overlay,
    pod_of,
    ports_of,
    selects,
)

_UNITS = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
}
PROBES = ("startup", "readiness", "liveness")
_PAGE = (ROOT / "docs" / "operations.md").read_text()


def quantity(text: object) -> Decimal:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([a-zA-Z]*)", str(text))
    assert found, f"{text} is no quantity"
    return Decimal(found[1]) * _UNITS[found[2]]


def names(rendered: Overlay, kind: str) -> set[str]:
    return {one["metadata"]["name"] for one in rendered.of(kind)}


def test_no_object_is_there_twice_and_all_are_in_the_namespace(rendered: Overlay) -> None:
    keys = [(one["kind"], one["metadata"]["name"]) for one in rendered.objects]
    assert len(set(keys)) == len(keys)
    (namespace,) = names(rendered, "Namespace")
    spaces = {one["metadata"].get("namespace") for one in rendered.objects}
    assert spaces == {namespace, None}  # the namespace itself has none


def test_every_file_of_a_config_map_is_there_where_a_setting_looks_for_it() -> None:
    rendered = overlay(OPTIONS)
    for name in ("gateway", "worker"):
        workload = rendered.workloads()[name]
        file = PurePath(rendered.environ(name)["PLATFORMS_FILE"])
        (mount,) = (
            one
            for one in container_of(workload)["volumeMounts"]
            if one["mountPath"] == str(file.parent)
        )
        (volume,) = (one for one in pod_of(workload)["volumes"] if one["name"] == mount["name"])
        told = rendered.named("ConfigMap", volume["configMap"]["name"])["data"]
        assert json.loads(told[file.name])


def test_config_maps_and_service_accounts_exist(rendered: Overlay) -> None:
    for workload in rendered.of(*WORKLOADS):
        sources = container_of(workload).get("envFrom", [])
        wanted = {source["configMapRef"]["name"] for source in sources}
        assert wanted <= names(rendered, "ConfigMap")
        assert pod_of(workload)["serviceAccountName"] in names(rendered, "ServiceAccount")


def test_every_secret_is_made_by_cert_manager_or_by_a_command_of_the_docs(
    rendered: Overlay,
) -> None:
    made = {one["spec"]["secretName"] for one in rendered.of("Certificate")}
    for workload in rendered.of(*WORKLOADS):
        for volume in pod_of(workload)["volumes"]:
            if "secret" in volume:
                name = volume["secret"]["secretName"]
                assert name in made or f"create secret generic {name} " in _PAGE
    assert not list(rendered.of("Secret")), "no secret is in the repository"


def test_every_secret_file_of_a_setting_is_a_key_of_that_command(rendered: Overlay) -> None:
    for name in rendered.workloads():
        for value in rendered.environ(name).values():
            if found := re.fullmatch(r"/run/secrets/([a-z]+)/([\w.-]+)", value):
                secret, key = found.groups()
                mounts = container_of(rendered.workloads()[name])["volumeMounts"]
                assert f"/run/secrets/{secret}" in {mount["mountPath"] for mount in mounts}
                if secret != "tls":
                    command = _PAGE.split(f"create secret generic snapasset-{secret} ")[1]
                    assert re.search(rf"--from-\w+={re.escape(key)}=", command.split("\n\n")[0])


def test_mounts_and_volumes_belong_together(rendered: Overlay) -> None:
    for workload in rendered.of(*WORKLOADS):
        claimed = [
            one["metadata"]["name"] for one in workload["spec"].get("volumeClaimTemplates", [])
        ]
        volumes = [volume["name"] for volume in pod_of(workload)["volumes"]] + claimed
        mounts = [mount["name"] for mount in container_of(workload)["volumeMounts"]]
        assert sorted(volumes) == sorted(mounts)


def test_selectors_match_one_workload_and_its_own_labels(rendered: Overlay) -> None:
    for workload in rendered.of(*WORKLOADS):
        assert selects(workload["spec"]["selector"], labels_of(workload))
    for one in rendered.of("PodDisruptionBudget"):
        assert len(matching(rendered, one["spec"]["selector"])) == 1
    for one in rendered.of("NetworkPolicy"):
        assert matching(rendered, one["spec"]["podSelector"])


def matching(rendered: Overlay, selector: Object) -> list[Object]:
    return [one for one in rendered.of(*WORKLOADS) if selects(selector, labels_of(one))]


def test_services_lead_to_ports_that_a_container_has(rendered: Overlay) -> None:
    for service in rendered.of("Service"):
        (workload,) = matching(rendered, {"matchLabels": service["spec"]["selector"]})
        for port in service["spec"]["ports"]:
            assert ports_of(workload)[port["targetPort"]] == port["port"]


def test_envoy_is_asked_whether_it_drains_and_is_not_restarted_for_it(rendered: Overlay) -> None:
    container = container_of(rendered.workloads()["envoy"])
    paths = {kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in PROBES}
    assert paths == {"startup": "/ready", "readiness": "/ready", "liveness": "/alive"}


def test_probes_ask_ports_that_the_container_has(rendered: Overlay) -> None:
    for workload in rendered.of(*WORKLOADS):
        ports = ports_of(workload)
        for kind in PROBES:
            probe = container_of(workload)[f"{kind}Probe"]
            (port,) = (
                probe[how]["port"] for how in ("grpc", "tcpSocket", "httpGet") if how in probe
            )
            assert port in ports or port in ports.values()


def test_scalers_and_routes_have_something_to_lead_to(rendered: Overlay) -> None:
    for scaler in rendered.of("HorizontalPodAutoscaler", "ScaledObject"):
        target = rendered.named("Deployment", scaler["spec"]["scaleTargetRef"]["name"])
        assert "replicas" not in target["spec"], "each apply would undo what the scaler did"
    for route in rendered.of("HTTPRoute"):
        for rule in route["spec"]["rules"]:
            for backend in rule.get("backendRefs", []):
                ports = rendered.named("Service", backend["name"])["spec"]["ports"]
                assert backend["port"] in {port["port"] for port in ports}
        assert route["spec"]["parentRefs"][0]["name"] in names(rendered, "Gateway")


def test_requests_are_quantities_below_their_limits(rendered: Overlay) -> None:
    for workload in rendered.of(*WORKLOADS):
        resources = container_of(workload)["resources"]
        for what in ("cpu", "memory"):
            assert quantity(resources["requests"][what]) > 0
        for what, limit in resources["limits"].items():
            assert quantity(resources["requests"].get(what, 0)) < quantity(limit)
