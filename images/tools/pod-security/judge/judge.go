// Package judge asks the API server's own policy code about pods, one copy of it for each version.
package judge

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
)

// Server says what an API server of one version has against a pod: the text of its refusal, or nothing.
type Server func(*metav1.ObjectMeta, *corev1.PodSpec) string

// As a namespace has it that carries the label enforce and none of a version.
var restricted = api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}

// Of makes a Server of one version's evaluator, whose results are of a type of its own.
func Of[Evaluator interface {
	EvaluatePod(api.LevelVersion, *metav1.ObjectMeta, *corev1.PodSpec) []Result
}, Result any, Sum any, SumPointer interface {
	*Sum
	ForbiddenDetail() string
}](evaluator Evaluator, err error, sum func([]Result) Sum) Server {
	if err != nil {
		fmt.Fprintln(os.Stderr, "the checks don't fit together:", err)
		os.Exit(1)
	}
	return func(metadata *metav1.ObjectMeta, spec *corev1.PodSpec) string {
		summed := sum(evaluator.EvaluatePod(restricted, metadata, spec))
		return SumPointer(&summed).ForbiddenDetail()
	}
}

// Answer reads pods as a JSON list of {metadata, spec} and writes for each what every server says of it.
func Answer(servers map[string]Server) {
	if err := answer(servers, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer(servers map[string]Server, input io.Reader, output io.Writer) error {
	var pods []corev1.PodTemplateSpec
	if err := json.NewDecoder(input).Decode(&pods); err != nil {
		return fmt.Errorf("expected a list of pods as JSON: %w", err)
	}
	answers := make([]map[string]string, len(pods))
	for index, pod := range pods {
		answers[index] = map[string]string{}
		for version, says := range servers {
			answers[index][version] = says(&pod.ObjectMeta, &pod.Spec)
		}
	}
	return json.NewEncoder(output).Encode(answers)
}
