package main

import (
	"context"
	"encoding/json"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
)

// Without heartbeats, the controllers regard the Node as lost after 50 seconds.
const heartbeatInterval = 10 * time.Second

// register creates the Node, which names the port of the server.
func (k *kubelet) register(ctx context.Context, port int) error {
	resources := v1.ResourceList{
		v1.ResourcePods: resource.MustParse("1000"), v1.ResourceCPU: resource.MustParse("100"), v1.ResourceMemory: resource.MustParse("100Gi"),
	}
	node := &v1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: k.nodeName, Labels: map[string]string{v1.LabelHostname: k.nodeName}},
		Status: v1.NodeStatus{
			Capacity: resources, Allocatable: resources, Conditions: []v1.NodeCondition{readyCondition(metav1.Now())},
			Addresses:       []v1.NodeAddress{{Type: v1.NodeInternalIP, Address: nodeAddress}},
			DaemonEndpoints: v1.NodeDaemonEndpoints{KubeletEndpoint: v1.DaemonEndpoint{Port: int32(port)}},
		},
	}
	_, err := k.client.Nodes().Create(ctx, node, metav1.CreateOptions{})
	return err
}

// sendHeartbeats updates the Node until the context is done.
func (k *kubelet) sendHeartbeats(ctx context.Context) {
	started := metav1.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(heartbeatInterval):
		}
		conditions := map[string]any{"conditions": []v1.NodeCondition{readyCondition(started)}}
		patch, err := json.Marshal(map[string]any{"status": conditions})
		if err == nil {
			_, err = k.client.Nodes().PatchStatus(ctx, k.nodeName, patch)
		}
		if err != nil && ctx.Err() == nil {
			klog.ErrorS(err, "cannot send a heartbeat")
		}
	}
}

func readyCondition(started metav1.Time) v1.NodeCondition {
	return v1.NodeCondition{
		Type: v1.NodeReady, Status: v1.ConditionTrue, Reason: "KubeletReady", Message: "kubex-kubelet is running",
		LastHeartbeatTime: metav1.Now(), LastTransitionTime: started,
	}
}
