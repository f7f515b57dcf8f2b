import { defineConfig } from 'vitest/config';

// Our own condition only: adding `import` or `module` here makes CJS `pg` load an ESM pg-pool, and TypeORM then reports a missing driver.
const conditions = ['canreach-src'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: [] } },
  test: {
    pool: 'forks',
    globalSetup: ['test/global-setup.ts'],
    include: ['libs/**/*.spec.ts', 'apps/**/*.spec.ts', 'test/**/*.spec.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
