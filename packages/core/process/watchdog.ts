import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { ChildMark } from './child-mark.ts';

/**
 * Reads `+ mark`, `= mark pid` and `- mark` until we are gone, then ends what runs: twice, since a new process shows
 * its mark late. Without /proc it goes by pid.
 */
const SCRIPT = `
proc=$1 live=' '
while read -r sign mark pid; do
  case $sign in
    +) live="$live$mark: " ;;
    =) live="\${live%% $mark: *} $mark:$pid \${live#* $mark: }" ;;
    -) case $live in *" $mark:"*) rest=\${live#* $mark:}; live="\${live%% $mark:*} \${rest#* }" ;; esac ;;
  esac
done
below() {
  for each in $(ps -A -o pid= -o ppid= | awk -v parent="$1" '$2 == parent { print $1 }'); do below "$each"; done
  kill -KILL "$1"
}
for one in $live; do
  if [ -d "$proc" ]; then
    for look in 1 2; do
      rounds=0
      while [ $rounds -lt 50 ]; do
        found=$(grep -lsF -e "\${one%%:*}" "$proc"/[0-9]*/environ)
        [ -n "$found" ] || break
        for each in $found; do each=\${each%/environ}; kill -KILL "\${each##*/}"; done
        rounds=$((rounds + 1))
      done
      sleep 0.2
    done
  elif [ -n "\${one#*:}" ]; then
    below "\${one#*:}"
  fi
done
`;

/** Must not outlive us, whatever ends us. */
export interface Watched extends Disposable {
  runsAs(pid: number): void;
}

/**
 * A detached shell that ends our marked children after SIGKILL. One per process, started with the first child; none
 * without a shell.
 */
export class Watchdog {
  readonly #proc: string;
  #shell: ChildProcess | undefined;

  constructor(proc = '/proc') {
    this.#proc = proc;
  }

  watch({ text: mark }: ChildMark): Watched {
    this.#tell(`+ ${mark}`);
    return {
      runsAs: (pid) => this.#tell(`= ${mark} ${pid}`),
      [Symbol.dispose]: () => this.#tell(`- ${mark}`),
    };
  }

  #tell(line: string): void {
    this.#shell ??= this.#start();
    this.#shell.stdin?.write(`${line}\n`);
  }

  #start(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', this.#proc], {
      cwd: '/',
      detached: true,
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const forget = () => {
      this.#shell = this.#shell === shell ? undefined : this.#shell;
    };
    shell.on('error', forget).on('exit', forget).unref();
    shell.stdin.on('error', forget);
    // Neither the shell nor its pipe, a socket, may keep us alive.
    (shell.stdin as Socket).unref();
    return shell;
  }
}
