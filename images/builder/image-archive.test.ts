import { expect, test } from 'vitest';
import { imageConfiguration } from './image-archive.ts';

const layer = { path: '/x', size: 1, diffId: 'sha256:abc' };

test('a recipe’s configuration as the OCI image specification has it', () => {
  expect(
    imageConfiguration([layer], {
      entrypoint: ['/a'],
      cmd: ['b'],
      env: { A: '1' },
      user: '1:2',
      exposedPorts: ['80', '53/udp'],
      volumes: ['/data'],
    }),
  ).toMatchObject({
    os: 'linux',
    config: {
      Entrypoint: ['/a'],
      Cmd: ['b'],
      Env: [expect.stringMatching(/^PATH=/), 'A=1'],
      User: '1:2',
      WorkingDir: '/',
      ExposedPorts: { '80/tcp': {}, '53/udp': {} },
      Volumes: { '/data': {} },
    },
    rootfs: { type: 'layers', diff_ids: ['sha256:abc'] },
  });
});

test('a PATH of its own is not doubled', () => {
  expect(imageConfiguration([], { env: { PATH: '/x' } })).toMatchObject({ config: { Env: ['PATH=/x'] } });
});
