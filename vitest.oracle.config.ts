import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

// Comparisons with Delve, which must be installed: `npm run test:oracle`.
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['packages/*/test/**/*.oracle.test.ts'],
      exclude: ['**/node_modules/**', '**/dist/**'],
      passWithNoTests: true,
    },
  }),
);
