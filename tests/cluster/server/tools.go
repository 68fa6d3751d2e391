//go:build tools

// Package server pins what the tests of the manifests run: a Kubernetes API server and its etcd.
package server

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver/app"
)
