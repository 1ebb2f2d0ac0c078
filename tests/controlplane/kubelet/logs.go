package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	internalapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-client/pkg/logs"
)

func serveLogs(w http.ResponseWriter, r *http.Request, c *container) {
	query := r.URL.Query()
	id, err := c.logID(query.Get("previous") == "true")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	out := flushWriter{w, http.NewResponseController(w)}
	_, _ = out.Write(nil) // sends the headers, because the first line may be late
	_ = logs.ReadLogs(r.Context(), c.pod.logPath(id), id, logOptions(query), containerRuntime{container: c}, out, out)
}

// logOptions converts the parameters, which the API server has checked.
func logOptions(query url.Values) *logs.LogOptions {
	options := &logs.LogOptions{
		Follow: query.Get("follow") == "true", Timestamp: query.Get("timestamps") == "true",
		TailLines: number(query, "tailLines"), LimitBytes: number(query, "limitBytes"),
	}
	if seconds := number(query, "sinceSeconds"); seconds != nil {
		options.Since = time.Now().Add(-time.Duration(*seconds) * time.Second)
	} else {
		options.Since, _ = time.Parse(time.RFC3339, query.Get("sinceTime"))
	}
	return options
}

func number(query url.Values, name string) *int64 {
	value, err := strconv.ParseInt(query.Get(name), 10, 64)
	if err != nil {
		return nil
	}
	return &value
}

// logID returns the ID of the run of the container whose log is requested.
func (c *container) logID(previous bool) (string, error) {
	status := c.snapshot()
	last, waiting := status.LastTerminationState.Terminated, status.State.Waiting
	switch {
	case last != nil && (previous || waiting != nil):
		return last.ContainerID, nil
	case previous:
		return "", fmt.Errorf("previous terminated container %q in pod %q not found", c.spec.Name, c.pod.object.Name)
	case waiting != nil:
		return "", fmt.Errorf("container %q in pod %q is waiting to start: %s", c.spec.Name, c.pod.object.Name, waiting.Reason)
	}
	return status.ContainerID, nil
}

type flushWriter struct {
	http.ResponseWriter
	controller *http.ResponseController
}

func (w flushWriter) Write(data []byte) (int, error) {
	count, err := w.ResponseWriter.Write(data)
	_ = w.controller.Flush()
	return count, err
}

// containerRuntime reports whether a run of a container has ended, which ends requests that follow its log.
type containerRuntime struct {
	internalapi.RuntimeService
	container *container
}

func (r containerRuntime) ContainerStatus(_ context.Context, id string, _ bool) (*runtimeapi.ContainerStatusResponse, error) {
	r.container.mu.Lock()
	defer r.container.mu.Unlock()
	state := runtimeapi.ContainerState_CONTAINER_EXITED
	if r.container.main != nil && r.container.status.ContainerID == id {
		state = runtimeapi.ContainerState_CONTAINER_RUNNING
	}
	return &runtimeapi.ContainerStatusResponse{Status: &runtimeapi.ContainerStatus{State: state}}, nil
}
