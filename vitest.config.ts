import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Packages are taken from their sources, so tests need no build.
const conditions = ['inquest-source'];

// What the command keeps from run to run is the tests' own, and empty at first: what is found there would change what is counted.
const cache = mkdtempSync(join(tmpdir(), 'inquest-tests-'));
process.on('exit', () => rmSync(cache, { recursive: true, force: true }));

export default defineConfig({
  resolve: { conditions, alias: { vscode: join(import.meta.dirname, 'editors/vscode/test/stub-vscode.ts') } },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'packages/engine/fuzz/**/*.test.ts',
      'editors/*/test/**/*.test.ts',
      'scripts/**/*.test.mjs',
      'bench/*.test.mjs',
    ],
    exclude: ['**/*.oracle.test.ts', '**/node_modules/**', '**/dist/**'],
    env: { XDG_CACHE_HOME: cache },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
