// Package images brings tarballs of images into containerd, as k3s does from its folder.
package images

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// ErrIncomplete says that a tarball isn't there in full: it is being written, or was cut short.
var ErrIncomplete = errors.New("the tarball is incomplete")

// endMarker is the length of the zeros that end every tarball.
const endMarker = 1024

// References gives the names of the images in a tarball of `docker save` (or an OCI layout with Docker's manifest),
// having read it to its end.
func References(file string) ([]string, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	if !isCompressed(file) {
		if err := ended(opened); err != nil {
			return nil, err
		}
		return references(opened)
	}
	unpacked, err := gzip.NewReader(opened)
	if err != nil {
		return nil, incomplete(err)
	}
	found, err := references(unpacked)
	if err != nil {
		return nil, err
	}
	// The checksum at the end of the stream tells a whole one from a part.
	if _, err := io.Copy(io.Discard, unpacked); err != nil {
		return nil, incomplete(err)
	}
	return found, nil
}

func isCompressed(file string) bool { return strings.HasSuffix(file, "gz") }

// ended looks for the end marker. Without it the archive reader takes a file that stops between two entries for whole.
func ended(file *os.File) error {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if size < endMarker {
		return fmt.Errorf("%w: %d bytes", ErrIncomplete, size)
	}
	marker := make([]byte, endMarker)
	if _, err := file.ReadAt(marker, size-endMarker); err != nil {
		return err
	}
	for _, value := range marker {
		if value != 0 {
			return fmt.Errorf("%w: no end marker after %d bytes", ErrIncomplete, size)
		}
	}
	_, err = file.Seek(0, io.SeekStart)
	return err
}

func references(archive io.Reader) ([]string, error) {
	reader := tar.NewReader(archive)
	manifest := false
	var names []string
	for {
		header, err := reader.Next()
		switch {
		case errors.Is(err, io.EOF) && !manifest:
			return nil, errors.New("it is no tarball of images: neither manifest.json nor index.json is in it")
		case errors.Is(err, io.EOF):
			return names, nil
		case err != nil:
			return nil, incomplete(err)
		case header.Name == "index.json":
			manifest = true
		case header.Name == "manifest.json":
			manifest = true
			var images []struct{ RepoTags []string }
			if err := json.NewDecoder(reader).Decode(&images); err != nil {
				return nil, fmt.Errorf("manifest.json: %w", err)
			}
			for _, image := range images {
				names = append(names, image.RepoTags...)
			}
		}
	}
}

// incomplete tells an archive that stops in its middle from one that is broken.
func incomplete(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %w", ErrIncomplete, err)
	}
	return err
}
