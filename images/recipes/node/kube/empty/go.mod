module meho-acceptance/node/kube/empty

go 1.26.0
