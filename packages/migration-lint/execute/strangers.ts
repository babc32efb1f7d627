import { readBoundedText } from '@meho/core/bounded-file';
import type { ExecutionEnvironment } from '@meho/core/config/execution';
import { UsageError } from '@meho/core/problem';

interface Event {
  readonly pull_request?: { readonly head?: { readonly repo?: { readonly full_name?: string } | null } };
  readonly workflow_run?: { readonly head_repository?: { readonly full_name?: string } | null };
}

/**
 * In a workflow, code of a fork never runs: not in an event that has secrets, and not in one that has none.
 * @throws UsageError
 */
export function refuseStrangers(environment: ExecutionEnvironment): void {
  const { event: name, eventFile: file, repository: own } = environment;
  if (name === 'pull_request_target') {
    throw refused('this is the event pull_request_target, which has the secrets of the repository');
  }
  if (name === undefined || !/^(?:pull_request|workflow_run)/.test(name)) {
    return;
  }
  const event = readEvent(file);
  const head = event.pull_request?.head?.repo?.full_name ?? event.workflow_run?.head_repository?.full_name;
  if (head === undefined || head !== own) {
    throw refused(`these commits are of ${head ?? 'an unknown repository'}, and the workflow of ${own ?? 'another'}`);
  }
}

function readEvent(file: string | undefined): Event {
  try {
    const parsed: unknown = JSON.parse(readBoundedText(file ?? ''));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch (error) {
    throw new UsageError(
      [
        '--execute: expected the event of this workflow in GITHUB_EVENT_PATH, to see whose commits these are; use --static, which runs nothing',
      ],
      { cause: error },
    );
  }
}

function refused(seen: string): UsageError {
  return new UsageError([
    `--execute: expected commits of this repository itself, but ${seen}; use --static, which runs nothing`,
  ]);
}
