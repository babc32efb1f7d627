#!/usr/bin/env bash
# Software: robfig/cron 3.0.1 (Go module github.com/robfig/cron/v3), which reads the schedules of Kubernetes 1.37's CronJobs; cronsim 2.7 (PyPI), which is made to do as
# Debian's cron does.
#
# Behaviour: a CronJob runs on Sundays at half past two, "30 2 * * 0" with timeZone Europe/Berlin. Clocks change on Sundays. In March that time doesn't exist,
# and the job isn't late but left out: two weeks lie between two backups. In October it exists twice and the job runs twice, an hour apart. In
# America/Santiago it is midnight that doesn't exist, which takes a whole day out of "0 0 * * *". Debian's cron runs it at once
# when the hour was skipped, and once when it comes twice.
#
# Guess: with a time zone set it runs every Sunday, once, at the next time that exists.
#
# Seen, the runs around the change in 2027:
#   30 2 * * 0 Europe/Berlin, March:       cron 3.0.1: 21 04; cronsim: 21 28 04
#   30 2 * * 0 Europe/Berlin, October:     cron 3.0.1: 24 31 31 07; cronsim: 24 31 07
#   0 0 * * * America/Santiago, September: cron 3.0.1: 04 06; cronsim: 04 05 06
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q cronsim==2.7 tzdata==2025.3

mkdir "$folder/program"
cat >"$folder/program/main.go" <<'GO'
// program SCHEDULE ZONE FROM TO: the days between the two on which it runs.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"
	_ "time/tzdata"

	"github.com/robfig/cron/v3"
)

func orExit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func main() {
	schedule, err := cron.ParseStandard(os.Args[1])
	orExit(err)
	zone, err := time.LoadLocation(os.Args[2])
	orExit(err)
	from, err := time.ParseInLocation(time.DateOnly, os.Args[3], zone)
	orExit(err)
	to, err := time.ParseInLocation(time.DateOnly, os.Args[4], zone)
	orExit(err)
	var days []string
	for next := schedule.Next(from); next.Before(to); next = schedule.Next(next) {
		days = append(days, next.Format("02"))
	}
	fmt.Println(strings.Join(days, " "))
}
GO
cat >"$folder/debian.py" <<'PY'
import sys
from datetime import datetime
from itertools import takewhile
from zoneinfo import ZoneInfo
from cronsim import CronSim

schedule, zone, *days = sys.argv[1:]
start, end = (datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)) for day in days)
print(*(f"{time.day:02}" for time in takewhile(lambda time: time < end, CronSim(schedule, start))))
PY
(
  cd "$folder/program" || exit 2
  go mod init program 2>/dev/null
  go get github.com/robfig/cron/v3@v3.0.1 2>/dev/null
  go build -o program .
)

while IFS='|' read -r schedule zone from to kubernetes debian; do
  seen="$("$folder/program/program" "$schedule" "$zone" "$from" "$to")|$("$folder/python/bin/python" "$folder/debian.py" "$schedule" "$zone" "$from" "$to")"
  echo "$schedule $zone, from $from: cron 3.0.1: ${seen%|*}; cronsim: ${seen#*|}"
  if [ "$seen" != "$kubernetes|$debian" ]; then
    echo "changed: expected $kubernetes of the first and $debian of the second" >&2
    exit 1
  fi
done <<'CASES'
30 2 * * 0|Europe/Berlin|2027-03-20|2027-04-10|21 04|21 28 04
30 2 * * 0|Europe/Berlin|2027-10-23|2027-11-10|24 31 31 07|24 31 07
0 0 * * *|America/Santiago|2027-09-03|2027-09-07|04 06|04 05 06
CASES
