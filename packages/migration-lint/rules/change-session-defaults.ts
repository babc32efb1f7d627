import type { Rule } from './rule.ts';

export const changeSessionDefaults = {
  id: 'change-session-defaults',
  group: 'additive',
  severity: 'error',
  title: 'Role, database or server settings changed',
  reason: 'The settings (search_path, timeouts, read-only, login) hold for every new connection of image N too.',
  safeWay: 'Set them in the new image’s own sessions.',
} as const satisfies Rule;
