//go:build tools

// Package server pins what the tests of the manifests run: Kubernetes with its etcd, and the server
// that measures its pods. The folders beside this file are programs that run in it too.
package server

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver/app"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	_ "k8s.io/kubernetes/cmd/kube-proxy/app"
	_ "k8s.io/kubernetes/cmd/kube-scheduler/app"
	_ "k8s.io/kubernetes/cmd/kubelet/app"
	_ "sigs.k8s.io/metrics-server/cmd/metrics-server/app"
)
