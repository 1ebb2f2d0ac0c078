// Command kubex-kubelet replaces the kubelet in tests. It runs Pods as processes of this machine, and serves logs, exec,
// attach and port-forward with the packages of Kubernetes.
//
// It runs the Pods that match -pod-selector, and ignores their images, init containers, volumes and probes.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

const nodeAddress = "127.0.0.1"

var (
	kubeconfig   = flag.String("kubeconfig", "", "the kubeconfig file for the API server")
	root         = flag.String("root-dir", "", "the folder for the files and logs of Pods")
	nodeName     = flag.String("node-name", "kubex-node", "the name of the Node to create")
	podSelector  = flag.String("pod-selector", "kubex.example/run=true", "the labels of the Pods to run")
	certificate  = flag.String("tls-cert-file", "", "the certificate of the server")
	key          = flag.String("tls-private-key-file", "", "the private key of the server")
	clientCAFile = flag.String("client-ca-file", "", "the certificate authority of the client")
	clientName   = flag.String("client-name", "kube-apiserver", "the common name in the certificate of the client")
)

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx); err != nil {
		klog.ErrorS(err, "cannot run")
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	configuration, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	configuration.QPS = -1 // no limit
	client, err := corev1.NewForConfig(configuration)
	if err != nil {
		return err
	}
	k := &kubelet{client: client, nodeName: *nodeName, root: *root, pods: map[string]*pod{}}
	listener, err := k.listen()
	if err != nil {
		return err
	}
	if err := k.register(ctx, listener.Addr().(*net.TCPAddr).Port); err != nil {
		return err
	}
	go k.sendHeartbeats(ctx)
	k.run(ctx, *podSelector)
	k.stopAll()
	return nil
}

// listen starts the server on a free port.
func (k *kubelet) listen() (net.Listener, error) {
	authority, err := os.ReadFile(*clientCAFile)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) {
		return nil, errors.New(*clientCAFile + " contains no certificate")
	}
	pair, err := tls.LoadX509KeyPair(*certificate, *key)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(nodeAddress, "0"))
	if err != nil {
		return nil, err
	}
	server := &http.Server{
		Handler: k.handler(*clientName),
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
		},
	}
	go func() { klog.ErrorS(server.ServeTLS(listener, "", ""), "the server ended") }()
	return listener, nil
}
