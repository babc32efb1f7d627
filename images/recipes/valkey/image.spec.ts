import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { ContainerCreateOptions } from 'dockerode';
import { beforeAll, expect, test } from 'vitest';
import { ImageContainer } from '../../testing/image-container.ts';
import { type RealDependencies, realDependencies } from '../../testing/real-dependencies.ts';

let things: RealDependencies;

beforeAll(async () => {
  things = await realDependencies('valkey');
}, 1_800_000);

function start(options: ContainerCreateOptions = {}): Promise<ImageContainer> {
  return ImageContainer.start(things.engine, things.image('valkey'), things.labels, options);
}

/** Not loopback, which protected mode lets through. */
const asNeighbour = (command: string) => ['sh', '-c', `valkey-cli -h "$(hostname -i)" ${command}`];

async function answer(container: ImageContainer, command: string, wanted: string | RegExp): Promise<void> {
  await waitFor(
    `valkey to answer ${command}`,
    async () => {
      const { output } = await container.exec(asNeighbour(command));
      return (typeof wanted === 'string' ? output.trim() === wanted : wanted.test(output))
        ? holds(undefined)
        : notYet(output);
    },
    { deadlineMs: 20_000 },
  );
}

test('by itself it listens to others, without root’s rights', async () => {
  await using container = await start();
  await answer(container, 'ping', 'PONG');
  await answer(container, 'info server', /^valkey_version:9\./m);
  expect((await container.exec(['sh', '-c', 'grep ^Uid: /proc/1/status'])).output).toMatch(/\b999\b/);
});

test('with options alone it is the server that gets them', async () => {
  await using container = await start({ Cmd: ['--save', '', '--maxmemory', '12mb'] });
  await answer(container, 'config get maxmemory', /12582912/);
});

test('as a user without rights on a read-only root file system, with a configuration file', async () => {
  await using container = await start({
    User: '999:999',
    Entrypoint: [
      'sh',
      '-c',
      'echo "maxmemory 13mb" > /tmp/valkey.conf; exec docker-entrypoint.sh valkey-server /tmp/valkey.conf',
    ],
    HostConfig: {
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Tmpfs: { '/data': 'uid=999', '/tmp': 'mode=1777' },
    },
  });
  await answer(container, 'config get maxmemory', /13631488/);
});

test('a configuration that asks for protected mode gets it', async () => {
  await using container = await start({
    Entrypoint: [
      'sh',
      '-c',
      'echo "protected-mode yes" > /tmp/valkey.conf; exec docker-entrypoint.sh /tmp/valkey.conf',
    ],
  });
  await answer(container, 'ping', /DENIED.*protected mode/);
});

test('other programs of the image run as they are', async () => {
  await using container = await start({ Cmd: ['valkey-cli', '--version'] });
  expect(await container.ended()).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^valkey-cli 9\./) });
});
