module meho.local/runc-bounded

go 1.21
