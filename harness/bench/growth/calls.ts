import path from 'node:path';
import { STUB_HOST, STUB_SHA, STUB_TOKEN, serveStub } from '@meho/contract/testing/stub-backplane';
import { unsetVerifierVariables } from '@meho/core/config';
import type { GrowthCall, GrowthPlace } from './axis.ts';

export const caOf = ({ folder }: GrowthPlace) => path.join(folder, 'ca.pem');

export interface CallRequest {
  readonly args: readonly string[];
  readonly says: RegExp;
  readonly exitCode?: 0 | 1;
  readonly env?: Readonly<Record<string, string>>;
}

/** A call of the published command, with none of this machine's own settings. */
export function callOf(place: GrowthPlace, { args, says, exitCode = 0, env = {} }: CallRequest): GrowthCall {
  return {
    arguments: ({ program }) => [program, ...args],
    env: { ...unsetVerifierVariables(), HOME: place.folder, ...env },
    exitCode,
    says,
  };
}

/** Flags of a verifier that asks a healthy backplane, which this begins. */
export async function backplaneFlags(place: GrowthPlace): Promise<readonly string[]> {
  const { port } = place.use(await serveStub(place.authority));
  return ['--connect-to', `127.0.0.1:${port}`, '--cacert', caOf(place)];
}

export const operator = { MEHO_ACCESS_TOKEN: STUB_TOKEN };
export const installArgs = ['install-verify', '--host', STUB_HOST, '--expected-git-sha', STUB_SHA];
export const smokeArgs = ['smoke', '--backplane', `https://${STUB_HOST}`];
export const rollbackArgs = ['rollback-verify', '--host', STUB_HOST, '--n-image-sha', STUB_SHA];
