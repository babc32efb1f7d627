// Says what API servers 1.30 to 1.37 have against pods.
package main

import (
	policy37 "k8s.io/pod-security-admission/policy"
	policy30 "meho.local/policy-1.30/policy"
	policy31 "meho.local/policy-1.31/policy"
	policy32 "meho.local/policy-1.32/policy"
	policy33 "meho.local/policy-1.33/policy"
	policy34 "meho.local/policy-1.34/policy"
	policy35 "meho.local/policy-1.35/policy"
	policy36 "meho.local/policy-1.36/policy"
	"meho.local/tools/pod-security/judge"
)

func main() {
	evaluator30, err30 := policy30.NewEvaluator(policy30.DefaultChecks())
	evaluator31, err31 := policy31.NewEvaluator(policy31.DefaultChecks())
	evaluator32, err32 := policy32.NewEvaluator(policy32.DefaultChecks())
	evaluator33, err33 := policy33.NewEvaluator(policy33.DefaultChecks())
	evaluator34, err34 := policy34.NewEvaluator(policy34.DefaultChecks())
	evaluator35, err35 := policy35.NewEvaluator(policy35.DefaultChecks(), nil)
	evaluator36, err36 := policy36.NewEvaluator(policy36.DefaultChecks(), nil)
	evaluator37, err37 := policy37.NewEvaluator(policy37.DefaultChecks(), nil)
	judge.Answer(map[string]judge.Server{
		"1.30": judge.Of(evaluator30, err30, policy30.AggregateCheckResults),
		"1.31": judge.Of(evaluator31, err31, policy31.AggregateCheckResults),
		"1.32": judge.Of(evaluator32, err32, policy32.AggregateCheckResults),
		"1.33": judge.Of(evaluator33, err33, policy33.AggregateCheckResults),
		"1.34": judge.Of(evaluator34, err34, policy34.AggregateCheckResults),
		"1.35": judge.Of(evaluator35, err35, policy35.AggregateCheckResults),
		"1.36": judge.Of(evaluator36, err36, policy36.AggregateCheckResults),
		"1.37": judge.Of(evaluator37, err37, policy37.AggregateCheckResults),
	})
}
