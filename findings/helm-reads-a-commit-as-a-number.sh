#!/usr/bin/env bash
# Software: PyYAML 6.0.4, Helm 4.3.1 (Go module helm.sh/helm/v4).
#
# Behaviour: a pipeline writes the short commit of an image as a text into a values file with yaml.safe_dump(). PyYAML puts quotes round
# what it would itself read as something else, and 1234e56 is a text to it, as its floats need a dot. To Helm it is a float, and the
# image is app:1.234e+59. PyYAML reads its own file back as the text, so that no check on that side finds it. About one in a hundred
# commits, shortened to seven digits, has that shape.
#
# Guess: a dumper puts quotes round every text that a reader of YAML could take for a number, as it does round 0012345.
#
# Seen:
#   1234e56: written "tag: 1234e56", read back by PyYAML as str, image: app:1.234e+59
#   0012345: written "tag: '0012345'", read back by PyYAML as str, image: app:0012345
#   1234567: written "tag: '1234567'", read back by PyYAML as str, image: app:1234567
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q PyYAML==6.0.4
mkdir -p "$folder/app/templates"
printf '%s\n' 'apiVersion: v2' 'name: app' 'version: 1.0.0' >"$folder/app/Chart.yaml"
printf '%s\n' 'image: app:{{ .Values.tag }}' >"$folder/app/templates/image.yaml"

seen=''
for tag in 1234e56 0012345 1234567; do
  read_as=$("$folder/python/bin/python" -c 'import sys, yaml
text = yaml.safe_dump({"tag": sys.argv[1]})
open(sys.argv[2], "w").write(text)
print(type(yaml.safe_load(text)["tag"]).__name__)' "$tag" "$folder/values.yaml")
  image=$("$folder/bin/helm" template app "$folder/app" --values "$folder/values.yaml" | sed -n 's/^image: //p')
  echo "$tag: written \"$(cat "$folder/values.yaml")\", read back by PyYAML as $read_as, image: $image"
  seen="$seen $read_as $image"
done
if [ "$seen" != ' str app:1.234e+59 str app:0012345 str app:1234567' ]; then
  echo 'changed: the first commit, and no other, was to reach Helm as a number' >&2
  exit 1
fi
