"""What a cluster with nodes is built from, besides the API server and its etcd."""

from tests.cluster import api_server

PROGRAMS = {
    **api_server.PROGRAMS,
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
    "kubelet": "k8s.io/kubernetes/cmd/kubelet",
    "kube-proxy": "k8s.io/kubernetes/cmd/kube-proxy",
    "policies": "./policies",
}
POD_PROGRAMS = {
    "pause": "./pause",
    "dns": "./dns",
    "metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server",
}
"""Programs of the cluster itself that run in pods, in images that have nothing else."""
