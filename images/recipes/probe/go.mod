module meho-acceptance/probe

go 1.26.0
