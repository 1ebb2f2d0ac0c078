package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	remotecommand "k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

// processStreams are the streams of a process. An absent stream is /dev/null, and a terminal has no separate stderr.
type processStreams struct {
	stdin, tty bool
	out, err   io.Writer
}

// process is a running command. It leads a process group, which also contains the commands that it starts.
type process struct {
	command  *exec.Cmd
	stdin    io.WriteCloser
	terminal *os.File
	ended    chan struct{} // closed after the process has ended and its output was copied
	exitCode int           // valid after ended is closed
}

func startProcess(command, environment []string, folder string, streams processStreams) (*process, error) {
	if len(command) == 0 {
		return nil, startError("", errors.New("no command specified"))
	}
	p := &process{command: exec.Command(command[0], command[1:]...), ended: make(chan struct{})}
	p.command.Env, p.command.Dir = environment, folder
	if err := p.start(streams); err != nil {
		return nil, startError(command[0], err)
	}
	go p.wait(streams.out)
	return p, nil
}

func (p *process) start(streams processStreams) (err error) {
	if streams.tty {
		p.command.Env = append([]string{"TERM=xterm"}, p.command.Env...)
		if p.terminal, err = pty.Start(p.command); err == nil && streams.stdin {
			p.stdin = p.terminal
		}
		return err
	}
	p.command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	p.command.Stdout, p.command.Stderr = streams.out, streams.err
	if streams.stdin {
		if p.stdin, err = p.command.StdinPipe(); err != nil {
			return err
		}
	}
	return p.command.Start()
}

// startError returns the error of containerd and runc, which name the program like the package os/exec.
func startError(program string, err error) error {
	var failed *os.PathError
	if errors.As(err, &failed) && errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("exec: %q: stat %s: %w", program, program, failed.Err)
	} else if errors.As(err, &failed) {
		err = fmt.Errorf("exec: %q: %w", program, failed.Err)
	}
	return fmt.Errorf("OCI runtime exec failed: exec failed: unable to start container process: %w", err)
}

func (p *process) wait(out io.Writer) {
	if p.terminal != nil {
		if out == nil {
			out = io.Discard
		}
		// Ends with an error when no process has the terminal open. Closing it ends the process if the client has gone.
		_, _ = io.Copy(out, p.terminal)
		_ = p.terminal.Close()
	}
	_ = p.command.Wait() // the state has the result
	p.exitCode = p.command.ProcessState.ExitCode()
	if status, ok := p.command.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		p.exitCode = 128 + int(status.Signal())
	}
	close(p.ended)
}

// signal sends a signal to the process group, and returns whether the group has processes.
func (p *process) signal(number syscall.Signal) bool {
	return syscall.Kill(-p.command.Process.Pid, number) == nil
}

// copyInput copies the stream of a client to stdin. A terminal cannot signal the end of its input.
func (p *process) copyInput(in io.Reader, closeAtEnd bool) {
	_, _ = io.Copy(p.stdin, in)
	if closeAtEnd && p.terminal == nil {
		_ = p.stdin.Close()
	}
}

// resize sets the size of the terminal until the channel is closed or the process ends.
func (p *process) resize(sizes <-chan remotecommand.TerminalSize) {
	for {
		select {
		case size, ok := <-sizes:
			if !ok {
				return
			}
			p.setSize(size)
		case <-p.ended:
			return
		}
	}
}

// setSize does not use pty.Setsize, which is not safe while another goroutine closes the terminal.
func (p *process) setSize(size remotecommand.TerminalSize) {
	if p.terminal == nil {
		return
	}
	if terminal, err := p.terminal.SyscallConn(); err == nil {
		_ = terminal.Control(func(fd uintptr) {
			_ = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: size.Height, Col: size.Width})
		})
	}
}
