package images

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// look is how often the folder is read.
const look = 300 * time.Millisecond

// cutShort is how long a tarball may stay incomplete and unchanged before it is called a fault.
const cutShort = 30 * time.Second

// seen is a file as it was when it was last looked at.
type seen struct {
	size    int64
	changed time.Time
	// since is when it was first found like this.
	since time.Time
	// settled: imported, or refused and said so.
	settled bool
}

// Folder imports the tarballs of a folder, and again when they change.
type Folder struct {
	Path   string
	Log    *slog.Logger
	Import func(ctx context.Context, file string) ([]string, error)
	files  map[string]seen
}

// Watch runs until the context ends.
func (f *Folder) Watch(ctx context.Context) {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			f.Pass(ctx, time.Now())
		}
	}
}

// Pass looks at every file once.
func (f *Folder) Pass(ctx context.Context, now time.Time) {
	entries, err := os.ReadDir(f.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.Log.Error("image tarballs can't be read", "folder", f.Path, "error", err)
	}
	if f.files == nil {
		f.files = map[string]seen{}
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(entry.Name(), ".") || ctx.Err() != nil {
			continue
		}
		f.consider(ctx, filepath.Join(f.Path, entry.Name()), info, now)
	}
}

func (f *Folder) consider(ctx context.Context, file string, info fs.FileInfo, now time.Time) {
	last, known := f.files[file]
	if !known || last.size != info.Size() || !last.changed.Equal(info.ModTime()) {
		last = seen{size: info.Size(), changed: info.ModTime(), since: now}
	}
	if !last.settled {
		last.settled = f.take(ctx, file, last, now)
	}
	f.files[file] = last
}

// take imports a file and says whether that settles it.
func (f *Folder) take(ctx context.Context, file string, state seen, now time.Time) bool {
	if !isTarball(file) {
		f.Log.Error("not an image tarball: only .tar, .tar.gz and .tgz are", "file", file)
		return true
	}
	begun := time.Now()
	names, err := f.Import(ctx, file)
	switch {
	case err == nil:
		f.Log.Info("images imported", "file", file, "images", strings.Join(names, ","), "seconds", time.Since(begun).Seconds())
		return true
	case ctx.Err() != nil:
		return false
	case errors.Is(err, ErrIncomplete) && now.Sub(state.since) < cutShort:
		return false // Being written: the next pass sees more of it.
	default:
		f.Log.Error("images not imported", "file", file, "error", err)
		return true
	}
}

func isTarball(file string) bool {
	for _, extension := range []string{".tar", ".tar.gz", ".tgz"} {
		if strings.HasSuffix(file, extension) {
			return true
		}
	}
	return false
}
