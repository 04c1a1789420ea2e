import { defineConfig } from 'vitest/config';

// Packages are taken from their sources, so tests need no build.
const conditions = ['inquest-source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'packages/engine/fuzz/**/*.test.ts',
      'scripts/**/*.test.mjs',
    ],
    exclude: ['**/*.oracle.test.ts', '**/node_modules/**', '**/dist/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
