module meho-acceptance/pause

go 1.26.0
