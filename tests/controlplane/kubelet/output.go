package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Longer lines are split in the log, with the same limit as in containerd.
const maxLogLine = 16 * 1024

// output is stdout or stderr of the main process of a container. It writes to the log and to the attached clients.
type output struct {
	mu       sync.Mutex
	name     string
	log      *os.File // opened for appending, because both outputs write to it
	line     []byte   // the start of a line without its end
	attached map[io.Writer]bool
}

func newOutput(name string, log *os.File) *output {
	return &output{name: name, log: log, attached: map[io.Writer]bool{}}
}

func (o *output) Write(data []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.line = append(o.line, data...)
	for {
		end := bytes.IndexByte(o.line, '\n')
		if end >= 0 && end <= maxLogLine {
			o.writeEntry("F", o.line[:end])
			o.line = o.line[end+1:]
		} else if len(o.line) > maxLogLine {
			o.writeEntry("P", o.line[:maxLogLine])
			o.line = o.line[maxLogLine:]
		} else {
			break
		}
	}
	for client := range o.attached {
		if _, err := client.Write(data); err != nil {
			delete(o.attached, client)
		}
	}
	return len(data), nil
}

// flush writes the last line of the log if it has no line break.
func (o *output) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.line) > 0 {
		o.writeEntry("P", o.line)
	}
	o.line = nil
}

// writeEntry writes an entry in the format of the container runtime interface.
func (o *output) writeEntry(tag string, line []byte) {
	_, _ = fmt.Fprintf(o.log, "%s %s %s %s\n", time.Now().UTC().Format(time.RFC3339Nano), o.name, tag, line)
}

// attach also sends the output to a client until the returned function is called.
func (o *output) attach(client io.Writer) (detach func()) {
	if client == nil {
		return func() {}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.attached[client] = true
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.attached, client)
	}
}
