import { defineConfig } from 'vitest/config';

// Tens of thousands of cases against Python in one test: what takes long is not wrong.
export default defineConfig({
  test: { setupFiles: ['../../scripts/property-tests.mjs'], testTimeout: 300_000, hookTimeout: 300_000 },
});
