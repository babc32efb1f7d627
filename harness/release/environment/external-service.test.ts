import { expect, test } from 'vitest';
import { externalService } from './external-service.ts';

interface Store {
  readonly url: string;
  seal(): void;
}

test('what it has is there, and what it lacks is told', async () => {
  const store = externalService<Store>('Vault', { url: 'https://vault.example.com' });
  expect(store.url).toBe('https://vault.example.com');
  expect(() => store.seal()).toThrow(/a Vault that this run has started, for its `seal`/);
  expect(await Promise.resolve(store)).toBe(store);
});
