package images

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func tarball(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	writer := tar.NewWriter(&buffer)
	for name, text := range files {
		if err := writer.WriteHeader(&tar.Header{Name: name, Size: int64(len(text)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func saved(t *testing.T) []byte {
	return tarball(t, map[string]string{
		"layer.tar":     strings.Repeat("layer", 5000),
		"manifest.json": `[{"Config":"c.json","RepoTags":["example/a:1","example/b:2"],"Layers":["layer.tar"]}]`,
	})
}

func write(t *testing.T, file string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReferences(t *testing.T) {
	folder := t.TempDir()
	var packed bytes.Buffer
	zipper := gzip.NewWriter(&packed)
	_, _ = zipper.Write(saved(t))
	if err := zipper.Close(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{write(t, folder+"/a.tar", saved(t)), write(t, folder+"/a.tar.gz", packed.Bytes())} {
		if names, err := References(file); err != nil || !slices.Equal(names, []string{"example/a:1", "example/b:2"}) {
			t.Errorf("%s: %v, %v", file, names, err)
		}
	}
}

func TestEveryCutIsIncomplete(t *testing.T) {
	whole := saved(t)
	for size := 0; size < len(whole)-endMarker; size += 256 {
		file := write(t, t.TempDir()+"/cut.tar", whole[:size])
		if _, err := References(file); !errors.Is(err, ErrIncomplete) {
			t.Fatalf("%d of %d bytes: %v", size, len(whole), err)
		}
	}
}

func TestNoImages(t *testing.T) {
	file := write(t, t.TempDir()+"/a.tar", tarball(t, map[string]string{"hello": "world"}))
	if _, err := References(file); err == nil || errors.Is(err, ErrIncomplete) {
		t.Errorf("got %v", err)
	}
}

func TestFolder(t *testing.T) {
	var log bytes.Buffer
	var imported []string
	folder := &Folder{Path: t.TempDir(), Log: slog.New(slog.NewTextHandler(&log, nil))}
	folder.Import = func(_ context.Context, file string) ([]string, error) {
		names, err := References(file)
		if err == nil {
			imported = append(imported, filepath.Base(file))
		}
		return names, err
	}
	now := time.Now()
	pass := func(after time.Duration) { folder.Pass(t.Context(), now.Add(after)) }
	whole := saved(t)

	half := write(t, folder.Path+"/a.tar", whole[:len(whole)/2])
	write(t, folder.Path+"/.hidden.tar", whole)
	pass(0)
	pass(time.Second)
	if len(imported) != 0 || log.Len() != 0 {
		t.Fatalf("half a tarball: imported %v, log %s", imported, &log)
	}
	write(t, half, whole)
	pass(2 * time.Second)
	pass(3 * time.Second)
	if !slices.Equal(imported, []string{"a.tar"}) {
		t.Fatalf("imported %v", imported)
	}
	write(t, folder.Path+"/cut.tar", whole[:len(whole)/2])
	write(t, folder.Path+"/notes.txt", nil)
	pass(4 * time.Second)
	pass(4*time.Second + cutShort)
	pass(5*time.Second + cutShort)
	for _, expected := range []string{"cut.tar", "notes.txt"} {
		if strings.Count(log.String(), expected) != 1 {
			t.Errorf("%s should be complained about once:\n%s", expected, &log)
		}
	}
}
