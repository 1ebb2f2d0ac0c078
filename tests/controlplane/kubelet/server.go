package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	portforward "k8s.io/cri-streaming/pkg/streaming/portforward"
	remotecommand "k8s.io/cri-streaming/pkg/streaming/remotecommand"
	"k8s.io/streaming/pkg/httpstream/wsstream"
)

const (
	idleTimeout     = 4 * time.Hour
	creationTimeout = remotecommand.DefaultStreamCreationTimeout
)

// handler serves the endpoints of a kubelet that kube-apiserver calls for Pods.
func (k *kubelet) handler(clientName string) http.Handler {
	endpoints := http.NewServeMux()
	endpoints.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", k.withContainer(serveLogs))
	endpoints.HandleFunc("/exec/{namespace}/{pod}/{container}", k.withContainer(serveExec))
	endpoints.HandleFunc("/attach/{namespace}/{pod}/{container}", k.withContainer(serveAttach))
	endpoints.HandleFunc("/portForward/{namespace}/{pod}", k.servePortForward)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Users have certificates of the same authority, but only the API server checks their permissions.
		if name := r.TLS.PeerCertificates[0].Subject.CommonName; name != clientName {
			http.Error(w, fmt.Sprintf("Forbidden (user=%s)", name), http.StatusForbidden)
			return
		}
		endpoints.ServeHTTP(w, r)
	})
}

func (k *kubelet) withContainer(serve func(http.ResponseWriter, *http.Request, *container)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name, containerName := r.PathValue("pod"), r.PathValue("container")
		pod, container := k.find(r.PathValue("namespace"), name, containerName)
		if pod == nil {
			http.Error(w, fmt.Sprintf("pod %q does not exist", name), http.StatusNotFound)
		} else if container == nil {
			http.Error(w, fmt.Sprintf("container %q not found in pod %q", containerName, name), http.StatusNotFound)
		} else {
			serve(w, r, container)
		}
	}
}

// streamOptions returns the requested streams, or nil after it sent an error response.
func streamOptions(w http.ResponseWriter, r *http.Request, c *container) *remotecommand.Options {
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return nil
	}
	if c.snapshot().State.Running == nil {
		http.Error(w, fmt.Sprintf("container not found (%q)", c.spec.Name), http.StatusInternalServerError)
		return nil
	}
	return options
}

func serveExec(w http.ResponseWriter, r *http.Request, c *container) {
	if options := streamOptions(w, r, c); options != nil {
		command := r.URL.Query()["command"]
		remotecommand.ServeExec(w, r, c, "", "", "", command, options, idleTimeout, creationTimeout, remotecommand.SupportedStreamingProtocols)
	}
}

func serveAttach(w http.ResponseWriter, r *http.Request, c *container) {
	if options := streamOptions(w, r, c); options != nil {
		remotecommand.ServeAttach(w, r, attachment{c, options.Stdin}, "", "", "", options, idleTimeout, creationTimeout, remotecommand.SupportedStreamingProtocols)
	}
}

func (k *kubelet) servePortForward(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("pod")
	if pod, _ := k.find(r.PathValue("namespace"), name, ""); pod == nil {
		http.Error(w, "pod does not exist", http.StatusNotFound)
		return
	}
	options, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	forwarder := forwarder{canHalfClose: !wsstream.IsWebSocketRequest(r)}
	portforward.ServePortForward(w, r, forwarder, name, "", options, idleTimeout, creationTimeout, portforward.SupportedProtocols)
}

// forwarder connects to ports of this machine. With WebSockets, the end of the input means that the client has gone.
type forwarder struct{ canHalfClose bool }

func (f forwarder) PortForward(ctx context.Context, _, _ string, port int32, stream io.ReadWriteCloser) error {
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(nodeAddress, strconv.Itoa(int(port))))
	if err != nil {
		return err
	}
	defer connection.Close()
	go func() {
		_, _ = io.Copy(connection, stream)
		if f.canHalfClose {
			_ = connection.(*net.TCPConn).CloseWrite()
		} else {
			_ = connection.Close()
		}
	}()
	_, _ = io.Copy(stream, connection)
	return nil
}
