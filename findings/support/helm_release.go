// Copied beside a script's own main.go: Helm's actions over Helm's own fake of a cluster, which takes what it is given or fails as told,
// with the records where they are in earnest, in Secrets.
package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"helm.sh/helm/v4/pkg/action"
	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	kubefake "helm.sh/helm/v4/pkg/kube/fake"
	release "helm.sh/helm/v4/pkg/release/v1"
	"helm.sh/helm/v4/pkg/storage"
	"helm.sh/helm/v4/pkg/storage/driver"
	"k8s.io/client-go/kubernetes/fake"
)

type world struct {
	config  *action.Configuration
	cluster *kubefake.FailingKubeClient
}

func newWorld() *world {
	cluster := &kubefake.FailingKubeClient{PrintingKubeClient: kubefake.PrintingKubeClient{Out: io.Discard}}
	config := action.NewConfiguration(action.ConfigurationSetLogger(slog.DiscardHandler))
	config.KubeClient = cluster
	config.Capabilities = common.DefaultCapabilities
	secrets := driver.NewSecrets(fake.NewClientset().CoreV1().Secrets("default"))
	secrets.SetLogger(slog.DiscardHandler)
	config.Releases = storage.Init(secrets)
	return &world{config, cluster}
}

func newChart(version string) *chart.Chart {
	return &chart.Chart{
		Metadata: &chart.Metadata{APIVersion: "v2", Name: "app", Version: version},
		Templates: []*common.File{{
			Name: "templates/settings.yaml",
			Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  bytes: {{ .Values.bytes | quote }}\n"),
		}},
		Values: map[string]any{"bytes": 1},
	}
}

func (w *world) install(values map[string]any) *release.Release {
	install := action.NewInstall(w.config)
	install.ReleaseName, install.Namespace = "app", "default"
	made, err := install.Run(newChart("1.0.0"), values)
	orExit(err)
	return made.(*release.Release)
}

func (w *world) upgrade(version string, reuse bool) (*release.Release, error) {
	upgrade := action.NewUpgrade(w.config)
	upgrade.Namespace, upgrade.ReuseValues = "default", reuse
	made, err := upgrade.Run("app", newChart(version), map[string]any{})
	if err != nil {
		return nil, err
	}
	return made.(*release.Release), nil
}

func (w *world) rollback(revision int) error {
	rollback := action.NewRollback(w.config)
	rollback.Version = revision
	return rollback.Run("app")
}

// history is each revision's status, the oldest first.
func (w *world) history() string {
	records, err := w.config.Releases.History("app")
	orExit(err)
	statuses := make([]string, len(records))
	for _, record := range records {
		one := record.(*release.Release)
		statuses[one.Version-1] = fmt.Sprintf("%d %s", one.Version, one.Info.Status)
	}
	return strings.Join(statuses, ", ")
}

func orExit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func changed(unless bool, expected string) {
	if !unless {
		fmt.Fprintln(os.Stderr, "changed:", expected)
		os.Exit(1)
	}
}
