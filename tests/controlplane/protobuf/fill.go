package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"reflect"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/apitesting/fuzzer"
	"k8s.io/apimachinery/pkg/api/resource"
	metafuzzer "k8s.io/apimachinery/pkg/apis/meta/fuzzer"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/randfill"
)

var suffixes = []string{"", "m", "k", "Ki", "Gi", "u", "E", "e3"}

// newFiller returns a filler with the functions of apimachinery, and those of this file for types that they leave empty.
func newFiller(random *rand.Rand) *randfill.Filler {
	own := func(serializer.CodecFactory) []any {
		return []any{fillQuantity, fillRaw, fillFields, fillManager, fillJSON, fillSchema, fillOrBool, fillOrArray, fillOrStrings}
	}
	funcs := fuzzer.MergeFuzzerFuncs(metafuzzer.Funcs, own)
	return fuzzer.FuzzerFor(funcs, random, scheme.Codecs).NumElements(0, 2)
}

func fillQuantity(q *resource.Quantity, c randfill.Continue) {
	parsed := resource.MustParse(fmt.Sprintf("%d.%d%s", c.Intn(2000)-10, c.Intn(100), suffixes[c.Intn(len(suffixes))]))
	*q = resource.MustParse(parsed.String()) // the first string is not always canonical
}

// randomJSON returns a document without fractions, which Go and Python write differently.
func randomJSON(c randfill.Continue) []byte {
	values := []any{nil, true, c.Int63(), c.String(5), []any{}, map[string]any{}, []any{c.String(3), nil}}
	text, err := json.Marshal(map[string]any{"a": values[c.Intn(len(values))], "b": values[c.Intn(len(values))]})
	if err != nil {
		panic(err)
	}
	return text
}

func fillRaw(r *runtime.RawExtension, c randfill.Continue) { r.Raw = randomJSON(c) }

func fillFields(f *metav1.FieldsV1, c randfill.Continue) { f.Raw = randomJSON(c) }

func fillManager(m *metav1.ManagedFieldsEntry, c randfill.Continue) { c.FillNoCustom(m) }

func fillJSON(j *apiextensions.JSON, c randfill.Continue) {
	j.Raw = randomJSON(c)
	if c.Bool() {
		j.Raw = []byte("1")
	}
}

// fillSchema leaves most pointers, lists and maps empty, since a schema contains schemas.
func fillSchema(s *apiextensions.JSONSchemaProps, c randfill.Continue) {
	value := reflect.ValueOf(s).Elem()
	for i := range value.NumField() {
		switch value.Field(i).Kind() {
		case reflect.Interface, reflect.Map, reflect.Slice, reflect.Pointer:
			if c.Intn(12) > 0 {
				continue
			}
		}
		c.Fill(value.Field(i).Addr().Interface())
	}
}

func fillOrBool(s *apiextensions.JSONSchemaPropsOrBool, c randfill.Continue) {
	s.Allows = c.Bool()
	if c.Bool() {
		s.Schema = newSchema(c)
	}
}

func fillOrArray(s *apiextensions.JSONSchemaPropsOrArray, c randfill.Continue) {
	if c.Bool() {
		s.Schema = newSchema(c)
		return
	}
	for range 1 + c.Intn(2) {
		s.JSONSchemas = append(s.JSONSchemas, *newSchema(c))
	}
}

func fillOrStrings(s *apiextensions.JSONSchemaPropsOrStringArray, c randfill.Continue) {
	if c.Bool() {
		s.Schema = newSchema(c)
		return
	}
	c.Fill(&s.Property)
}

func newSchema(c randfill.Continue) *apiextensions.JSONSchemaProps {
	s := &apiextensions.JSONSchemaProps{}
	c.Fill(s)
	return s
}
