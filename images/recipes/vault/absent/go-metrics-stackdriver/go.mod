module github.com/google/go-metrics-stackdriver

go 1.23.0

require cloud.google.com/go/monitoring v1.21.2

require github.com/armon/go-metrics v0.4.1
