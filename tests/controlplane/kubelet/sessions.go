package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	remotecommand "k8s.io/cri-streaming/pkg/streaming/remotecommand"
	"k8s.io/utils/exec"
)

// ExecInContainer runs a command and returns its exit code as the kubelet does.
func (c *container) ExecInContainer(_ context.Context, _, _, _ string, command []string, in io.Reader, out, errOut io.WriteCloser, tty bool, sizes <-chan remotecommand.TerminalSize, _ time.Duration) error {
	streams := processStreams{stdin: in != nil, tty: tty}
	if out != nil {
		streams.out = out
	}
	if errOut != nil {
		streams.err = errOut
	}
	started, err := c.startCommand(command, streams)
	if err != nil {
		return err
	}
	if in != nil {
		go started.copyInput(in, true)
	}
	go started.resize(sizes)
	<-started.ended
	if started.exitCode != 0 {
		err = fmt.Errorf("command terminated with exit code %d", started.exitCode)
		return exec.CodeExitError{Err: err, Code: started.exitCode}
	}
	return nil
}

func (c *container) startCommand(command []string, streams processStreams) (*process, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.main == nil {
		return nil, fmt.Errorf("container not found (%q)", c.spec.Name)
	}
	started, err := startProcess(command, c.environment, c.pod.folder, streams)
	if err != nil {
		id := strings.TrimPrefix(c.status.ContainerID, "kubex://")
		return nil, fmt.Errorf("failed to exec in container: failed to start exec %q: %w", id, err)
	}
	running := []*process{started}
	for _, other := range c.commands {
		if other.signal(0) {
			running = append(running, other)
		}
	}
	c.commands = running
	return started, nil
}

// attachment is a request to attach to a container.
type attachment struct {
	*container
	stdin bool // whether it was requested; with WebSockets, there is always a stream
}

// AttachContainer connects a client to the main process until that process ends. As with containerd, it also ends with
// the input of the client, unless the container closes its stdin with the first client.
func (c attachment) AttachContainer(_ context.Context, _, _, _ string, in io.Reader, out, errOut io.WriteCloser, _ bool, sizes <-chan remotecommand.TerminalSize) error {
	c.mu.Lock()
	main, stdout, stderr := c.main, c.out, c.err
	c.mu.Unlock()
	if main == nil {
		return fmt.Errorf("container not found (%q)", c.spec.Name)
	}
	if out != nil {
		defer stdout.attach(out)()
	}
	if errOut != nil {
		defer stderr.attach(errOut)()
	}
	detached := make(chan struct{})
	if c.stdin && main.stdin != nil {
		go func() {
			main.copyInput(in, c.spec.StdinOnce)
			if !c.spec.StdinOnce || c.spec.TTY {
				close(detached)
			}
		}()
	}
	go main.resize(sizes)
	select {
	case <-main.ended:
	case <-detached:
	}
	return nil
}
