import { describe, expect, test } from 'vitest';
import { readSettings } from './settings.ts';

const COMPLETE = {
  DATABASE_URL: 'postgresql+asyncpg://meho:hunter2@postgres/meho',
  KEYCLOAK_ISSUER_URL: 'https://keycloak.example.com/realms/meho',
  KEYCLOAK_AUDIENCE: 'meho-backplane',
  VAULT_ADDR: 'https://vault.example.com:8200/',
  BROADCAST_REDIS_URL: 'redis://meho-broadcast:6379/0',
  BACKPLANE_URL: 'https://meho.example.com',
  MCP_RESOURCE_URI: 'https://meho.example.com/mcp',
  CHART_VERSION: '0.1.0',
  GIT_SHA: '82fd534f873c023b',
  BUILD_DATE: '2026-01-02T03:04:05Z',
};

function settingsOf(environment: Readonly<Record<string, string>>) {
  const result = readSettings(environment);
  if (!result.ok) {
    throw new Error(result.problems.join('\n'));
  }
  return result.settings;
}

function problemsOf(environment: Readonly<Record<string, string>>): string {
  const result = readSettings(environment);
  return result.ok ? '' : result.problems.join('\n');
}

describe('the settings', () => {
  test('have the defaults of the contract', () => {
    expect(settingsOf(COMPLETE)).toMatchObject({
      port: 8000,
      database: { poolSize: 10, poolTimeoutMs: 30_000 },
      openId: { jwksCacheTtlMs: 300_000, leewaySeconds: 30 },
      vault: { address: 'https://vault.example.com:8200', role: 'meho-mcp', mountPath: 'jwt', timeoutMs: 10_000 },
      readinessProbes: ['database', 'migration', 'vault', 'keycloak', 'broadcast'],
    });
  });

  test('say "unknown" and null for what the build and the chart did not tell', () => {
    const { GIT_SHA: _sha, BUILD_DATE: _date, CHART_VERSION: _chart, ...rest } = COMPLETE;
    expect(settingsOf({ ...rest, CHART_VERSION: '' }).version).toEqual({
      gitSha: 'unknown',
      buildDate: 'unknown',
      chartVersion: null,
    });
  });

  test('go without an issuer and a Vault where they are blank, as the probes then say', () => {
    const settings = settingsOf({ ...COMPLETE, KEYCLOAK_ISSUER_URL: '', KEYCLOAK_AUDIENCE: '', VAULT_ADDR: ' ' });
    expect(settings.openId).toBeUndefined();
    expect(settings.vault).toBeUndefined();
    expect(settings.readinessProbes).toContain('vault');
  });

  test('dial localhost for the broadcast when nothing names it, which is what makes a misnamed variable show', () => {
    const { BROADCAST_REDIS_URL: _url, ...rest } = COMPLETE;
    expect(settingsOf(rest).broadcastUrl).toBe('redis://localhost:6379');
  });

  test('leave out probes only when told which to keep', () => {
    expect(settingsOf({ ...COMPLETE, READINESS_PROBES: 'broadcast, database' }).readinessProbes).toEqual([
      'database',
      'broadcast',
    ]);
    expect(problemsOf({ ...COMPLETE, READINESS_PROBES: 'database,valt' })).toContain('unknown probe valt');
  });

  test('are refused with every problem at once and no secret', () => {
    const problems = problemsOf({
      DATABASE_URL: 'postgresql://meho:hunter2@postgres/meho',
      KEYCLOAK_ISSUER_URL: 'keycloak.example.com',
      VAULT_ADDR: 'ftp://vault.example.com',
      DATABASE_POOL_SIZE: '0',
      VAULT_TIMEOUT_SECONDS: 'soon',
      FORWARDED_ALLOW_IPS: 'ingress',
      SSL_CERT_FILE: '/does/not/exist.pem',
    });
    for (const name of [
      'DATABASE_URL',
      'KEYCLOAK_ISSUER_URL',
      'VAULT_ADDR',
      'DATABASE_POOL_SIZE',
      'VAULT_TIMEOUT_SECONDS',
      'FORWARDED_ALLOW_IPS',
      'SSL_CERT_FILE',
      'BACKPLANE_URL',
      'MCP_RESOURCE_URI',
    ]) {
      expect(problems).toContain(name);
    }
    expect(problems).not.toContain('hunter2');
  });

  test('need an audience where there is an issuer: a token for anybody must not do', () => {
    expect(problemsOf({ ...COMPLETE, KEYCLOAK_AUDIENCE: '' })).toContain('KEYCLOAK_AUDIENCE is not set');
  });
});
