#!/usr/bin/env bash
# Software: robfig/cron 3.0.1 (Go module github.com/robfig/cron/v3), which reads the schedules of Kubernetes 1.37's CronJobs; cronsim 2.7 (PyPI), which is made to do as
# Debian's cron does.
#
# Behaviour: a day of the month and a day of the week in one schedule mean "or", so that the first Sunday of a month can't be said. The well-known way
# out is "0 0 1-7 * */7": a field that begins with * makes it "and" in crontab. In a CronJob only a bare * does. The line that is moved from
# a crontab runs on each of the first seven days and on every Sunday besides, some ten times a month for once.
#
# Guess: the fields are those of crontab, and so is what they mean.
#
# Seen, of "0 0 1-7 * */7" in April 2027 (the 4th is the first Sunday):
#   cron 3.0.1: 1 2 3 4 5 6 7 11 18 25
#   cronsim:    4
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q cronsim==2.7

mkdir "$folder/program"
cat >"$folder/program/main.go" <<'GO'
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/robfig/cron/v3"
)

func main() {
	schedule, err := cron.ParseStandard("0 0 1-7 * */7")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	for next := schedule.Next(time.Date(2027, 3, 31, 12, 0, 0, 0, time.UTC)); next.Month() == time.April; next = schedule.Next(next) {
		fmt.Print(next.Day(), " ")
	}
}
GO
kubernetes=$(
  cd "$folder/program" || exit 2
  go mod init program 2>/dev/null
  go get github.com/robfig/cron/v3@v3.0.1 2>/dev/null
  go run .
)
debian=$("$folder/python/bin/python" - <<'PY'
from datetime import datetime
from itertools import takewhile
from cronsim import CronSim

print(*(time.day for time in takewhile(lambda time: time.month == 4, CronSim("0 0 1-7 * */7", datetime(2027, 3, 31, 12)))))
PY
)
echo "cron 3.0.1: $kubernetes"
echo "cronsim: $debian"
if [ "$kubernetes" != '1 2 3 4 5 6 7 11 18 25 ' ] || [ "$debian" != 4 ]; then
  echo 'changed: the first was to run on the first seven days and every Sunday, the second on the first Sunday' >&2
  exit 1
fi
