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
	go started.copyInput(in, true)
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

// AttachContainer connects a client to the main process until that process ends.
func (c *container) AttachContainer(_ context.Context, _, _, _ string, in io.Reader, out, errOut io.WriteCloser, _ bool, sizes <-chan remotecommand.TerminalSize) error {
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
	go main.copyInput(in, c.spec.StdinOnce)
	go main.resize(sizes)
	<-main.ended
	return nil
}
