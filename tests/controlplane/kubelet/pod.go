package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
)

// pod runs the containers of a Pod as processes of this machine, all in the folder of the Pod.
type pod struct {
	kubelet    *kubelet
	object     *v1.Pod
	folder     string
	logFolder  string
	containers []*container
	started    metav1.Time
	stopping   chan struct{}
	stopOnce   sync.Once
	reporting  sync.Mutex
	conditions map[v1.PodConditionType]v1.PodCondition
}

func newPod(k *kubelet, object *v1.Pod) (*pod, error) {
	root := filepath.Join(k.root, string(object.UID))
	p := &pod{
		kubelet: k, object: object, folder: filepath.Join(root, "files"), logFolder: filepath.Join(root, "logs"),
		started: metav1.Now(), stopping: make(chan struct{}), conditions: map[v1.PodConditionType]v1.PodCondition{},
	}
	for _, spec := range object.Spec.Containers {
		p.containers = append(p.containers, newContainer(spec, p))
	}
	if err := os.MkdirAll(p.folder, 0o700); err != nil {
		return nil, err
	}
	return p, os.MkdirAll(p.logFolder, 0o700)
}

func (p *pod) start() {
	for _, each := range p.containers {
		go each.run()
	}
}

func (p *pod) isStopping() bool {
	select {
	case <-p.stopping:
		return true
	default:
		return false
	}
}

// stop ends all containers. They do not restart.
func (p *pod) stop(grace time.Duration) {
	p.stopOnce.Do(func() { close(p.stopping) })
	var running sync.WaitGroup
	for _, each := range p.containers {
		running.Go(func() { each.stop(grace) })
	}
	running.Wait()
}

// logPath returns the log file of one run of a container.
func (p *pod) logPath(id string) string {
	return filepath.Join(p.logFolder, strings.TrimPrefix(id, "kubex://")+".log")
}

func (p *pod) removeFiles() {
	if err := os.RemoveAll(filepath.Dir(p.folder)); err != nil {
		klog.ErrorS(err, "cannot remove the files of a Pod", "pod", klog.KObj(p.object))
	}
}

// report sends the status of the Pod to the API server.
func (p *pod) report() {
	p.reporting.Lock() // also keeps the order of the reports
	defer p.reporting.Unlock()
	metadata := map[string]types.UID{"uid": p.object.UID} // the server rejects it for a new Pod with the same name
	patch, err := json.Marshal(map[string]any{"metadata": metadata, "status": p.status()})
	if err == nil {
		pods := p.kubelet.client.Pods(p.object.Namespace)
		_, err = pods.Patch(context.Background(), p.object.Name, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
	}
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		klog.ErrorS(err, "cannot report the status", "pod", klog.KObj(p.object))
	}
}

func (p *pod) status() v1.PodStatus {
	status := v1.PodStatus{
		HostIP: nodeAddress, PodIP: nodeAddress, HostIPs: []v1.HostIP{{IP: nodeAddress}}, PodIPs: []v1.PodIP{{IP: nodeAddress}},
		StartTime: &p.started, Phase: v1.PodPending,
	}
	ready, waiting, running, failed := true, 0, 0, 0
	for _, each := range p.containers {
		state := each.snapshot()
		status.ContainerStatuses = append(status.ContainerStatuses, state)
		ready = ready && state.Ready
		switch {
		case state.State.Waiting != nil && state.LastTerminationState.Terminated == nil:
			waiting++
		case state.State.Terminated == nil:
			running++
		case state.State.Terminated.ExitCode != 0:
			failed++
		}
	}
	switch {
	case waiting > 0:
		status.Phase = v1.PodPending
	case running > 0:
		status.Phase = v1.PodRunning
	case failed > 0:
		status.Phase = v1.PodFailed
	default:
		status.Phase = v1.PodSucceeded
	}
	for _, kind := range []v1.PodConditionType{v1.PodReadyToStartContainers, v1.PodInitialized, v1.PodScheduled} {
		status.Conditions = append(status.Conditions, p.condition(kind, true))
	}
	for _, kind := range []v1.PodConditionType{v1.PodReady, v1.ContainersReady} {
		status.Conditions = append(status.Conditions, p.condition(kind, ready))
	}
	return status
}

// condition returns a condition with the time at which its status changed.
func (p *pod) condition(kind v1.PodConditionType, value bool) v1.PodCondition {
	status := v1.ConditionFalse
	if value {
		status = v1.ConditionTrue
	}
	if p.conditions[kind].Status != status {
		p.conditions[kind] = v1.PodCondition{Type: kind, Status: status, LastTransitionTime: metav1.Now()}
	}
	return p.conditions[kind]
}
