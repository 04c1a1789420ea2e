import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['inquest-source'] },
  ssr: { resolve: { conditions: ['inquest-source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'packages/engine/fuzz/**/*.test.ts', 'scripts/**/*.test.mjs'],
    exclude: ['**/*.oracle.test.ts', '**/node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
