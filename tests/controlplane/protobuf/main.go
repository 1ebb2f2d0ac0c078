// This program knows the Go types of Kubernetes. It writes facts about their protobuf messages and their JSON, which are
// only in the struct tags of Go, for the tables of kubex-testing, and random objects for its tests.
//
//	kubex-protobuf fields
//	kubex-protobuf zeros
//	kubex-protobuf samples COUNT DAMAGED SEED < KINDS
//	kubex-protobuf encode < OBJECTS
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

var errUsage = errors.New("usage: kubex-protobuf fields | zeros | samples COUNT DAMAGED SEED < KINDS | encode < OBJECTS")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if err := errors.Join(apiextensions.AddToScheme(scheme.Scheme), apiregistration.AddToScheme(scheme.Scheme)); err != nil {
		return err
	}
	switch {
	case len(arguments) == 1 && arguments[0] == "fields":
		return writeFields(os.Stdout)
	case len(arguments) == 1 && arguments[0] == "zeros":
		return writeZeros(os.Stdout)
	case len(arguments) == 1 && arguments[0] == "encode":
		return encodeObjects(os.Stdin, os.Stdout)
	case len(arguments) == 4 && arguments[0] == "samples":
		count, err1 := strconv.Atoi(arguments[1])
		damaged, err2 := strconv.Atoi(arguments[2])
		seed, err3 := strconv.ParseInt(arguments[3], 10, 64)
		if err := errors.Join(err1, err2, err3); err != nil {
			return err
		}
		return writeSamples(os.Stdin, os.Stdout, count, damaged, seed)
	}
	return errUsage
}
