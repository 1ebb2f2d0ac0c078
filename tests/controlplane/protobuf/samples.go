package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/kubernetes/scheme"
)

// sample is one object in both formats. If Go cannot decode the bytes, JSON is empty and Error is set.
type sample struct {
	Protobuf []byte          `json:"protobuf"`
	JSON     json.RawMessage `json:"json,omitempty"`
	Error    string          `json:"error,omitempty"`
}

var codec = protobuf.NewSerializer(scheme.Scheme, scheme.Scheme)

// writeSamples writes random objects, one JSON document per line, of the kinds on stdin: a line is GROUP/VERSION/KIND.
// Each object is followed by copies of it with random damage.
func writeSamples(in io.Reader, out io.Writer, count, damaged int, seed int64) error {
	random := rand.New(rand.NewSource(seed))
	filler := newFiller(random)
	output := bufio.NewWriter(out)
	encoder := json.NewEncoder(output)
	encoder.SetEscapeHTML(false)
	for input := bufio.NewScanner(in); input.Scan(); {
		kind, err := parseKind(input.Text())
		if err != nil {
			return err
		}
		for range count {
			object, err := scheme.Scheme.New(kind)
			if err != nil {
				return err
			}
			filler.Fill(object)
			body, err := encode(object, kind)
			if err != nil {
				return err
			}
			if err := encoder.Encode(decode(body)); err != nil {
				return err
			}
			for range damaged {
				if err := encoder.Encode(decode(damage(body, random))); err != nil {
					return err
				}
			}
		}
	}
	return output.Flush()
}

// encodeObjects writes the objects on stdin in both formats. A line is one object as JSON.
func encodeObjects(in io.Reader, out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for input := bufio.NewScanner(in); input.Scan(); {
		object, kind, err := scheme.Codecs.UniversalDeserializer().Decode(input.Bytes(), nil, nil)
		if err != nil {
			return err
		}
		body, err := encode(object, *kind)
		if err != nil {
			return err
		}
		if err := encoder.Encode(decode(body)); err != nil {
			return err
		}
	}
	return nil
}

func parseKind(line string) (schema.GroupVersionKind, error) {
	parts := strings.Split(line, "/")
	if len(parts) != 3 {
		return schema.GroupVersionKind{}, fmt.Errorf("%q is not GROUP/VERSION/KIND", line)
	}
	return schema.GroupVersionKind{Group: parts[0], Version: parts[1], Kind: parts[2]}, nil
}

func encode(object runtime.Object, kind schema.GroupVersionKind) ([]byte, error) {
	object.GetObjectKind().SetGroupVersionKind(kind)
	var body bytes.Buffer
	err := codec.Encode(object, &body)
	return body.Bytes(), err
}

// decode returns what a server gets from the bytes. Protobuf does not keep empty lists, so their JSON is null.
func decode(body []byte) sample {
	object, kind, err := codec.Decode(body, nil, nil)
	if err != nil {
		return sample{Protobuf: body, Error: err.Error()}
	}
	object.GetObjectKind().SetGroupVersionKind(*kind)
	text, err := json.Marshal(object)
	if err != nil {
		return sample{Protobuf: body, Error: "JSON: " + err.Error()}
	}
	return sample{Protobuf: body, JSON: text}
}

// damage changes, removes, repeats or inserts a few bytes.
func damage(body []byte, random *rand.Rand) []byte {
	damaged := bytes.Clone(body)
	for changes := 1 + random.Intn(3); changes > 0 && len(damaged) > 0; changes-- {
		at := random.Intn(len(damaged))
		end := min(len(damaged), at+1+random.Intn(8))
		switch random.Intn(5) {
		case 0:
			damaged[at] = byte(random.Intn(256))
		case 1:
			damaged[at] ^= 1 << random.Intn(8)
		case 2:
			damaged = append(damaged[:at:at], damaged[end:]...)
		case 3:
			damaged = append(damaged[:end:end], damaged[at:]...)
		default:
			damaged = damaged[:max(at, 1)]
		}
	}
	return damaged
}
