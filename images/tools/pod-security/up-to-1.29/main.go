// Says what API servers 1.28 and 1.29 have against pods. Their policies don't compile with the types of later ones.
package main

import (
	policy29 "k8s.io/pod-security-admission/policy"
	policy28 "meho.local/policy-1.28/policy"
	"meho.local/tools/pod-security/judge"
)

func main() {
	evaluator28, err28 := policy28.NewEvaluator(policy28.DefaultChecks())
	evaluator29, err29 := policy29.NewEvaluator(policy29.DefaultChecks())
	judge.Answer(map[string]judge.Server{
		"1.28": judge.Of(evaluator28, err28, policy28.AggregateCheckResults),
		"1.29": judge.Of(evaluator29, err29, policy29.AggregateCheckResults),
	})
}
