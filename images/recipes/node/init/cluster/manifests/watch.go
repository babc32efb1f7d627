package manifests

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// look is how often the folder is read; the last change of a file applies within about that time.
const look = 500 * time.Millisecond

// A file that can't be applied is tried again, as a type it names may come later; ever more rarely.
const firstRetry, lastRetry = time.Second, 30 * time.Second

// attempt is what was last tried of a file.
type attempt struct {
	sum   [sha256.Size]byte
	done  bool
	next  time.Time
	pause time.Duration
}

// Folder applies the manifests of a folder, and again when they change.
type Folder struct {
	Path    string
	Applier *Applier
	Log     *slog.Logger
	tried   map[string]attempt
}

// Watch runs until the context ends.
func (f *Folder) Watch(ctx context.Context) {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for {
		f.Pass(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Pass looks at every file once. Its outcome is in the log: there is nobody else to tell.
func (f *Folder) Pass(ctx context.Context) {
	if f.tried == nil {
		f.tried = map[string]attempt{}
	}
	err := filepath.WalkDir(f.Path, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ctx.Err() == nil && entry.Type().IsRegular() && isManifest(file) {
			f.consider(ctx, file)
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.Log.Error("manifests can't be read", "folder", f.Path, "error", err)
	}
}

func isManifest(file string) bool {
	name := filepath.Base(file)
	extension := filepath.Ext(name)
	return !strings.HasPrefix(name, ".") && (extension == ".yaml" || extension == ".yml" || extension == ".json")
}

func (f *Folder) consider(ctx context.Context, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		return // Gone since the folder was read; or the next pass says so again.
	}
	last, known := f.tried[file]
	sum := sha256.Sum256(text)
	if known && last.sum == sum && (last.done || time.Now().Before(last.next)) {
		return
	}
	applied, err := f.Applier.Apply(ctx, text)
	now := attempt{sum: sum, done: err == nil}
	switch {
	case err == nil:
		f.Log.Info("manifest applied", "file", file, "objects", applied)
	case ctx.Err() != nil:
		return
	default:
		now.pause = firstRetry
		if known && last.sum == sum {
			now.pause = min(2*last.pause, lastRetry)
		}
		now.next = time.Now().Add(now.pause)
		f.Log.Error("manifest not applied, will be tried again", "file", file, "applied", applied, "error", err)
	}
	f.tried[file] = now
}
