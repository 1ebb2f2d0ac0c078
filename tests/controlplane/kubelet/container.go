package main

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	restartDelay = time.Second // much shorter than that of a kubelet, so that tests are fast
	killTimeout  = 2 * time.Second
)

// The main process of a container without a command, because its image is not used.
var placeholder = []string{"sleep", "infinity"}

// container runs a main process, and restarts it according to the restart policy of the Pod.
type container struct {
	spec        v1.Container
	pod         *pod
	environment []string
	mu          sync.Mutex
	status      v1.ContainerStatus
	main        *process // nil if it is not running
	out, err    *output
	commands    []*process    // of exec; those with processes that still run
	done        chan struct{} // closed at the end of run
}

func newContainer(spec v1.Container, p *pod) *container {
	environment := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.folder, "PWD=" + p.folder, "HOSTNAME=" + p.object.Name,
	}
	for _, variable := range spec.Env {
		if variable.ValueFrom == nil {
			environment = append(environment, variable.Name+"="+variable.Value)
		}
	}
	waiting := v1.ContainerState{Waiting: &v1.ContainerStateWaiting{Reason: "ContainerCreating"}}
	status := v1.ContainerStatus{Name: spec.Name, Image: spec.Image, ImageID: spec.Image, State: waiting}
	return &container{spec: spec, pod: p, environment: environment, status: status, done: make(chan struct{})}
}

// run runs the main process until the Pod is stopped, or until the process ended and the policy does not restart it.
func (c *container) run() {
	defer close(c.done)
	for {
		result := c.runOnce()
		if c.pod.isStopping() || !restarts(c.pod.object.Spec.RestartPolicy, result.ExitCode) {
			c.setState(v1.ContainerState{Terminated: result})
			return
		}
		message := fmt.Sprintf("back-off %s restarting failed container=%s", restartDelay, c.spec.Name)
		c.mu.Lock()
		c.status.LastTerminationState = v1.ContainerState{Terminated: result}
		c.mu.Unlock()
		c.setState(v1.ContainerState{Waiting: &v1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: message}})
		select {
		case <-c.pod.stopping:
			c.setState(v1.ContainerState{Terminated: result})
			return
		case <-time.After(restartDelay):
		}
		c.mu.Lock()
		c.status.RestartCount++
		c.mu.Unlock()
	}
}

func restarts(policy v1.RestartPolicy, exitCode int32) bool {
	return policy == v1.RestartPolicyAlways || policy == v1.RestartPolicyOnFailure && exitCode != 0
}

func (c *container) runOnce() *v1.ContainerStateTerminated {
	id := fmt.Sprintf("kubex://%s-%s-%d", c.pod.object.UID, c.spec.Name, c.status.RestartCount)
	result := &v1.ContainerStateTerminated{ContainerID: id, StartedAt: metav1.Now()}
	log, err := os.OpenFile(c.pod.logPath(id), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		defer log.Close()
		err = c.startMain(id, log)
	}
	if err != nil {
		result.ExitCode, result.Reason, result.Message = 128, "StartError", err.Error()
	} else {
		<-c.main.ended
		result.ExitCode, result.Reason = int32(c.main.exitCode), "Completed"
		c.endMain()
	}
	if result.ExitCode != 0 && result.Reason == "Completed" {
		result.Reason = "Error"
	}
	result.FinishedAt = metav1.Now()
	return result
}

func (c *container) startMain(id string, log *os.File) error {
	c.mu.Lock()
	if c.pod.isStopping() {
		c.mu.Unlock()
		return errors.New("the Pod is being deleted")
	}
	command := append(append([]string{}, c.spec.Command...), c.spec.Args...)
	if len(c.spec.Command) == 0 {
		command = placeholder
	}
	c.out, c.err = newOutput("stdout", log), newOutput("stderr", log)
	streams := processStreams{stdin: c.spec.Stdin, tty: c.spec.TTY, out: c.out, err: c.err}
	main, err := startProcess(command, c.environment, c.pod.folder, streams)
	c.main, c.status.ContainerID = main, id
	c.mu.Unlock()
	if err == nil {
		c.setState(v1.ContainerState{Running: &v1.ContainerStateRunning{StartedAt: metav1.Now()}})
	}
	return err
}

// endMain kills the other processes of the container after its main process ended.
func (c *container) endMain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.flush()
	c.err.flush()
	for _, command := range append(c.commands, c.main) {
		command.signal(syscall.SIGKILL)
	}
	c.main, c.commands = nil, nil
	_ = c.out.log.Chmod(0o400) // wakes up readers that follow the log
}

func (c *container) setState(state v1.ContainerState) {
	c.mu.Lock()
	c.status.State = state
	c.status.Ready = state.Running != nil
	c.status.Started = &c.status.Ready
	c.mu.Unlock()
	c.pod.report()
}

func (c *container) snapshot() v1.ContainerStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	return *c.status.DeepCopy()
}

// stop ends the container: first with SIGTERM, and after the grace period with SIGKILL.
func (c *container) stop(grace time.Duration) {
	c.signal(syscall.SIGTERM)
	if !c.waitDone(grace) {
		c.signal(syscall.SIGKILL)
		c.waitDone(killTimeout) // not longer, because an attached client may not read the last output
	}
}

func (c *container) signal(number syscall.Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.main != nil {
		c.main.signal(number)
	}
}

func (c *container) waitDone(timeout time.Duration) bool {
	select {
	case <-c.done:
		return true
	case <-time.After(timeout):
		return false
	}
}
