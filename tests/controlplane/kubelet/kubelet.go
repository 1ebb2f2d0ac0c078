package main

import (
	"context"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
)

// Pods are checked again after this time, to repeat failed requests.
const resyncPeriod = 10 * time.Second

// kubelet runs the Pods that match a label selector.
type kubelet struct {
	client   corev1.CoreV1Interface
	nodeName string
	root     string
	mu       sync.Mutex
	pods     map[string]*pod // by namespace and name
}

// run watches Pods until the context is done.
func (k *kubelet) run(ctx context.Context, selector string) {
	source := cache.NewFilteredListWatchFromClient(k.client.RESTClient(), "pods", metav1.NamespaceAll,
		func(options *metav1.ListOptions) { options.LabelSelector = selector })
	_, controller := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: source, ObjectType: &v1.Pod{}, ResyncPeriod: resyncPeriod,
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc:    func(object any) { k.update(ctx, object.(*v1.Pod)) },
			UpdateFunc: func(_, object any) { k.update(ctx, object.(*v1.Pod)) },
			DeleteFunc: k.remove,
		},
	})
	controller.RunWithContext(ctx)
}

// find returns a Pod and one of its containers. Each is nil if it does not exist.
func (k *kubelet) find(namespace, name, containerName string) (*pod, *container) {
	k.mu.Lock()
	defer k.mu.Unlock()
	found := k.pods[namespace+"/"+name]
	if found != nil {
		for _, each := range found.containers {
			if each.spec.Name == containerName {
				return found, each
			}
		}
	}
	return found, nil
}

// update binds, starts or ends a Pod.
func (k *kubelet) update(ctx context.Context, object *v1.Pod) {
	switch {
	case object.DeletionTimestamp != nil:
		go k.end(ctx, object)
	case object.Spec.NodeName == "":
		binding := &v1.Binding{
			ObjectMeta: metav1.ObjectMeta{Namespace: object.Namespace, Name: object.Name, UID: object.UID},
			Target:     v1.ObjectReference{Kind: "Node", Name: k.nodeName},
		}
		logError(k.client.Pods(object.Namespace).Bind(ctx, binding, metav1.CreateOptions{}), "cannot bind", object)
	case object.Spec.NodeName == k.nodeName:
		k.start(object)
	}
}

func (k *kubelet) start(object *v1.Pod) {
	k.mu.Lock()
	defer k.mu.Unlock()
	key := object.Namespace + "/" + object.Name
	if known := k.pods[key]; known != nil && known.object.UID == object.UID {
		return
	} else if known != nil { // its deletion was not observed
		go known.stop(0)
	}
	started, err := newPod(k, object)
	if err != nil {
		logError(err, "cannot start", object)
		return
	}
	k.pods[key] = started
	started.start()
}

// end stops a Pod that is being deleted, and completes its deletion.
func (k *kubelet) end(ctx context.Context, object *v1.Pod) {
	if object.Spec.NodeName != k.nodeName {
		return
	}
	found, _ := k.find(object.Namespace, object.Name, "")
	if found != nil && found.object.UID == object.UID {
		grace := int64(0)
		if object.DeletionGracePeriodSeconds != nil {
			grace = *object.DeletionGracePeriodSeconds
		}
		found.stop(time.Duration(grace) * time.Second)
	}
	options := metav1.NewDeleteOptions(0)
	options.Preconditions = metav1.NewUIDPreconditions(string(object.UID))
	logError(k.client.Pods(object.Namespace).Delete(ctx, object.Name, *options), "cannot delete", object)
}

// remove forgets a deleted Pod.
func (k *kubelet) remove(deleted any) {
	if unknown, ok := deleted.(cache.DeletedFinalStateUnknown); ok {
		deleted = unknown.Obj
	}
	object := deleted.(*v1.Pod)
	key := object.Namespace + "/" + object.Name
	k.mu.Lock()
	found := k.pods[key]
	if found == nil || found.object.UID != object.UID {
		k.mu.Unlock()
		return
	}
	delete(k.pods, key)
	k.mu.Unlock()
	go func() {
		found.stop(0)
		found.removeFiles()
	}()
}

// stopAll kills the processes of all Pods.
func (k *kubelet) stopAll() {
	k.mu.Lock()
	defer k.mu.Unlock()
	var running sync.WaitGroup
	for _, each := range k.pods {
		running.Go(func() { each.stop(0) })
	}
	running.Wait()
}

func logError(err error, message string, object *v1.Pod) {
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		klog.ErrorS(err, message, "pod", klog.KObj(object))
	}
}
