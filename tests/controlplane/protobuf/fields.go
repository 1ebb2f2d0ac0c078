package main

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"k8s.io/client-go/kubernetes/scheme"
)

// Types that JSON does not show as an object of their fields, with the names that the table of schemas uses.
var scalars = map[string]string{
	"io.k8s.apimachinery.pkg.api.resource.Quantity":                 "quantity",
	"io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1":                 "any",
	"io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime":                "micro-time",
	"io.k8s.apimachinery.pkg.apis.meta.v1.Time":                     "time",
	"io.k8s.apimachinery.pkg.runtime.RawExtension":                  "any",
	"io.k8s.apimachinery.pkg.util.intstr.IntOrString":               "int-or-string",
	"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": "any",
}

var basics = map[reflect.Kind]string{
	reflect.String: "string", reflect.Bool: "boolean", reflect.Int32: "int32", reflect.Int64: "int64", reflect.Float64: "number",
}

type marshaler interface{ Marshal() ([]byte, error) }

var marshalerType = reflect.TypeFor[marshaler]()

// fields maps the name of a type to its JSON fields. The value of a field is `NUMBERS TYPE`, or `NUMBERS? TYPE` if Go
// omits a zero value from JSON. NUMBERS has the numbers of the inline messages that contain the field: `2.1`.
type fields map[string]map[string]string

// writeFields writes the fields of the types of all kinds.
func writeFields(out io.Writer) error {
	found := fields{}
	for _, known := range scheme.Scheme.AllKnownTypes() {
		found.add(known)
	}
	text, err := json.MarshalIndent(found, "", " ")
	if err != nil {
		return err
	}
	_, err = out.Write(append(text, '\n'))
	return err
}

// add adds a type and the types of its fields.
func (found fields) add(t reflect.Type) {
	name := typeName(t)
	if _, known := found[name]; known {
		return
	}
	found[name] = map[string]string{} // before its fields, because types contain themselves
	found.addFields(name, t, "")
}

func (found fields) addFields(name string, t reflect.Type, prefix string) {
	for i := range t.NumField() {
		field := t.Field(i)
		tag := strings.Split(field.Tag.Get("protobuf"), ",")
		if len(tag) < 2 {
			continue // TypeMeta is a part of the envelope
		}
		numbers := prefix + tag[1]
		key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case isAlternative(t):
			found[name][field.Name] = numbers + " " + found.code(field.Type)
		case key == "":
			found.addFields(name, field.Type, numbers+".")
		default:
			code := found.code(field.Type)
			if omitsZero(field.Type, code, options) {
				numbers += "?"
			}
			found[name][key] = numbers + " " + code
		}
	}
}

// omitsZero tells whether the JSON of a field that is always written to protobuf omits the zero value.
func omitsZero(t reflect.Type, code string, options string) bool {
	isBasic := basics[t.Kind()] != "" || code == "bytes"
	return isBasic && strings.Contains(","+options+",", ",omitempty,")
}

// code returns the type of a field: a basic type, `[` and the type of the items, `{` and the type of the values,
// `@` and the name of a message. A list that is a message is `wrapped`.
func (found fields) code(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if code, ok := scalars[typeName(t)]; ok {
		return code
	}
	if code, ok := basics[t.Kind()]; ok {
		return code
	}
	switch t.Kind() {
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		if t.Name() != "" && reflect.PointerTo(t).Implements(marshalerType) { // ExtraValue
			return "wrapped[" + found.code(t.Elem())
		}
		return "[" + found.code(t.Elem())
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return "{" + found.code(t.Elem())
		}
	case reflect.Struct:
		found.add(t)
		return "@" + typeName(t)
	}
	panic(fmt.Sprintf("%v has a kind that the table cannot contain", t))
}

// isAlternative tells whether JSON shows only the part of a message that is set, such as JSONSchemaPropsOrBool.
func isAlternative(t reflect.Type) bool { return strings.HasPrefix(t.Name(), "JSONSchemaPropsOr") }

// typeName returns the name of a type as in OpenAPI.
func typeName(t reflect.Type) string {
	path := strings.Replace(t.PkgPath(), "k8s.io/", "io.k8s.", 1)
	return strings.ReplaceAll(path, "/", ".") + "." + t.Name()
}
