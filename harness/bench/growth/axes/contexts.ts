import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Axis } from '../axis.ts';
import { backplaneFlags, callOf, caOf, installArgs } from '../calls.ts';
import { serveObjects } from '../stand-in-objects.ts';
import { releaseObjects } from '../stand-in-release.ts';

/** As large as a CA in base64, and none like another. */
const otherCa = () =>
  Buffer.from(`-----BEGIN CERTIFICATE-----\n${randomBytes(400).toString('base64')}`).toString('base64');

/** The last is the current one. */
function kubeconfigOf(count: number, port: number, ca: string): string {
  const names = Array.from({ length: count }, (_, index) => `lab-${index}`);
  const current = `lab-${count - 1}`;
  const list = (title: string, entry: (name: string) => string) => `${title}:\n${names.map(entry).join('')}`;
  return [
    `apiVersion: v1\nkind: Config\ncurrent-context: ${current}\n`,
    list('clusters', (name) => {
      const isCurrent = name === current;
      const server = isCurrent ? `https://127.0.0.1:${port}` : `https://${name}.example.com`;
      return `- cluster:\n    certificate-authority-data: ${isCurrent ? ca : otherCa()}\n    server: ${server}\n  name: ${name}\n`;
    }),
    list('contexts', (name) => `- context:\n    cluster: ${name}\n    user: ${name}\n  name: ${name}\n`),
    list('users', (name) => `- name: ${name}\n  user:\n    token: ${randomBytes(20).toString('hex')}\n`),
  ].join('');
}

/** Has to be read whole: its names may be anywhere in it. */
export const contexts: Axis = {
  name: 'contexts',
  title: 'install-verify by contexts of a kubeconfig',
  unit: 'contexts',
  sizes: [1, 100, 1_000, 2_000],
  law: { msEach: 0.5, mib: 145 },
  async prepare(place) {
    const objects = place.use(await serveObjects(place.authority));
    objects.replace(releaseObjects('meho'));
    const ca = (await readFile(caOf(place))).toString('base64');
    const flags = [...installArgs, ...(await backplaneFlags(place))];
    return async (size) => {
      const file = path.join(place.folder, `contexts-${size}.yaml`);
      await writeFile(file, kubeconfigOf(size, objects.port, ca));
      return callOf(place, { args: [...flags, '--kubeconfig', file], says: /\[ok\] .*Deployment/ });
    };
  },
};
