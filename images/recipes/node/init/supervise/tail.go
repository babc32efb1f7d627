package supervise

import (
	"bytes"
	"io"
	"os"
)

// Enough for the last lines of any component.
const tailBytes = 64 * 1024

// Tail gives the last lines of a log file.
func Tail(file string, lines int) string {
	opened, err := os.Open(file)
	if err != nil {
		return err.Error()
	}
	defer opened.Close()
	if size, err := opened.Seek(0, io.SeekEnd); err == nil {
		if _, err := opened.Seek(max(0, size-tailBytes), io.SeekStart); err != nil {
			return err.Error()
		}
	}
	text, err := io.ReadAll(opened)
	if err != nil {
		return err.Error()
	}
	all := bytes.Split(bytes.TrimRight(text, "\n"), []byte("\n"))
	return string(bytes.Join(all[max(0, len(all)-lines):], []byte("\n")))
}
