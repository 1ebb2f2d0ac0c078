package main

import (
	"encoding/json"
	"io"
	"reflect"
	"strings"

	"k8s.io/client-go/kubernetes/scheme"
)

// zeros maps the name of a type to the fields that Go encodes in JSON even if they are not set, with their zero values.
type zeros map[string]map[string]any

// writeZeros prints the zero values of all types that can be sent to the API server.
func writeZeros(output io.Writer) error {
	found := zeros{}
	for _, known := range scheme.Scheme.AllKnownTypes() {
		found.add(known)
	}
	text, err := json.MarshalIndent(found, "", " ")
	if err != nil {
		return err
	}
	_, err = output.Write(append(text, '\n'))
	return err
}

// add adds a type and the types of its fields.
func (found zeros) add(t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	name := typeName(t)
	if t.Kind() != reflect.Struct || scalars[name] != "" || found[name] != nil {
		return
	}
	found[name] = map[string]any{} // before its fields, because types contain themselves
	found.addFields(name, t)
}

func (found zeros) addFields(name string, t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case key == "-":
		case key == "" && field.Type.Kind() == reflect.Struct: // inline
			found.addFields(name, field.Type)
		default:
			found.add(field.Type)
			if zero, encoded := zeroValue(field.Type, options); encoded {
				found[name][key] = zero
			}
		}
	}
}

// zeroValue returns the zero value of a field, and whether Go encodes it. The zero value of a struct is an empty object,
// without the fields that it always has.
func zeroValue(t reflect.Type, options string) (any, bool) {
	options = "," + options + ","
	isStruct := t.Kind() == reflect.Struct
	if strings.Contains(options, ",omitzero,") || (strings.Contains(options, ",omitempty,") && !isStruct) {
		return nil, false
	}
	if isStruct && scalars[typeName(t)] == "" {
		return map[string]any{}, true
	}
	return reflect.Zero(t).Interface(), true
}
